"""Runs labelled rows through a real server: `python -m tests.conformance SUITE PATH`."""
