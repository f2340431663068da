"""The suites that can be run, by name. A domain's issue adds its own here."""

from collections.abc import Mapping

from tests.conformance import json, math
from tests.conformance.cases import Adapter

ADAPTERS: Mapping[str, Adapter] = {
    "json/extraction_cases": json.extraction_cases,
    "math/forms": math.forms,
}
