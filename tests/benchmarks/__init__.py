"""Speed, measured and printed: `python -m tests.benchmarks` (`make bench`)."""
