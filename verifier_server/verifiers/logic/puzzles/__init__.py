"""Constraint puzzles: what is asked, whether it has one solution, whether an answer is it."""
