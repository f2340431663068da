"""Sorted, measured construction of formulas: what readers of sorted languages share."""
