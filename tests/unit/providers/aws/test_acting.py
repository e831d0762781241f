"""Writing tags and deleting: which calls are made, in which order, and what stops them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tagwarden.errors import (
    AccessDenied,
    DependencyViolation,
    NotFound,
    PreconditionFailed,
    ProviderError,
    VendorProtection,
)
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.deleting import delete
from tagwarden.providers.aws.gathering import PROBED_AT_MOST, Gatherer
from tagwarden.providers.aws.normalising import Normaliser, Place
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.tag_writing import write_tags
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.workers import Workers

REGION = "eu-central-1"
PLACE = Place("dev", "123456789012", "aws", REGION)
Answer = dict[str, Any] | ProviderError


class Scripted(Calls):
    """Answers each operation with its next answer; the last stays; what is not scripted is accepted."""

    def __init__(self, **answers: list[Answer]) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._answers = answers

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, dict(params)))
        waiting = self._answers.get(operation, [{}])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        yield self.call(service, region, operation, params)

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.asked]


def thing(kind: str, id_: str = "one", **more: Any) -> Resource:
    return Resource(
        f"arn:aws:{id_}", ProviderName.AWS, "dev", REGION, kind, "x", id_, id_, None, Tags.known({}), **more
    )


def remove(resource: Resource, calls: Calls) -> None:
    known = {"id": resource.id, "name": resource.name, "uid": resource.uid, **resource.attributes}
    delete(KINDS[resource.kind], resource, REGION, known, calls)


def pairs(**tags: str) -> dict[str, Any]:
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}


NOT_EMPTY = DependencyViolation("not empty", code="BucketNotEmpty")


def test_a_bucket_is_emptied_only_as_far_as_s3_asks_for() -> None:
    """S23: versions, then markers, then unfinished uploads, and the bucket is tried before and after each."""
    listed = {
        "Versions": [{"Key": "a", "VersionId": "1", "Size": 3}],
        "DeleteMarkers": [{"Key": "b", "VersionId": "2"}],
    }
    calls = Scripted(
        ListObjectVersions=[listed],
        ListMultipartUploads=[{"Uploads": [{"Key": "c", "UploadId": "u", "Owner": {}}]}],
        DeleteBucket=[NOT_EMPTY, NOT_EMPTY, NOT_EMPTY, {}],
    )

    remove(thing("aws_s3_bucket"), calls)

    gone = ("DeleteBucket", {"Bucket": "one"})
    assert [
        gone,
        ("DeleteObjects", {"Bucket": "one", "Delete": {"Objects": [{"Key": "a", "VersionId": "1"}], "Quiet": True}}),
        gone,
        ("DeleteObjects", {"Bucket": "one", "Delete": {"Objects": [{"Key": "b", "VersionId": "2"}], "Quiet": True}}),
        gone,
        ("AbortMultipartUpload", {"Bucket": "one", "Key": "c", "UploadId": "u"}),
        gone,
    ] == [asked for asked in calls.asked if not asked[0].startswith(("List", "Get"))]


def test_objects_that_cannot_be_deleted_keep_the_bucket() -> None:
    """The call is accepted and says which ones it did not delete."""
    failed = [{"Key": "a", "Code": "AccessDenied", "Message": "locked"}] * 3
    calls = Scripted(
        ListObjectVersions=[{"Versions": [{"Key": "a", "VersionId": "1"}]}],
        DeleteObjects=[{"Errors": failed}],
        DeleteBucket=[NOT_EMPTY],
    )

    with pytest.raises(AccessDenied, match="locked and 2 more"):
        remove(thing("aws_s3_bucket"), calls)

    assert ["DeleteBucket"] == [one for one in calls.operations if one == "DeleteBucket"]


def test_what_a_step_would_remove_may_be_gone_already() -> None:
    """A part that went in between is no reason to leave the rest, and to call it deleted."""
    calls = Scripted(
        ListObjectVersions=[{"Versions": [{"Key": "a", "VersionId": "1"}]}],
        DeleteObjects=[NotFound("gone", code="NoSuchKey")],
        ListMultipartUploads=[NotFound("gone", code="NoSuchUpload")],
        DeleteBucket=[NOT_EMPTY],
    )

    with pytest.raises(DependencyViolation, match="not empty"):
        remove(thing("aws_s3_bucket"), calls)

    assert "ListMultipartUploads" == calls.operations[-1]


def test_a_firewall_is_never_taken_from_what_it_guards() -> None:
    """A load balancer does not say which firewall stands before it, so nobody has judged whether it may go (S7, S8)."""
    calls = Scripted(
        DeleteWebACL=[DependencyViolation("in use", code="WAFAssociatedItemException"), {}],
        ListResourcesForWebACL=[{"ResourceArns": ["arn:aws:elasticloadbalancing:lb"]}],
    )

    with pytest.raises(DependencyViolation, match="in use"):
        remove(thing("aws_wafv2_web_acl", attributes={"lock_token": "token"}), calls)

    assert ["DeleteWebACL"] == calls.operations


def test_a_group_takes_back_only_its_own_references() -> None:
    """Rules of other groups are theirs; rules that name addresses go with the group."""
    rules = [
        {"SecurityGroupRuleId": "sgr-1", "IsEgress": False, "ReferencedGroupInfo": {"GroupId": "sg-2"}},
        {"SecurityGroupRuleId": "sgr-2", "IsEgress": False, "CidrIpv4": "10.0.0.0/8"},
        {"SecurityGroupRuleId": "sgr-3", "IsEgress": True, "ReferencedGroupInfo": {"GroupId": "sg-2"}},
    ]
    refusal = DependencyViolation("has a dependent object", code="DependencyViolation")
    calls = Scripted(
        DescribeSecurityGroupRules=[{"SecurityGroupRules": rules}], DeleteSecurityGroup=[refusal, refusal, {}]
    )

    remove(thing("aws_ec2_security_group", "sg-1"), calls)

    gone = ("DeleteSecurityGroup", {"GroupId": "sg-1"})
    assert [
        gone,
        ("RevokeSecurityGroupIngress", {"GroupId": "sg-1", "SecurityGroupRuleIds": ["sgr-1"]}),
        gone,
        ("RevokeSecurityGroupEgress", {"GroupId": "sg-1", "SecurityGroupRuleIds": ["sgr-3"]}),
        gone,
    ] == [asked for asked in calls.asked if not asked[0].startswith("Describe")]


def test_a_zone_keeps_its_own_records_to_the_end() -> None:
    """Name servers of a delegated part are records like any other."""
    records = [
        {"Name": "example.com.", "Type": "NS"},
        {"Name": "example.com.", "Type": "SOA"},
        {"Name": "part.example.com.", "Type": "NS"},
        {"Name": "www.example.com.", "Type": "A"},
    ]
    refusal = DependencyViolation("has records", code="HostedZoneNotEmpty")
    calls = Scripted(ListResourceRecordSets=[{"ResourceRecordSets": records}], DeleteHostedZone=[refusal, {}])

    remove(replace(thing("aws_route53_zone", "Z1"), name="example.com."), calls)

    changes = dict(calls.asked)["ChangeResourceRecordSets"]["ChangeBatch"]["Changes"]
    assert [{"Action": "DELETE", "ResourceRecordSet": record} for record in records[2:]] == changes


def test_rare_belongings_are_looked_for_only_when_aws_refuses() -> None:
    """Most users have no certificates, keys for SSH or second factors."""
    easy = Scripted()
    hard = Scripted(
        DeleteUser=[DependencyViolation("has keys", code="DeleteConflict"), {}],
        ListSSHPublicKeys=[{"SSHPublicKeys": [{"SSHPublicKeyId": "APKA1"}]}],
    )

    remove(thing("aws_iam_user", "ann"), easy)
    remove(thing("aws_iam_user", "ann"), hard)

    assert "ListSSHPublicKeys" not in easy.operations
    assert ("DeleteSSHPublicKey", {"UserName": "ann", "SSHPublicKeyId": "APKA1"}) in hard.asked
    assert ["DeleteUser", "DeleteUser"] == [one for one in hard.operations if one == "DeleteUser"]


def test_a_refusal_that_nothing_helps_is_told() -> None:
    """The caller waits for what holds it."""
    calls = Scripted(DeleteSubnet=[DependencyViolation("has dependencies", code="DependencyViolation")])

    with pytest.raises(DependencyViolation):
        remove(thing("aws_ec2_subnet"), calls)


_ONE_VERSION: dict[str, list[Answer]] = {"ListObjectVersions": [{"Versions": [{"Key": "a", "VersionId": "1"}]}]}


def test_what_is_gone_is_success() -> None:
    """Somebody else was faster; that holds for the steps too."""
    remove(thing("aws_ec2_volume"), Scripted(DeleteVolume=[NotFound("no such volume")]))
    remove(thing("aws_s3_bucket"), Scripted(DeleteBucket=[NOT_EMPTY, NotFound("no such bucket")], **_ONE_VERSION))


@pytest.mark.parametrize("state", ["shutting-down", "terminated"])
def test_what_is_going_already_is_let_go(state: str) -> None:
    """A second call would be refused, or worse."""
    calls = Scripted()

    remove(thing("aws_ec2_instance", state=state), calls)

    assert [] == calls.asked


def test_what_the_vendor_protects_is_never_tried() -> None:
    """Whoever decided did not look (S7)."""
    calls = Scripted()

    with pytest.raises(VendorProtection, match="deletion protection is on"):
        remove(thing("aws_rds_instance", protection="deletion protection is on"), calls)

    assert [] == calls.asked


def test_replacing_the_tags_of_a_bucket_keeps_the_others() -> None:
    """The whole set is written: what nobody asked to change must be in it."""
    calls = Scripted(
        GetBucketTagging=[pairs(team="data", expires="soon"), pairs(team="data", owner="ann")],
    )

    write_tags(KINDS["aws_s3_bucket"], REGION, {"id": "one"}, TagChanges({"owner": "ann"}, ("expires",)), calls)

    assert ("PutBucketTagging", {"Bucket": "one", "Tagging": pairs(team="data", owner="ann")}) in calls.asked
    assert ["GetBucketTagging", "PutBucketTagging", "GetBucketTagging"] == calls.operations


def test_another_writer_in_between_is_noticed() -> None:
    """Replacing has no precondition, so it is read again."""
    calls = Scripted(GetBucketTagging=[pairs(team="data"), pairs(team="web")])

    with pytest.raises(PreconditionFailed):
        write_tags(KINDS["aws_s3_bucket"], REGION, {"id": "one"}, TagChanges({"owner": "ann"}), calls)


def test_a_bucket_without_tags_gets_its_first_ones() -> None:
    """S3 calls that an error."""
    calls = Scripted(GetBucketTagging=[NotFound("none", code="NoSuchTagSet"), pairs(owner="ann")])

    write_tags(KINDS["aws_s3_bucket"], REGION, {"id": "one"}, TagChanges({"owner": "ann"}), calls)

    assert ("PutBucketTagging", {"Bucket": "one", "Tagging": pairs(owner="ann")}) in calls.asked


def test_tags_that_cannot_be_read_are_not_replaced() -> None:
    """Writing without reading would lose them all (S1)."""
    calls = Scripted(GetBucketTagging=[AccessDenied("no", code="AccessDenied")])

    with pytest.raises(AccessDenied):
        write_tags(KINDS["aws_s3_bucket"], REGION, {"id": "one"}, TagChanges({"owner": "ann"}), calls)

    assert ["GetBucketTagging"] == calls.operations


def test_tags_of_a_stack_change_with_its_parameters_as_they_are() -> None:
    """A stack is updated with the template and the values it has."""
    before = {
        "Tags": [{"Key": "team", "Value": "data"}],
        "Parameters": [{"ParameterKey": "Size", "ParameterValue": "large"}],
        "Capabilities": ["CAPABILITY_IAM"],
    }
    after = {"Tags": [*before["Tags"], {"Key": "owner", "Value": "ann"}]}
    calls = Scripted(DescribeStacks=[{"Stacks": [before]}, {"Stacks": [after]}])

    write_tags(KINDS["aws_cloudformation_stack"], REGION, {"id": "arn"}, TagChanges({"owner": "ann"}), calls)

    assert {
        "StackName": "arn",
        "UsePreviousTemplate": True,
        "Parameters": [{"ParameterKey": "Size", "UsePreviousValue": True}],
        "Capabilities": ["CAPABILITY_IAM"],
        "Tags": after["Tags"],
    } == dict(calls.asked)["UpdateStack"]


@pytest.mark.parametrize(
    ("caller", "kind", "id_"),
    [
        ("arn:aws:sts::1:assumed-role/tagwarden/session", "aws_iam_role", "tagwarden"),
        ("arn:aws:iam::1:user/ops/warden", "aws_iam_user", "warden"),
    ],
)
def test_the_identity_we_run_as_is_protected(caller: str, kind: str, id_: str) -> None:
    """A janitor must not delete itself (S7)."""
    row = KINDS[kind]
    normaliser = Normaliser(row, replace(PLACE, caller=caller), Shared())
    found = {}
    for name in (id_, "another"):
        item = {"RoleName": name, "UserName": name, "Arn": f"arn:{name}", "Path": "/"}
        draft = normaliser.draft(item)

        assert draft is not None
        found[name] = normaliser.resource(draft, Tags.known({})).protection

    assert {id_: "used by Tagwarden itself", "another": ""} == found


@pytest.mark.parametrize(("number", "asked"), [(3, 3), (PROBED_AT_MOST + 1, 0)])
def test_protections_are_asked_for_while_there_are_few(number: int, asked: int) -> None:
    """Thousands of calls are saved for the reading right before a deletion."""
    items = [{"InstanceId": f"i-{one}", "State": {"Name": "running"}} for one in range(number)]
    calls = Scripted(
        DescribeInstances=[{"Reservations": [{"Instances": items}]}],
        DescribeInstanceAttribute=[{"DisableApiTermination": {"Value": True}}],
    )
    workers = Workers()
    try:
        gathered = Gatherer(KINDS["aws_ec2_instance"], PLACE, calls, workers, Shared()).gather([], lambda _: True)
    finally:
        workers.close()

    assert asked == calls.operations.count("DescribeInstanceAttribute")
    assert asked == sum(one.protection == "termination protection is on" for one in gathered.resources)
