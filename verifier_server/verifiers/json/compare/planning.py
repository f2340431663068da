"""From a task's expected document and rules to a plan that measures documents."""

from collections.abc import Mapping
from typing import Any

from verifier_server.verifiers.json.compare.agreement import Agreement, Field, Status
from verifier_server.verifiers.json.compare.positional import compare


class Plan:
    """Measures documents against one expected document."""

    def __init__(self, expected: Any) -> None:
        self._expected = expected

    def measure(self, document: Any) -> Agreement:
        """How far a document of exact values agrees.

        Raises:
            TooManyComparisonsError: the document would need too many steps.
        """
        found = compare(self._expected, document)
        fields = tuple(
            Field(each.pointer, Status(each.kind), "exact", 1.0, each.expected)
            for each in found.differences
        )
        counts = (found.matching, found.expected, found.predicted)
        true, expected, predicted = (1000 * count for count in counts)
        return Agreement(true, expected, predicted, *counts, fields)


def plan(expected: Any, rules: Mapping[str, Any]) -> Plan:
    """Reads the expected document (exact values) and the task's `compare`.

    Raises:
        TaskError: INVALID_TASK for a rule, BAD_GROUND_TRUTH for the document.
    """
    return Plan(expected)
