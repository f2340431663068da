"""The thin client, and training against a server with TRL."""
