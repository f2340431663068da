"""The suites that can be run, by name. A domain's issue adds its own here."""

from collections.abc import Mapping

from tests.conformance import code, json, math
from tests.conformance.cases import Adapter

ADAPTERS: Mapping[str, Adapter] = {
    "code/HumanEval": code.humaneval,
    "code/exploits": code.exploits,
    "code/honest_odd": code.exploits,
    "code/mbpp_sanitized": code.mbpp,
    "json/extraction_cases": json.extraction_cases,
    "math/forms": math.forms,
}
