"""Single edits of a query's tree, by concern."""
