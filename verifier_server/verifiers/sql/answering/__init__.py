"""From the completion to its statement, and from a finding to its score and its words."""
