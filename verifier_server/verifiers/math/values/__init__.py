"""Whether two expressions have the same value."""
