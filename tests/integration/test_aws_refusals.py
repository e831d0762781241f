"""What AWS, or what stands before it, answers to a deletion, up to the journal: blocked, retried or failed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tagwarden.enforcing import EnforceSettings, execute
from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.aws import AwsProvider, clients
from tagwarden.state import Database, Journal
from tests.integration.aws_account import volume
from tests.integration.aws_faults import PROXY_PAGE, RESET, Answer, Asked, Door, door_to, refused
from tests.support.enforcement import a_plan, planned_deletion
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
SETTINGS = EnforceSettings(
    calls_per_second=1000, attempts=2, backoff=timedelta(0), deletion_limit=timedelta(0), settling=timedelta(0)
)
PAGE = Answer(200, "<html><body>Sign in to the hotel</body></html>", "text/html")
BLOCKED, FAILED, WAITING = ActionState.WITHHELD, ActionState.FAILED, ActionState.WAITING

REFUSALS = {
    "in use": (refused("VolumeInUse", 400), BLOCKED, Reason.DependencyViolation, 2),
    "protected": (refused("OperationNotPermitted", 400), BLOCKED, Reason.VendorProtection, 1),
    "in another state": (refused("IncorrectState", 400), FAILED, Reason.InvalidState, 2),
    "denied": (refused("UnauthorizedOperation", 403), FAILED, Reason.AccessDenied, 1),
    "not subscribed": (refused("OptInRequired", 403), FAILED, Reason.AccessDenied, 1),
    "expired token": (refused("RequestExpired", 400), FAILED, Reason.CredentialsInvalid, 1),
    "clock skew": (refused("RequestTimeTooSkewed", 403), FAILED, Reason.CredentialsInvalid, 1),
    "slow down": (refused("RequestLimitExceeded", 503), FAILED, Reason.Throttled, 2),
    "its own fault": (refused("InternalError", 500), FAILED, Reason.ServerFault, 2),
    "malformed": (refused("InvalidParameterCombination", 400), FAILED, Reason.InvalidRequest, 1),
    "unheard of": (refused("SomethingEntirelyNew", 400), FAILED, Reason.UnknownError, 1),
    "a bad gateway": (PROXY_PAGE, FAILED, Reason.ServerFault, 2),
    "half a refusal": (Answer(400, "<Response><Errors><Error><Code>Volu"), FAILED, Reason.ServerFault, 2),
    "a page": (PAGE, FAILED, Reason.ServerFault, 2),
    "gone, though it is there": (refused("InvalidVolume.NotFound", 400), WAITING, Reason.TimedOut, 1),
}
"""For each answer: how the deletion ends, why, and how often it is asked for."""


@pytest.fixture
def door(fake_aws: FakeAWS, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Yield a door before AWS; botocore's own retries would only take time."""
    monkeypatch.setattr(clients, "ATTEMPTS", 1)
    with door_to(fake_aws.endpoint) as opened:
        yield opened


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Database(f"sqlite:///{tmp_path / 'state.db'}") as database:
        yield Journal(database)


def provider_at(endpoint: str) -> AwsProvider:
    aws = AwsAccount.model_validate(
        {"account_id": DEFAULT_ACCOUNT, "regions": ("eu-central-1",), "endpoint_url": endpoint}
    )
    return AwsProvider(CloudAccount(name="aws-dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=aws)), LOGIN)


def volume_of(provider: AwsProvider, id_: str) -> Resource:
    """Read a volume as a pass would have collected it."""
    uid = f"arn:aws:ec2:eu-central-1:{DEFAULT_ACCOUNT}:volume/{id_}"
    asked = Resource(
        uid, ProviderName.AWS, "aws-dev", "eu-central-1", "aws_ec2_volume", "volume", id_, id_, None, Tags.known({})
    )
    found = provider.read(asked)
    assert found is not None
    return found


def delete(provider: AwsProvider, resource: Resource, journal: Journal) -> tuple[ActionState, Reason, str]:
    planned = planned_deletion(resource)
    (outcome,) = execute(
        a_plan(planned),
        providers={"aws-dev": provider},
        rejudge=lambda _: planned.judgement,
        environment_of=lambda _: Environment.TEST,
        journal=journal,
        may_act=lambda: True,
        clock=lambda: datetime.now(UTC),
        settings=SETTINGS,
    )
    (entry,) = journal.entries(limit=1)
    assert (entry.state, entry.reason) == (outcome.state, outcome.reason)
    return outcome.state, outcome.reason, outcome.message


def test_every_refusal_ends_with_its_name(fake_aws: FakeAWS, door: Door, journal: Journal) -> None:
    """Each answer over HTTP, to a deletion of a volume of its own: none is a crash, and none counts as deleted."""
    provider = provider_at(door.endpoint)
    expected, found = {}, {}
    for name, (answer, state, reason, tries) in REFUSALS.items():
        made = volume(fake_aws, name, {"expiration": "2020-01-01"})
        resource = volume_of(provider, made)
        door.rules.clear()
        door.on("DeleteVolume", answer)
        door.asked.clear()
        ended, why, _ = delete(provider, resource, journal)
        expected[name] = (state, reason, tries)
        found[name] = (ended, why, door.operations().count("DeleteVolume"))

    assert expected == found


def test_a_look_that_is_answered_with_a_page_does_not_say_that_it_is_gone(
    fake_aws: FakeAWS, door: Door, journal: Journal
) -> None:
    """S5: the deletion was accepted, and a proxy's page where AWS would show the volume is no proof of anything."""
    provider = provider_at(door.endpoint)
    resource = volume_of(provider, volume(fake_aws, "one", {}))
    accepted = "<DeleteVolumeResponse><requestId>r</requestId><return>true</return></DeleteVolumeResponse>"
    door.on("DeleteVolume", Answer(200, accepted))

    def after_the_deletion(asked: Asked) -> Answer | None:
        was_deleted = "DeleteVolume" in door.operations()
        return PAGE if was_deleted and asked.operation == "DescribeVolumes" else None

    door.rules.append(after_the_deletion)

    state, _, message = delete(provider, resource, journal)

    assert WAITING is state
    assert "no AWS response" in message


def test_a_connection_that_is_reset_is_looked_after(fake_aws: FakeAWS, door: Door, journal: Journal) -> None:
    """S11: nobody knows whether the write arrived; it did not, so the deletion failed and the volume is there."""
    made = volume(fake_aws, "one", {})
    provider = provider_at(door.endpoint)
    door.on("DeleteVolume", RESET)

    state, reason, _ = delete(provider, volume_of(provider, made), journal)

    assert (FAILED, Reason.Unreachable) == (state, reason)
    assert [made] == [each["VolumeId"] for each in fake_aws.client("ec2").describe_volumes()["Volumes"]]
