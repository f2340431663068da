"""The logic verifier: entailment decided by a solver, under a count of its steps.

Promises: importing this package is cheap; `verifier` brings in z3 and is imported
only by a worker. A completion's text is read by our own readers and never reaches
the solver's parsers.

Does not cover: modal, temporal and higher-order logic.
"""
