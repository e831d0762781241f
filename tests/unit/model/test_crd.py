"""The generated CRDs without any cluster: complete, bounded, and of one mind with the models."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import ValidationError

from tagwarden.cli.crds import manifest_of
from tagwarden.model.account import CloudAccountSpec
from tagwarden.model.crd import KINDS, Kind, custom_resource_definition, structural_schema
from tagwarden.model.policy import CleanupPolicySpec
from tagwarden.model.validation_errors import describe_mistakes
from tagwarden.model.yaml_models import Boundary
from tests.support.wrong_declarations import ACCEPTED, REFUSED_BY_FORM, REFUSED_IN_THE_SAME_WORDS, Wrong

CRDS = Path(__file__).parents[3] / "crds"
SPECS: Mapping[str, type[Boundary]] = {"CleanupPolicy": CleanupPolicySpec, "CloudAccount": CloudAccountSpec}


@pytest.mark.parametrize("wrong", REFUSED_IN_THE_SAME_WORDS.values(), ids=REFUSED_IN_THE_SAME_WORDS)
def test_a_file_is_refused_in_the_words_of_the_api_server(wrong: Wrong) -> None:
    """Without any cluster the same mistake is named at the same field with the same sentence."""
    with pytest.raises(ValidationError) as refusal:
        SPECS[wrong.kind].model_validate(wrong.spec)

    lines = [str(each) for each in describe_mistakes(refusal.value, SPECS[wrong.kind])]
    assert [line for line in lines if line.startswith(f"{wrong.field}:") and wrong.sentence in line]


@pytest.mark.parametrize("wrong", REFUSED_BY_FORM.values(), ids=REFUSED_BY_FORM)
def test_a_file_is_refused_where_the_schema_refuses(wrong: Wrong) -> None:
    """What a schema refuses by form is refused in a file too, at the same field."""
    with pytest.raises(ValidationError) as refusal:
        SPECS[wrong.kind].model_validate(wrong.spec)

    lines = [str(each) for each in describe_mistakes(refusal.value, SPECS[wrong.kind])]
    assert [line for line in lines if line.startswith(f"{wrong.field}:")]


@pytest.mark.parametrize("right", ACCEPTED.values(), ids=ACCEPTED)
def test_a_file_is_accepted_where_the_api_server_accepts(right: Wrong) -> None:
    """The two draw each line at the same place; what is written back reads to the same values."""
    spec = SPECS[right.kind].model_validate(right.spec)

    again = SPECS[right.kind].model_validate(spec.model_dump(mode="json", by_alias=True, exclude_none=True))

    assert spec == again


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_the_committed_files_are_what_the_models_say(kind: Kind) -> None:
    """Nobody edits a generated file; nobody forgets to generate it."""
    assert manifest_of(kind) == (CRDS / f"tagwarden.io_{kind.plural}.yaml").read_text()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_everything_is_bounded(kind: Kind) -> None:
    """Every list, mapping and text has a limit, since the API server estimates the cost of each rule by them."""
    schema = custom_resource_definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]

    unbounded = [
        path
        for path, node in nodes(schema, "")
        if (node.get("type") == "array" and "maxItems" not in node)
        or ("additionalProperties" in node and "maxProperties" not in node)
        or (
            node.get("type") == "string"
            and not {"maxLength", "enum", "format"} & node.keys()
            and path not in {".apiVersion", ".kind"}
        )
    ]

    assert [] == unbounded


def nodes(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from nodes(child, f"{path}.{name}")
    for inner in ("items", "additionalProperties"):
        if inner in schema:
            yield from nodes(schema[inner], f"{path}[]")


def test_what_a_structural_schema_cannot_say_is_an_error() -> None:
    """No constraint is lost in silence: a construct that the API server does not take stops the generation."""

    class Either(Boundary):
        value: int | str

    class Pair(Boundary):
        value: tuple[int, str]

    with pytest.raises(ValueError, match="no alternatives"):
        structural_schema(Either)
    with pytest.raises(ValueError, match=r"Pair\.value: a structural schema has no prefixItems"):
        structural_schema(Pair)


def test_defaults_that_say_nothing_are_left_out() -> None:
    """An absent list is not written into people's objects as an empty one."""

    class Some(Boundary):
        names: tuple[Annotated[str, "a name"], ...] = ()
        count: int = 0

    properties = structural_schema(Some)["properties"]

    assert {"type": "array", "items": {"type": "string"}} == properties["names"]
    assert {"type": "integer", "default": 0} == properties["count"]
