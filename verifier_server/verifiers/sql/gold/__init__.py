"""What an accepted query says about its answers: rows, ties, traits, mutants."""
