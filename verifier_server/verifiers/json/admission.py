"""A task's documents, held against its schema before any completion is.

Promises: an expected document that its own schema refuses, and an example that is not
judged as its author says, are the task's fault, named by their pointers; nothing of
their content is quoted. Where a second implementation may be asked (`second_opinion`),
it must agree.

Does not cover: whether the schema can be used (`schema`), and the rules (`compare`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.json.schema import Validate
from verifier_server.verifiers.json.values import UnusableValueError, exact, pointer

# The verdict of another implementation on a document, None where it cannot be asked.
SecondOpinion = Callable[[Any], bool | None]


def usable(document: Any, where: str, reason: str = "unusable_expected") -> Any:
    """A document of the task as exact values.

    Args:
        document: as decoded.
        where: its pointer in the task.
        reason: of the error.

    Raises:
        TaskError: BAD_GROUND_TRUTH: no completion could say it.
    """
    try:
        return exact(document)
    except UnusableValueError as error:
        raise _bad(reason, str(error), where + pointer(error.path)) from None


def admit_expected(document: Any, validate: Validate, second_opinion: SecondOpinion) -> None:
    """Checks the expected document.

    Args:
        document: exact values.
        validate: the compiled schema.
        second_opinion: of the same schema.

    Raises:
        TaskError: BAD_GROUND_TRUTH `expected_invalid` or `engines_disagree`.
    """
    where = "/expected"
    violations = validate(document)
    if violations:
        first = violations[0]
        message = f"the expected document violates the schema's {first.keyword!r}"
        raise _bad("expected_invalid", message, where + first.pointer)
    _agree(document, True, second_opinion, where)


def admit_examples(
    examples: Mapping[str, Any], validate: Validate, second_opinion: SecondOpinion
) -> None:
    """Checks the author's `valid` and `invalid` documents.

    Raises:
        TaskError: BAD_GROUND_TRUTH `unusable_example`, `example_misjudged` or
            `engines_disagree`.
    """
    for label in ("valid", "invalid"):
        for index, each in enumerate(examples.get(label, ())):
            where = f"/examples/{label}/{index}"
            document = usable(each, where, "unusable_example")
            violations = validate(document)
            if bool(violations) is (label == "valid"):
                found = f"violates {violations[0].keyword!r}" if violations else "is valid"
                message = f"an example of {label} documents {found} by the schema"
                raise _bad("example_misjudged", message, where)
            _agree(document, not violations, second_opinion, where)


def _agree(document: Any, valid: bool, second_opinion: SecondOpinion, where: str) -> None:
    second = second_opinion(document)
    if second is not None and second is not valid:
        verdicts = ("invalid", "valid")
        message = (
            f"this document is {verdicts[valid]} by the schema for the engine that judges and"
            f" {verdicts[second]} for another; say it in other keywords"
        )
        raise _bad("engines_disagree", message, where)


def _bad(reason: str, message: str, where: str) -> TaskError:
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, reason, message, where)
