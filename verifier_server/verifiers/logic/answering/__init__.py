"""From a completion to its answer, by position and markup alone."""
