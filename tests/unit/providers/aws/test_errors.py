"""Every error of botocore and every error that the service models name lands in our tree, with a retry rule."""

import re
from collections.abc import Iterator

import botocore.session
import pytest
from botocore import exceptions as foreign
from botocore.parsers import ResponseParserError

from tagwarden import errors
from tagwarden.errors import Retry
from tagwarden.providers.aws.error_codes import CODES
from tagwarden.providers.aws.errors import class_of, of_exception, ours
from tagwarden.providers.aws.iam import Access, calls_of
from tagwarden.providers.aws.rows import KINDS


def foreign_classes(cls: type[Exception] = foreign.BotoCoreError) -> Iterator[type[Exception]]:
    for child in cls.__subclasses__():
        if child.__module__.startswith("botocore"):
            yield child
            yield from foreign_classes(child)


class Whatever(dict[str, object]):
    """Fills any message of botocore."""

    def __missing__(self, key: str) -> object:
        return "x"


@pytest.mark.parametrize("cls", sorted(set(foreign_classes()), key=lambda cls: cls.__name__))
def test_every_exception_of_botocore_becomes_one_of_ours(cls: type[Exception]) -> None:
    """No foreign exception leaves the provider, and none is unknown."""
    error = cls.__new__(cls)
    Exception.__init__(error, "why")

    found = of_exception(error, "ec2:DescribeVolumes")

    assert isinstance(found, errors.ProviderError)
    assert type(found) is not errors.UnknownError
    assert found.operation == "ec2:DescribeVolumes"
    assert "\n" not in str(found)


def modelled_errors() -> Iterator[tuple[str, str]]:
    session = botocore.session.Session()
    for kind in KINDS.values():
        for access in Access:
            for call in calls_of(kind, access):
                model = session.get_service_model(call.service or kind.service).operation_model(call.operation)
                for shape in model.error_shapes:
                    yield f"{kind.service}:{call.operation}", shape.metadata.get("error", {}).get("code", shape.name)


def test_every_error_that_the_service_models_name_is_known() -> None:
    """Each operation of the catalogue says what it may answer; each of those has a class of ours."""
    unknown = {code for _, code in modelled_errors() if class_of(code) is errors.UnknownError}

    assert set() == unknown


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("UnauthorizedOperation", "You are not authorized", errors.AccessDenied),
        ("AccessDeniedException", "no", errors.AccessDenied),
        ("AuthFailure", "AWS was not able to validate the provided access credentials", errors.CredentialsInvalid),
        ("ExpiredToken", "The security token included in the request is expired", errors.CredentialsInvalid),
        ("RequestLimitExceeded", "slow", errors.Throttled),
        ("ThrottlingException", "Rate exceeded", errors.Throttled),
        ("SlowDown", "Please reduce your request rate", errors.Throttled),
        ("InvalidInstanceID.NotFound", "", errors.NotFound),
        ("InvalidVolume.NotFound", "", errors.NotFound),
        ("InvalidAMIID.Unavailable", "", errors.NotFound),
        ("NatGatewayNotFound", "", errors.NotFound),
        ("NoSuchBucket", "", errors.NotFound),
        ("NoSuchEntity", "", errors.NotFound),
        ("DBInstanceNotFound", "", errors.NotFound),
        ("ValidationError", "Stack with id web does not exist", errors.NotFound),
        ("ValidationError", "AutoScalingGroup name not found - null", errors.NotFound),
        ("ValidationError", "1 validation error detected", errors.InvalidRequest),
        ("DependencyViolation", "The vpc has dependencies", errors.DependencyViolation),
        ("VolumeInUse", "Volume vol-1 is currently attached", errors.DependencyViolation),
        ("InvalidGroup.InUse", "", errors.DependencyViolation),
        ("InvalidSnapshot.InUse", "", errors.DependencyViolation),
        ("InvalidIPAddress.InUse", "", errors.DependencyViolation),
        ("BucketNotEmpty", "", errors.DependencyViolation),
        ("BucketHasAccessPointsAttached", "", errors.DependencyViolation),
        ("DeleteConflict", "Cannot delete entity, must detach all policies first.", errors.DependencyViolation),
        ("HostedZoneNotEmpty", "", errors.DependencyViolation),
        ("BadRequest", "it cannot be deleted while it has storage virtual machines", errors.DependencyViolation),
        ("BadRequest", "S3 access points attached to the file system", errors.DependencyViolation),
        ("BadRequest", "its final backup cannot be taken while it is CREATING", errors.InvalidState),
        ("ValidationException", "Rule can't be deleted since it has targets.", errors.DependencyViolation),
        ("ResourceAssociatedException", "", errors.DependencyViolation),
        ("InvalidResourceStateException", "There are WorkSpaces assigned", errors.DependencyViolation),
        ("ClientException", "Cannot delete, found existing JobQueue relationship", errors.DependencyViolation),
        ("ClientException", "Cannot delete, resource must be DISABLED", errors.InvalidState),
        ("InvalidParameterException", "It has a domain configured that should be deleted", errors.DependencyViolation),
        ("ResourceInUseException", "Cluster has nodegroups attached", errors.DependencyViolation),
        ("ResourceInUseException", "Table is being updated", errors.InvalidState),
        ("InvalidParameterValue", "Network interface 'eni-1' is currently in use.", errors.DependencyViolation),
        ("OperationNotPermitted", "modify 'disableApiTermination'", errors.VendorProtection),
        ("OperationNotPermitted", "deletion protection is enabled", errors.VendorProtection),
        ("InvalidParameterCombination", "Cannot delete protected DB Instance", errors.VendorProtection),
        (
            "ValidationError",
            "a stack while TerminationProtection is on",
            errors.VendorProtection,
        ),
        ("ValidationException", "Resource cannot be deleted as deletion protection is on", errors.VendorProtection),
        ("CannotDelete", 'the specified group: "sg-1" name: "default" cannot be deleted', errors.VendorProtection),
        ("IncorrectInstanceState", "", errors.InvalidState),
        ("InvalidDBInstanceState", "Instance is currently creating", errors.InvalidState),
        ("OperationAborted", "A conflicting conditional operation is in progress", errors.InvalidState),
        ("TagLimitExceeded", "", errors.LimitExceeded),
        ("TooManyTagsException", "", errors.LimitExceeded),
        (
            "InvalidRequestException",
            "not on a secret marked for deletion",
            errors.NotFound,
        ),
        ("KMSInvalidStateException", "arn is pending deletion.", errors.NotFound),
        ("InternalFailure", "", errors.ServerFault),
        ("ServiceUnavailable", "", errors.ServerFault),
        ("404", "", errors.Unsupported),
        ("502", "", errors.ServerFault),
        ("SomethingEntirelyNew", "", errors.UnknownError),
        ("ResourceInUse", "Target group 'tg' is currently in use by a listener or a rule", errors.DependencyViolation),
        ("ResourceInUseException", "Certificate arn is in use by a balancer", errors.DependencyViolation),
        ("ResourceInUseFault", "there are instances still in the group.", errors.DependencyViolation),
        ("ScalingActivityInProgressFault", "", errors.InvalidState),
        ("DeleteConflictException", "", errors.DependencyViolation),
        ("EntityTemporarilyUnmodifiableException", "", errors.InvalidState),
        ("UnmodifiableEntityException", "", errors.VendorProtection),
        ("InvalidDBSubnetGroupStateFault", "", errors.DependencyViolation),
        ("InvalidDBClusterStateFault", "Cluster still contains DB instances", errors.DependencyViolation),
        ("InvalidDBClusterStateFault", "Cluster is not in available state", errors.InvalidState),
        ("InvalidParameterValueException", "it is a replicated function", errors.DependencyViolation),
        ("ValidationError", "Export net cannot be deleted as it is in use by web", errors.DependencyViolation),
        ("ValidationError", "Stack is in UPDATE_IN_PROGRESS state", errors.InvalidState),
        ("LimitExceededException", "Only 10 tables can be deleted simultaneously", errors.Throttled),
        ("LimitExceededException", "too many policies", errors.LimitExceeded),
        ("AccessDenied", "Access Denied because object protected by object lock.", errors.VendorProtection),
        ("InvalidRequestException", "the secret is managed by another service", errors.VendorProtection),
        ("InvalidRequestException", "the vault contains recovery points", errors.DependencyViolation),
        ("InvalidGroup.Reserved", "", errors.VendorProtection),
        ("InvalidAddress.Locked", "", errors.VendorProtection),
        ("InvalidAddress.PtrSet", "", errors.DependencyViolation),
        ("InvalidPermission.NotFound", "", errors.NotFound),
        ("InvalidAttachment.NotFound", "", errors.NotFound),
        ("Gateway.NotAttached", "", errors.InvalidState),
        ("FleetNotInModifiableState", "", errors.InvalidState),
        ("DistributionNotDisabled", "", errors.InvalidState),
        ("ConcurrentTagAccess", "", errors.InvalidState),
        ("SnapshotCreationPerVolumeRateExceeded", "", errors.Throttled),
        ("RequestResourceCountExceeded", "", errors.LimitExceeded),
        ("InsufficientInstanceCapacity", "", errors.LimitExceeded),
        ("InvalidParameterDependency", "", errors.InvalidRequest),
        ("InvalidOptionConflict", "", errors.InvalidRequest),
        ("InvalidPaginationToken", "", errors.InvalidRequest),
        ("ExpiredNextTokenException", "", errors.InvalidRequest),
        ("UnknownVolumeType", "", errors.InvalidRequest),
        ("DependencyTimeout", "", errors.ServerFault),
        ("OperationTimeoutException", "", errors.ServerFault),
        ("KMS.NotFoundException", "", errors.InvalidState),
        ("KmsDisabled", "", errors.InvalidState),
        ("ServiceLinkedRoleNotFoundFault", "", errors.InvalidState),
        ("WAFNonexistentItemException", "", errors.NotFound),
        ("WAFOptimisticLockException", "", errors.PreconditionFailed),
        ("OptInRequired", "You are not subscribed to this service", errors.AccessDenied),
        ("PendingVerification", "", errors.AccessDenied),
        ("RequestTimeTooSkewed", "The difference between the request time", errors.CredentialsInvalid),
        ("UnrecognizedClientException", "", errors.CredentialsInvalid),
        ("ExpiredTokenException", "", errors.CredentialsInvalid),
        ("PermanentRedirect", "", errors.InvalidRequest),
        ("TemporaryRedirect", "", errors.ServerFault),
        ("", "", errors.UnknownError),
    ],
)
def test_codes_mean_what_the_services_mean(code: str, message: str, expected: type[errors.ProviderError]) -> None:
    """One code may say several things; then the words decide."""
    assert expected is class_of(code, message)


def test_a_code_means_one_thing_whatever_its_protocol_puts_behind_it() -> None:
    """Services write `X`, `XException` and `XFault` for the same; no table says two things of them."""
    meanings: dict[str, set[str]] = {}
    for code, found in CODES.items():
        meanings.setdefault(re.sub("(Exception|Fault|Error)$", "", code), set()).add(found.__name__)

    assert [] == [(code, each) for code, each in meanings.items() if len(each) > 1]


def test_what_nobody_knows_is_never_retried() -> None:
    """A new error is reported, not repeated."""
    assert Retry.NEVER is class_of("SomethingEntirelyNew").retry


def test_an_error_keeps_what_support_asks_for() -> None:
    """The code, the operation and the request id survive."""
    answer = {
        "Error": {"Code": "DependencyViolation", "Message": "resource sg-1 has a dependent object"},
        "ResponseMetadata": {"RequestId": "r-1", "HTTPStatusCode": 400},
    }

    with pytest.raises(errors.DependencyViolation) as raised, ours("ec2:DeleteSecurityGroup"):
        raise foreign.ClientError(answer, "DeleteSecurityGroup")

    assert ("DependencyViolation", "ec2:DeleteSecurityGroup", "r-1") == (
        raised.value.code,
        raised.value.operation,
        raised.value.request_id,
    )


def test_an_answer_that_nobody_can_read_is_the_servers_fault() -> None:
    """A proxy's page where XML should be is none of botocore's own exceptions."""
    with pytest.raises(errors.ServerFault) as raised, ours("ec2:DescribeVolumes"):
        raise ResponseParserError("invalid XML received: b'<!doctype html>\\n<html lang=en>\\n<title>500'")

    assert "check spec.aws.endpointURL and the proxy (invalid XML received)" in str(raised.value)
    assert "<" not in str(raised.value)
