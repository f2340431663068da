"""Models that completions give for a script: read, and checked by evaluation."""
