"""What runs inside the jails of candidates (`candidate.py`) and of checkers (`checker/`).

Mounted there as the top-level package `guest`: imports inside it are relative, and the
standard library is all it needs. Importing the package itself imports nothing else.
"""
