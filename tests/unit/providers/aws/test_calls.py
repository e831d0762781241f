"""Pages of a listing are asked for by AWS's tokens, of which some have several members."""

from collections.abc import Mapping
from typing import Any, cast

from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.clients import Clients


class Records(Calls):
    """Three pages of record sets, whose token is a name and, where one name has several sets, an identifier."""

    def __init__(self) -> None:
        paging = {
            "input_token": ["StartRecordName", "StartRecordIdentifier"],
            "output_token": ["NextRecordName", "NextRecordIdentifier"],
            "more_results": "IsTruncated",
        }
        super().__init__(cast("Clients", type("Paging", (), {"pagination": lambda *_: paging})()))
        self.asked: list[Mapping[str, Any]] = []
        self.left = [
            {"IsTruncated": True, "NextRecordName": "a.", "NextRecordIdentifier": "blue"},
            {"IsTruncated": True, "NextRecordName": "b."},
            {"IsTruncated": False},
        ]

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        del service, region, operation
        self.asked.append(params)
        return self.left.pop(0)


def test_a_member_that_a_token_lacks_is_not_sent_again() -> None:
    """The identifier of an earlier page would skip records of a later one."""
    records = Records()

    assert len(list(records.pages("route53", "", "ListResourceRecordSets", {"HostedZoneId": "Z"}))) == 3
    assert records.asked == [
        {"HostedZoneId": "Z"},
        {"HostedZoneId": "Z", "StartRecordName": "a.", "StartRecordIdentifier": "blue"},
        {"HostedZoneId": "Z", "StartRecordName": "b."},
    ]
