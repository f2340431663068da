"""Whether an answer's rows are what is expected.

Promises: pure functions of rows, expectations and a policy; nothing here runs SQL.
Every cost is bounded by the size of the data or by `effort`.

Does not cover: how an expectation is derived (`gold`), or what a difference is worth.
"""
