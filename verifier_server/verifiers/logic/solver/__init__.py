"""Deciding formulas: encoded for z3, decided in counted units, shown in the task's words."""
