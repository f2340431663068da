"""What is asked of a completion, one module a shape: each offers `prepare`."""
