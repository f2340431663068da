"""Databases that tell a right query from one that is right by coincidence."""
