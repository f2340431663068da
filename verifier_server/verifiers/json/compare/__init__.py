"""Expected and predicted document, compared leaf by leaf under an author's rules.

Promises: `plan` reads a task's expected document and rules once, and the plan
measures documents: F1 over weighted leaves, with the status of each field.

Does not cover: parsing and the schema (`parse`, `schema`), and what a value
is worth when the schema is violated (`verifier`).
"""

from verifier_server.verifiers.json.compare.agreement import Agreement, Field, Status
from verifier_server.verifiers.json.compare.budget import TooManyComparisonsError
from verifier_server.verifiers.json.compare.planning import Plan, plan

__all__ = ["Agreement", "Field", "Plan", "Status", "TooManyComparisonsError", "plan"]
