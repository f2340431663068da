"""Rule packs: published guidelines and regulations as rules that judge an answer."""
