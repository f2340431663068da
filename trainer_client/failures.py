"""What can stop a training run that a person can do something about.

Promises: each message says what is wrong and names the file, field or option.

Does not cover: failures of calls to the server (`errors.py`).
"""


class RunError(Exception):
    """Base of everything here."""


class ConfigError(RunError):
    """A setting cannot be used."""


class PolicyError(RunError):
    """A local model cannot be used as the policy."""


class ServerStartError(RunError):
    """The run's own verifier server could not be started."""


class EvaluationError(RunError):
    """Too many judgements are missing for the figures to mean anything."""
