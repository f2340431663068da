"""Why a completion got its score: every reason of this verifier, and the verdict it means.

Promises: a reason is one slug, or a family and a detail (`trivial.padded`), and in a proof
or a puzzle ends with `@k`, the step or constraint it is about. Each means one verdict,
and this table is the only place that says which. What was not decided is UNDECIDED and is
never an answer's label.

Does not cover: reasons of `TaskError`, which blame the task.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from verifier_server.contract import Verdict

CORRECT_LABEL: Final = "correct_label"
WRONG_LABEL: Final = "wrong_label"

ENTAILED: Final = "entailed"
CONTRADICTED: Final = "contradicted"
UNKNOWN_CONSISTENT: Final = "unknown_consistent"
# One of these two, and it is not known which.
NOT_ENTAILED: Final = "not_entailed"
TAUTOLOGY: Final = "trivial.tautology"
TAUTOLOGY_CONJUNCT: Final = "trivial.tautology_conjunct"
CONTRADICTION: Final = "trivial.contradiction"
RESTATES_PREMISE: Final = "trivial.restates_premise"
PADDED: Final = "trivial.padded"
TOO_MANY_CHECKS: Final = "too_many_checks"

EQUIVALENT: Final = "equivalent"
NOT_EQUIVALENT: Final = "not_equivalent"
STRONGER: Final = "not_equivalent.stronger"
WEAKER: Final = "not_equivalent.weaker"
INCOMPARABLE: Final = "not_equivalent.incomparable"

STEP_INVALID: Final = "step_invalid"
STEP_BAD_CITATION: Final = "step_bad_citation"
STEP_TOO_MANY_CITATIONS: Final = "step_too_many_citations"
STEP_SOLVER_UNKNOWN: Final = "step_solver_unknown"
PROOF_COMPLETE: Final = "proof_complete"
PROOF_INCOMPLETE: Final = "proof_incomplete"
PROOF_REFUTES: Final = "proof_refutes"
REFUTATION_COMPLETE: Final = "refutation_complete"

# The other reasons of assignments are those of `puzzles.assignment_text`.
SATISFIES: Final = "satisfies"

CORRECT_UNSAT: Final = "correct_unsat"
MODEL_SATISFIES: Final = "model_satisfies"
WRONG_STATUS: Final = "wrong_status"
MODEL_VIOLATES: Final = "model_violates"
MODEL_MISSING: Final = "model_missing"
MODEL_INCOMPLETE: Final = "model_incomplete"
MODEL_DUPLICATE: Final = "model_duplicate"

SOLVER_UNKNOWN: Final = "solver_unknown"
FORBIDDEN_AXIOM: Final = "forbidden.axiom"
PARSE_ERROR: Final = "parse_error"
VOCABULARY: Final = "vocab"
FREE_VARIABLE: Final = "ill_formed.free_variable"

# By the whole reason, or else by its family: what stands before the first full stop.
VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {
        "no_answer": Verdict.NO_ANSWER,
        "multiple_answers": Verdict.NO_ANSWER,
        PARSE_ERROR: Verdict.MALFORMED,
        VOCABULARY: Verdict.MALFORMED,
        "ill_formed": Verdict.MALFORMED,
        "forbidden": Verdict.POLICY_VIOLATION,
        SOLVER_UNKNOWN: Verdict.UNDECIDED,
        TOO_MANY_CHECKS: Verdict.RESOURCE_LIMIT,
        CORRECT_LABEL: Verdict.CORRECT,
        WRONG_LABEL: Verdict.INCORRECT,
        ENTAILED: Verdict.CORRECT,
        CONTRADICTED: Verdict.INCORRECT,
        UNKNOWN_CONSISTENT: Verdict.INCORRECT,
        NOT_ENTAILED: Verdict.INCORRECT,
        "trivial": Verdict.INCORRECT,
        EQUIVALENT: Verdict.CORRECT,
        NOT_EQUIVALENT: Verdict.INCORRECT,
        STEP_INVALID: Verdict.INCORRECT,
        STEP_BAD_CITATION: Verdict.INCORRECT,
        STEP_TOO_MANY_CITATIONS: Verdict.INCORRECT,
        STEP_SOLVER_UNKNOWN: Verdict.UNDECIDED,
        PROOF_COMPLETE: Verdict.CORRECT,
        PROOF_INCOMPLETE: Verdict.INCORRECT,
        PROOF_REFUTES: Verdict.INCORRECT,
        REFUTATION_COMPLETE: Verdict.CORRECT,
        SATISFIES: Verdict.CORRECT,
        "assignment_violates": Verdict.INCORRECT,
        "assignment_incomplete": Verdict.INCORRECT,
        "assignment_out_of_domain": Verdict.INCORRECT,
        "assignment_duplicate": Verdict.INCORRECT,
        "assignment_unknown_variable": Verdict.INCORRECT,
        CORRECT_UNSAT: Verdict.CORRECT,
        MODEL_SATISFIES: Verdict.CORRECT,
        WRONG_STATUS: Verdict.INCORRECT,
        MODEL_VIOLATES: Verdict.INCORRECT,
        MODEL_MISSING: Verdict.INCORRECT,
        MODEL_INCOMPLETE: Verdict.INCORRECT,
        MODEL_DUPLICATE: Verdict.INCORRECT,
    }
)


def verdict_of(reason: str) -> Verdict:
    """What a reason means.

    Raises:
        KeyError: it is none of this verifier's.
    """
    slug = reason.partition("@")[0]
    return VERDICTS.get(slug) or VERDICTS[slug.partition(".")[0]]
