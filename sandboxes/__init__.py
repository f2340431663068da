"""How hostile work is contained. Knows nothing of verifiers or gRPC."""
