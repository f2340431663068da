"""The rules verifier: an answer is judged rule by rule, by a pack of rules in CEL.

Promises: importing this package is cheap; `verifier` brings in CEL and the JSON Schema engine and
is imported only by a worker. A verdict follows from the pack, the facts and the answer alone, and
every verdict cites the section that says so.

Does not cover: free text. An answer is a small JSON document that the pack's schema closes.
"""
