"""A pack is taken whole or not at all, and faults are named by their place."""

import json

import pytest

from tests.verifier_server.verifiers.rules.kit import rule, whole
from verifier_server.verifiers.rules.pack import MAX_RULE_IDS, PackFaultError, pack_of


def fault(content):
    with pytest.raises(PackFaultError) as caught:
        pack_of(content)
    return caught.value


def changed(path, value):
    """The whole pack with one value put at a path."""
    content = whole()
    place = content
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return content


def test_a_whole_pack():
    pack = pack_of(whole())
    assert pack.id == "example-library-loan"
    assert [each.id for each in pack.rules] == ["L-1", "L-2", "L-3"]
    assert pack.rules[2].severity == "critical"
    assert pack.source(pack.rules[0].cite.source).date == "2024-01-01"
    assert pack.superseded_by == pack.jurisdiction == ""


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("colour",), "red", "/colour"),
        (("id",), "a b", "/id"),
        (("id",), "../x", "/id"),
        (("version",), "", "/version"),
        (("title",), 5, "/title"),
        (("effective_from",), "1 May 2024", "/effective_from"),
        (("effective_from",), "2023-02-29", "/effective_from"),
        (("effective_from",), "٢٠٢٤-01-01", "/effective_from"),
        (("sources",), [], "/sources"),
        (("sources",), {}, "/sources"),
        (("sources", 0, "date"), "2024", "/sources/0/date"),
        (("sources", 0, "url"), "x", "/sources/0/url"),
        (("derived", 0, "name"), "a-b", "/derived/0/name"),
        (("derived", 1, "name"), "due_at", "/derived/1/name"),
        (("derived", 0, "expr"), " ", "/derived/0/expr"),
        (("derived", 0, "expr"), "1" * 4001, "/derived/0/expr"),
        (("rules",), [], "/rules"),
        (("rules", 0), "true", "/rules/0"),
        (("rules", 1, "id"), "L-1", "/rules/1/id"),
        (("rules", 0, "kind"), "wanted", "/rules/0/kind"),
        (("rules", 0, "severity"), "high", "/rules/0/severity"),
        (("rules", 0, "weight"), 0, "/rules/0/weight"),
        (("rules", 0, "weight"), -1, "/rules/0/weight"),
        (("rules", 0, "weight"), True, "/rules/0/weight"),
        (("rules", 0, "weight"), "1", "/rules/0/weight"),
        (("rules", 0, "weight"), 0.0005, "/rules/0/weight"),
        (("rules", 0, "weight"), 1e9, "/rules/0/weight"),
        (("rules", 0, "explain"), "{derived.nothing}", "/rules/0/explain"),
        (("rules", 0, "explain"), "{answer.__class__.x!r}", "/rules/0/explain"),
        (("rules", 0, "cite", "source"), "OTHER", "/rules/0/cite/source"),
        (("rules", 0, "cite", "section"), "", "/rules/0/cite/section"),
        (("rules", 0, "cite", "date"), "2024-13-01", "/rules/0/cite/date"),
        (("rules", 0, "cite", "page"), 3, "/rules/0/cite/page"),
        (("facts_schema",), [], "/facts_schema"),
        (("answer_schema", "properties", "note"), {"type": "string"},
         "/answer_schema/properties/note"),
        (("answer_schema", "additionalProperties"), True, "/answer_schema/additionalProperties"),
    ],
)  # fmt: skip
def test_faults_have_a_place(path, value, pointer):
    assert fault(changed(path, value)).pointer == pointer


@pytest.mark.parametrize(
    "name", ["id", "version", "title", "effective_from", "sources", "facts_schema", "rules"]
)
def test_what_is_required_must_be_there(name):
    content = whole()
    del content[name]
    assert name in fault(content).message


@pytest.mark.parametrize("name", ["when", "check", "cite", "explain", "weight"])
def test_what_a_rule_requires_must_be_there(name):
    content = whole()
    del content["rules"][1][name]
    found = fault(content)
    assert (found.pointer, name in found.message) == ("/rules/1", True)


@pytest.mark.parametrize("value", ["\ud800", "a\0", float("nan"), {1, 2}])
def test_what_no_json_text_holds_is_refused(value):
    assert "pack" not in fault(changed(("title",), value)).pointer


def test_ids_fit_into_one_fact():
    content = whole()
    content["rules"] = [rule(f"{'r' * 60}-{index}") for index in range(MAX_RULE_IDS // 60 + 1)]
    assert fault(content).pointer == "/rules"


def test_the_digest_is_that_of_the_content():
    digest = pack_of(whole()).digest
    backwards = dict(reversed(whole().items()))
    assert pack_of(backwards).digest == digest
    assert pack_of(json.loads(json.dumps(whole()))).digest == digest
    # A field that says nothing is as good as none: TOML has no null.
    assert pack_of(whole() | {"superseded_by": None, "jurisdiction": ""}).digest == digest
    assert digest.startswith("sha256:")
    assert len(digest) == 71


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), "1.0.1"),
        (("rules", 0, "check"), "true"),
        (("rules", 0, "weight"), 2.5),
        (("rules", 0, "cite", "section"), "2a"),
        (("derived", 1, "expr"), "3.0 * facts.fee_per_day"),
        (("facts_schema", "properties", "reserved", "default"), None),
        (("superseded_by",), "the 2025 edition"),
    ],
)
def test_the_digest_changes_with_any_part(path, value):
    assert pack_of(changed(path, value)).digest != pack_of(whole()).digest
