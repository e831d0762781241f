"""Keys of IAM that differ only in case are one key for AWS, and two for some that imitate it."""

from collections.abc import Mapping
from typing import Any

import pytest

from tagwarden.model.tags import TagChanges
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.tag_writing import write_tags

ROLE = next(kind for kind in KINDS.values() if kind.name == "aws_iam_role")
RENAMED = TagChanges(set={"owner": "bob"}, remove=("Owner", "TTL"))


class Iam:
    """The tags of one role; `folds`: as AWS does, where a key in another case is the same key."""

    def __init__(self, *, folds: bool) -> None:
        self.tags = {"Owner": "bob", "TTL": "1d", "team": "data"}
        self._same = str.casefold if folds else str

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        del service, region
        match operation:
            case "TagRole":
                for tag in params["Tags"]:
                    self._drop(tag["Key"])
                    self.tags[tag["Key"]] = tag["Value"]
            case "UntagRole":
                for key in params["TagKeys"]:
                    self._drop(key)
        return {"Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()]}

    def _drop(self, key: str) -> None:
        self.tags = {known: value for known, value in self.tags.items() if self._same(known) != self._same(key)}


@pytest.mark.parametrize("folds", [True, False])
def test_renaming_a_key_to_another_case_leaves_the_new_one_alone(*, folds: bool) -> None:
    """Removing `Owner` must not take `owner` along, nor may `Owner` stay where both can stand."""
    iam = Iam(folds=folds)

    write_tags(ROLE, "", {"id": "builder"}, RENAMED, iam)  # type: ignore[arg-type]

    assert {"team": "data", "owner": "bob"} == iam.tags
