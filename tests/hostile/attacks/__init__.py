"""The attacks, a file for each kind. Every one must be worth nothing."""
