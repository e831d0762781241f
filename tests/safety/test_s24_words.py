"""S24: words of protection are read generously, words of deletion strictly."""

from collections.abc import Mapping
from typing import Any

import pytest

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Verdict
from tagwarden.providers.kubernetes.reading import _tags
from tagwarden.tagging.protection import AFFIRMING, DENYING, MILD, STRONG
from tests.support.builders import a_policy, a_resource
from tests.support.evaluation import judged, seen_before

EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}


def verdict(tags: Mapping[str, str] | Tags, **policy: Any) -> Verdict:
    """Judge an instance that has expired, with these tags beside."""
    known = tags if isinstance(tags, Tags) else {**EXPIRED, **tags}
    found = judged(a_resource(tags=known), policy=a_policy(**policy), history=seen_before(Reason.Expired))
    assert found is not None
    return found.verdict


@pytest.mark.parametrize(
    "key",
    [
        "protect", "Protect", "PROTECTED", "tagwarden/protect", "tagwarden.io/protect", "tagwarden.io/Protected",
        "Tagwarden_Protect", "tagwarden-io-protect", "example.com/protect", "do-not-delete", "DoNotDelete",
        "do_not_delete", "donotdelete", "dont-delete", "don't-delete", "DontDelete", "no-delete", "never-delete",
        "do-not-terminate", "DoNotDestroy", "deletion-protection", "DeletionProtection", "delete-protected",
        "termination-protected", "TerminationProtection", "prevent-destroy", "prevent_deletion", "do-not-touch",
        "cloud-nuke-excluded", "protected-from-deletion", "team:do-not-delete",
    ],
)  # fmt: skip
def test_any_spelling_of_protection_protects(key: str) -> None:
    """S24: whoever took the trouble to write it meant it, with whatever value but a denial."""
    assert Verdict.PROTECTED is verdict({key: "true"})
    assert Verdict.PROTECTED is verdict({key: "until the audit is over"})
    assert Verdict.PROTECTED is verdict({key: ""})


@pytest.mark.parametrize(
    "key",
    ["protcet", "protectd", "tagwarden.io/protct", "tagwarden/portect", "do-not-delte", "DoNotDelet", "prevnt-destroy"],
)
def test_one_slip_in_the_key_costs_no_resource(key: str) -> None:
    """S24: as for owners."""
    assert Verdict.PROTECTED is verdict({key: "true"})


@pytest.mark.parametrize("value", ["false", "FALSE ", "no", "No", "off", "0", "n", "disabled", '"false"'])
@pytest.mark.parametrize("key", ["tagwarden.io/protect", "protect", "do-not-delete", "keep"])
def test_a_denial_is_a_denial_in_any_spelling(key: str, value: str) -> None:
    """S24: words of protection are generous, and `FALSE ` is plainly none."""
    assert Verdict.DELETE is verdict({key: value})


@pytest.mark.parametrize("value", ["true", "Yes", "1", "forever", ""])
@pytest.mark.parametrize("key", ["keep", "Keep", "permanent", "retain", "keep-forever"])
def test_a_milder_word_protects_where_its_value_affirms_it(key: str, value: str) -> None:
    """S24: `keep: true` is a wish."""
    assert Verdict.PROTECTED is verdict({key: value})


@pytest.mark.parametrize("tag", [("keep", "7d"), ("keep", "last 3"), ("retain", "30"), ("permanent", "unlikely")])
def test_a_milder_word_with_a_time_or_a_rule_protects_nothing(tag: tuple[str, str]) -> None:
    """A false alarm would keep the resource for ever."""
    assert Verdict.DELETE is verdict(dict([tag]))


@pytest.mark.parametrize(
    "key",
    [
        "project", "Project", "projects", "product", "protocol", "protest", "delete", "to-delete", "on-delete",
        "deleted", "data-protection-officer", "terminated", "keepalive", "detection", "prevent", "touch",
    ],
)  # fmt: skip
def test_words_that_only_resemble_protection_protect_nothing(key: str) -> None:
    """S24: what is plainly a leftover is still deleted."""
    assert Verdict.DELETE is verdict({key: "true"})


@pytest.mark.parametrize(
    "tags",
    [
        {"protect": "true", "tagwarden.io/protect": "false"},
        {"tagwarden.io/protect": "true", "do-not-delete": "no"},
        {"Protect": "false", "protect": "true"},
    ],
)
def test_a_contradiction_protects(tags: dict[str, str]) -> None:
    """S24: of two who disagree, one wants it kept."""
    assert Verdict.PROTECTED is verdict(tags)


@pytest.mark.parametrize(("label", "annotation"), [("true", "false"), ("false", "true")])
def test_a_label_and_an_annotation_that_contradict_one_another_protect(label: str, annotation: str) -> None:
    """S24: an annotation hides the label of the same key, and must not hide its protection."""
    tags = _tags({"tagwarden.io/protect": label, **EXPIRED}, {"tagwarden.io/protect": annotation})

    found = judged(
        a_resource(provider=ProviderName.KUBERNETES, tags=tags), policy=a_policy(), history=seen_before(Reason.Expired)
    )

    assert found is not None
    assert Verdict.PROTECTED is found.verdict


@pytest.mark.parametrize("key", ["Keep-Me", "keep_me", "KEEPME", "keep me"])
def test_an_exclusion_knows_its_key_in_any_spelling(key: str) -> None:
    """S24: keys of exclusions are compared as keys of owners are."""
    scope = {"accounts": {"names": ["aws-dev"]}, "exclude": [{"tags": {"keep-me": "*"}}]}

    assert Verdict.PROTECTED is verdict({key: "7d"}, scope=scope)


def test_an_exclusion_asks_every_spelling_of_its_key() -> None:
    """S24: where one of two spellings has the value, the exclusion holds."""
    scope = {"accounts": {"names": ["aws-dev"]}, "exclude": [{"tags": {"stage": "golden"}}]}

    assert Verdict.PROTECTED is verdict({"Stage": "golden", "stage": "test"}, scope=scope)
    assert Verdict.DELETE is verdict({"Stage": "test"}, scope=scope)


def test_no_word_is_both_strong_and_mild() -> None:
    """Each word has one reading, and no value both affirms and denies."""
    assert STRONG.isdisjoint(MILD)
    assert AFFIRMING.isdisjoint(DENYING)
