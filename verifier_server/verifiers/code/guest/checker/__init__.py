"""The checker: what runs the task's own code in a jail of its own. Imports nothing."""
