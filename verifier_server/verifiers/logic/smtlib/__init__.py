"""SMT-LIB scripts and terms, read by our own reader; none reaches a solver's parser."""
