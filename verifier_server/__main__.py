"""Makes `python -m verifier_server` the same as `verifier-server`."""

from verifier_server.cli import entry

entry()
