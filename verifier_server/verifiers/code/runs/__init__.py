"""How candidates and checkers are run: W's side of every mode.

Promises: nothing here executes a byte of a completion or of a task. It starts
children, moves bytes between them under caps, and turns what the kernel, the
candidates and the checker say into the plain results that `score.py` reads.

Does not cover: containment (`sandboxes`), and what a child does (`guest`).
"""
