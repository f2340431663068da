"""The suites that can be run, by name. A domain's issue adds its own here."""

from collections.abc import Mapping

from tests.conformance import code, json, json_schemas, logic, logic_tasks, math, rules, sql
from tests.conformance.cases import Adapter

ADAPTERS: Mapping[str, Adapter] = {
    "code/HumanEval": code.humaneval,
    "code/exploits": code.exploits,
    "code/honest_odd": code.exploits,
    "code/mbpp_sanitized": code.mbpp,
    "json/extraction_cases": json.extraction_cases,
    "json/schema_test_suite": json_schemas.schema_test,
    "logic/edge_cases": logic.edge_cases,
    "logic/folio_train_premises": logic.folio_train_premises,
    "logic/folio_validation": logic.folio_validation,
    "logic/hostile_smtlib": logic_tasks.hostile_smtlib,
    "logic/model_emitted_formulas": logic_tasks.model_emitted_formulas,
    "logic/pelletier": logic.pelletier,
    "logic/prontoqa_proofs": logic_tasks.prontoqa_proofs,
    "logic/proofwriter": logic.proofwriter,
    "logic/puzzles": logic_tasks.puzzles,
    "math/adversarial": math.adversarial,
    "math/forms": math.forms,
    "math/grader_cases": math.grader_cases,
    "math/gsm8k_outputs": math.outputs,
    "math/hardverify": math.forms,
    "math/math_mix": math.forms,
    "math/pairs": math.forms,
    "rules/cases": rules.cases,
    "sql/cases": sql.given_data,
    "sql/cases_built": sql.cases,
    "sql/defog_golds": sql.defog_golds,
    "sql/hostile": sql.hostile,
    "sql/pairs": sql.pairs,
    "sql/spider_equivalents": sql.pairs,
}

# Suites whose path may be a folder, and which of its files have their rows.
FILES: Mapping[str, str] = {"json/schema_test_suite": "draft*.jsonl*"}
