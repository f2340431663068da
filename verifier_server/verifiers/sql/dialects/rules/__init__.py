"""What each node of a query becomes in SQLite, one concern a file."""
