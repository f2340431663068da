"""What the author of a rule pack is shown before it judges anybody."""
