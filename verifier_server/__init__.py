"""The server: verifiers, what they may cost, and the gRPC services in front of them.

Promises: importing this package imports nothing; each module says what it needs.

Does not cover: containment (`sandboxes`), or the client (`trainer_client`).
"""
