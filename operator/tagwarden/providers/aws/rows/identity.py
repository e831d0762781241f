"""Identities, keys and secrets."""

from tagwarden.providers.aws.row import (
    FREE,
    KMS_PAIRS,
    Detail,
    InlineTags,
    Kind,
    Listing,
    Managed,
    Names,
    Protected,
    Read,
    Scope,
    Step,
    TagsCall,
    WrittenTags,
    call,
    created,
    needs,
    owned_by,
    uses,
)
from tagwarden.providers.aws.rows import charges
from tagwarden.providers.aws.rows.shared import tags_by_arn

_NOT_THERE = ("NoSuchEntity",)
_OWN_POLICIES = "AttachedManagedPolicies[?!contains(PolicyArn, ':iam::aws:')].PolicyArn"


def _iam_tags(thing: str, argument: str) -> WrittenTags:
    return WrittenTags(
        set=call(f"Tag{thing}", **{argument: "{id}", "Tags": "{tags}"}),
        remove=call(f"Untag{thing}", **{argument: "{id}", "TagKeys": "{keys}"}),
        folds_case=call(f"List{thing}Tags", **{argument: "{id}"}),
    )


def _of_user(listing: str, items: str, removal: str, argument: str) -> Step:
    """Remove something that only this user has."""
    return Step(
        each=call(listing, UserName="{id}"),
        items=items,
        do=call(removal, **{"UserName": "{id}", argument: "{item}"}),
        unless=_NOT_THERE,
    )


ROWS = (
    Kind(
        name="aws_iam_role",
        category="role",
        service="iam",
        billing=FREE,
        scope=Scope.GLOBAL,
        # The one listing that holds tags and policies of all; the others would take a call for each role.
        listing=Listing("GetAccountAuthorizationDetails", "RoleDetailList", {"Filter": ["Role"]}, page_size=1000),
        read=Read(call("GetRole", RoleName="{id}"), "Role"),
        id="RoleName",
        title="RoleName",
        uid="Arn",
        created=created("CreateDate"),
        tags=InlineTags(),
        writing=_iam_tags("Role", "RoleName"),
        steps=(
            Step(
                each=call("ListAttachedRolePolicies", RoleName="{id}"),
                items="AttachedPolicies[].PolicyArn",
                do=call("DetachRolePolicy", RoleName="{id}", PolicyArn="{item}"),
                unless=_NOT_THERE,
            ),
            Step(
                each=call("ListRolePolicies", RoleName="{id}"),
                items="PolicyNames",
                do=call("DeleteRolePolicy", RoleName="{id}", PolicyName="{item}"),
                unless=_NOT_THERE,
            ),
            Step(
                each=call("ListInstanceProfilesForRole", RoleName="{id}"),
                items="InstanceProfiles[].InstanceProfileName",
                do=call("RemoveRoleFromInstanceProfile", RoleName="{id}", InstanceProfileName="{item}"),
                unless=_NOT_THERE,
            ),
        ),
        delete=call("DeleteRole", RoleName="{id}"),
        links=(needs("aws_iam_policy", _OWN_POLICIES),),
        protected=(
            Protected("starts_with(Path, '/aws-service-role/')", "it is the service-linked role of an AWS service"),
            Protected("starts_with(Path, '/aws-reserved/')", "it belongs to IAM Identity Center"),
        ),
        attributes={"path": "Path"},
    ),
    Kind(
        name="aws_iam_user",
        category="user",
        service="iam",
        billing=FREE,
        scope=Scope.GLOBAL,
        listing=Listing("GetAccountAuthorizationDetails", "UserDetailList", {"Filter": ["User"]}, page_size=1000),
        read=Read(call("GetUser", UserName="{id}"), "User"),
        id="UserName",
        title="UserName",
        uid="Arn",
        created=created("CreateDate"),
        tags=InlineTags(),
        writing=_iam_tags("User", "UserName"),
        steps=(
            Step(do=call("DeleteLoginProfile", UserName="{id}"), unless=_NOT_THERE),
            _of_user("ListAccessKeys", "AccessKeyMetadata[].AccessKeyId", "DeleteAccessKey", "AccessKeyId"),
            _of_user("ListAttachedUserPolicies", "AttachedPolicies[].PolicyArn", "DetachUserPolicy", "PolicyArn"),
            _of_user("ListUserPolicies", "PolicyNames", "DeleteUserPolicy", "PolicyName"),
            _of_user("ListGroupsForUser", "Groups[].GroupName", "RemoveUserFromGroup", "GroupName"),
        ),
        if_refused=(
            _of_user("ListMFADevices", "MFADevices[].SerialNumber", "DeactivateMFADevice", "SerialNumber"),
            _of_user(
                "ListSigningCertificates", "Certificates[].CertificateId", "DeleteSigningCertificate", "CertificateId"
            ),
            _of_user("ListSSHPublicKeys", "SSHPublicKeys[].SSHPublicKeyId", "DeleteSSHPublicKey", "SSHPublicKeyId"),
            _of_user(
                "ListServiceSpecificCredentials",
                "ServiceSpecificCredentials[].ServiceSpecificCredentialId",
                "DeleteServiceSpecificCredential",
                "ServiceSpecificCredentialId",
            ),
        ),
        delete=call("DeleteUser", UserName="{id}"),
        links=(needs("aws_iam_policy", _OWN_POLICIES), uses("aws_iam_group", "GroupList")),
        attributes={"path": "Path"},
    ),
    Kind(
        name="aws_iam_policy",
        category="policy",
        service="iam",
        billing=FREE,
        scope=Scope.GLOBAL,
        listing=Listing("ListPolicies", "Policies", {"Scope": "Local"}, page_size=1000),
        read=Read(call("GetPolicy", PolicyArn="{id}"), "Policy"),
        id="Arn",
        title="PolicyName",
        uid="Arn",
        created=created("CreateDate"),
        tags=TagsCall(call("ListPolicyTags", PolicyArn="{id}")),
        writing=_iam_tags("Policy", "PolicyArn"),
        steps=(
            Step(
                each=call("ListPolicyVersions", PolicyArn="{id}"),
                items="Versions[?!IsDefaultVersion].VersionId",
                do=call("DeletePolicyVersion", PolicyArn="{id}", VersionId="{item}"),
                unless=_NOT_THERE,
            ),
        ),
        delete=call("DeletePolicy", PolicyArn="{id}"),
        attributes={"path": "Path", "attachments": "AttachmentCount"},
    ),
    Kind(
        name="aws_iam_instance_profile",
        category="instance_profile",
        service="iam",
        billing=FREE,
        scope=Scope.GLOBAL,
        listing=Listing("ListInstanceProfiles", "InstanceProfiles", page_size=1000),
        read=Read(call("GetInstanceProfile", InstanceProfileName="{id}"), "InstanceProfile"),
        id="InstanceProfileName",
        title="InstanceProfileName",
        uid="Arn",
        created=created("CreateDate"),
        # The listing leaves tags out.
        tags=TagsCall(call("GetInstanceProfile", InstanceProfileName="{id}"), "InstanceProfile.Tags"),
        writing=_iam_tags("InstanceProfile", "InstanceProfileName"),
        steps=(
            Step(
                each=call("GetInstanceProfile", InstanceProfileName="{id}"),
                items="InstanceProfile.Roles[].RoleName",
                do=call("RemoveRoleFromInstanceProfile", InstanceProfileName="{id}", RoleName="{item}"),
                unless=_NOT_THERE,
            ),
        ),
        delete=call("DeleteInstanceProfile", InstanceProfileName="{id}"),
        links=(
            needs("aws_iam_role", "Roles[].Arn"),
            # The console makes one for each role for EC2, of the same name.
            owned_by("aws_iam_role", "Roles[0].RoleName == InstanceProfileName && Roles[0].Arn"),
        ),
    ),
    Kind(
        name="aws_kms_key",
        category="key",
        service="kms",
        billing=charges.KEY,
        listing=Listing("ListKeys", "Keys", page_size=1000),
        read=Read(call("DescribeKey", KeyId="{id}"), "KeyMetadata"),
        id="KeyId",
        uid="KeyArn || Arn",
        detail=Detail(call("DescribeKey", KeyId="{id}"), "KeyMetadata", unless="KeyState"),
        created=created("CreationDate"),
        state="KeyState",
        gone=("PendingDeletion", "PendingReplicaDeletion"),
        tags=TagsCall(call("ListResourceTags", KeyId="{id}"), form=KMS_PAIRS),
        writing=WrittenTags(
            set=call("TagResource", KeyId="{id}", Tags="{tags}"),
            remove=call("UntagResource", KeyId="{id}", TagKeys="{keys}"),
            tags=KMS_PAIRS,
        ),
        # The shortest time AWS allows, in which a person can still cancel.
        steps=(Step(do=call("DisableKey", KeyId="{id}"), unless=("KMSInvalidStateException",)),),
        delete=call("ScheduleKeyDeletion", KeyId="{id}", PendingWindowInDays=7),
        protected=(Protected("KeyManager == 'AWS'", "it is managed by AWS"),),
        named=Names(Listing("ListAliases", "Aliases", page_size=100), "TargetKeyId", "[AliasName, AliasArn]"),
        attributes={"description": "Description"},
    ),
    Kind(
        name="aws_secretsmanager_secret",
        category="secret",
        service="secretsmanager",
        billing=charges.SECRET,
        listing=Listing("ListSecrets", "SecretList", page_size=100),
        read=Read(call("DescribeSecret", SecretId="{id}"), "@"),
        id="ARN",
        title="Name",
        uid="ARN",
        created=created("CreatedDate"),
        state="DeletedDate && 'deleted'",
        gone=("deleted",),
        tags=InlineTags(),
        writing=tags_by_arn("SecretId"),
        # The shortest time in which a person can still restore it.
        delete=call("DeleteSecret", SecretId="{id}", RecoveryWindowInDays=7),
        links=(uses("aws_kms_key", "KmsKeyId"), uses("aws_lambda_function", "RotationLambdaARN")),
        managed=(Managed("AWS", "OwningService"),),
    ),
)
