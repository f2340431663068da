"""From an answer's text to its meaning: a tree of nodes."""
