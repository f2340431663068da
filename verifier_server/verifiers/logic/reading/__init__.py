"""From the text of a formula, in any of its dialects, to the one tree."""

from verifier_server.verifiers.logic.reading.errors import Caution, ReadError, Reading
from verifier_server.verifiers.logic.reading.reader import read

__all__ = ["Caution", "ReadError", "Reading", "read"]
