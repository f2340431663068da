"""Queries of other dialects, translated to SQLite's.

Promises: `translate.translate` gives SQLite text that means the same or refuses;
`functions.register` makes known the functions that such a text may call.

Does not cover: running anything.
"""
