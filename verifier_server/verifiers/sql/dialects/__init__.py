"""Queries of other dialects, translated to SQLite's."""
