"""The built-in verifiers, by manifest.

Promises: importing this package imports no verifier's libraries.

Does not cover: finding, digesting and activating verifiers (`registry`).
"""

from verifier_server.contract import Manifest
from verifier_server.verifiers.code import MANIFEST as _CODE
from verifier_server.verifiers.json import MANIFEST as _JSON
from verifier_server.verifiers.logic import MANIFEST as _LOGIC
from verifier_server.verifiers.math import MANIFEST as _MATH
from verifier_server.verifiers.rules import MANIFEST as _RULES
from verifier_server.verifiers.sql import MANIFEST as _SQL

BUILTIN: tuple[Manifest, ...] = (_CODE, _JSON, _LOGIC, _MATH, _RULES, _SQL)
