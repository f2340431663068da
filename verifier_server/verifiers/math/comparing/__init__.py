"""Whether two answers are the same answer, by their kinds."""
