"""Identities, keys and secrets."""

from tagwarden.model.unseen import LAST_USED, UNSEEN_USERS
from tagwarden.providers.aws.row import (
    FREE,
    KMS_PAIRS,
    Detail,
    Holding,
    InlineTags,
    Kind,
    Listing,
    Managed,
    Names,
    Probe,
    Protected,
    Read,
    Refusal,
    ServiceScope,
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
from tagwarden.providers.aws.rows.shared import CONFLICT, NOT_THERE, tags_by_arn, without_policies

_OWN_POLICIES = "AttachedManagedPolicies[?!contains(PolicyArn, ':iam::aws:')].PolicyArn"

_PRIMARY_KEY = "MultiRegionConfiguration.MultiRegionKeyType == 'REPLICA' && MultiRegionConfiguration.PrimaryKey.Arn"


def _iam_tags(thing: str, argument: str) -> WrittenTags:
    return WrittenTags(
        set=call(f"Tag{thing}", **{argument: "{id}", "Tags": "{tags}"}),
        remove=call(f"Untag{thing}", **{argument: "{id}", "TagKeys": "{keys}"}),
        folds_case=call(f"List{thing}Tags", **{argument: "{id}"}),
    )


def _of_user(listing: str, items: str, removal: str, argument: str) -> Step:
    """Remove an item that only this user has and that cannot be restored."""
    return Step(
        each=call(listing, UserName="{id}"),
        items=items,
        do=call(removal, **{"UserName": "{id}", argument: "{item}"}),
        unless=NOT_THERE,
        answers=CONFLICT,
    )


ROWS = (
    Kind(
        name="aws_iam_role",
        category="role",
        service="iam",
        billing=FREE,
        scope=ServiceScope.GLOBAL,
        # The only listing with tags and policies; other listings would need a call per role.
        listing=Listing("GetAccountAuthorizationDetails", "RoleDetailList", {"Filter": ["Role"]}, page_size=1000),
        read=Read(call("GetRole", RoleName="{id}"), "Role"),
        id="RoleName",
        title="RoleName",
        uid="Arn",
        created=created("CreateDate"),
        tags=InlineTags(),
        writing=_iam_tags("Role", "RoleName"),
        # An instance profile with the role is a separate kind and is deleted first. A profile that got the role since
        # then is a user of the role: IAM refuses.
        steps=without_policies("Role"),
        delete=call("DeleteRole", RoleName="{id}"),
        links=(needs("aws_iam_policy", _OWN_POLICIES),),
        # A policy with a single statement may omit the list.
        other_accounts=(
            "AssumeRolePolicyDocument.Statement[].Principal.AWS",
            "AssumeRolePolicyDocument.Statement.Principal.AWS",
            "AssumeRolePolicyDocument.Statement[].Principal",
        ),
        protected=(
            Protected("starts_with(Path, '/aws-service-role/')", "service-linked role of an AWS service"),
            Protected("starts_with(Path, '/aws-reserved/')", "managed by IAM Identity Center"),
        ),
        attributes={
            "path": "Path",
            UNSEEN_USERS: "unseen(AssumeRolePolicyDocument, Arn)",
            LAST_USED: "day(RoleLastUsed.LastUsedDate)",
        },
    ),
    Kind(
        name="aws_iam_user",
        category="user",
        holds=Holding.KEYS,
        service="iam",
        billing=FREE,
        scope=ServiceScope.GLOBAL,
        listing=Listing("GetAccountAuthorizationDetails", "UserDetailList", {"Filter": ["User"]}, page_size=1000),
        read=Read(call("GetUser", UserName="{id}"), "User"),
        id="UserName",
        title="UserName",
        uid="Arn",
        created=created("CreateDate"),
        tags=InlineTags(),
        writing=_iam_tags("User", "UserName"),
        steps=(
            *without_policies("User"),
            Step(
                each=call("ListGroupsForUser", UserName="{id}"),
                items="Groups[].GroupName",
                do=call("RemoveUserFromGroup", UserName="{id}", GroupName="{item}"),
                unless=NOT_THERE,
                answers=CONFLICT,
                undo=call("AddUserToGroup", UserName="{id}", GroupName="{item}"),
            ),
            Step(
                each=call("GetLoginProfile", UserName="{id}"),
                items="[LoginProfile.UserName]",
                do=call("DeleteLoginProfile", UserName="{item}"),
                unless=NOT_THERE,
                answers=CONFLICT,
            ),
            _of_user("ListAccessKeys", "AccessKeyMetadata[].AccessKeyId", "DeleteAccessKey", "AccessKeyId"),
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
        scope=ServiceScope.GLOBAL,
        # The only listing with the documents, which name resources.
        listing=Listing(
            "GetAccountAuthorizationDetails", "Policies", {"Filter": ["LocalManagedPolicy"]}, page_size=1000
        ),
        read=Read(call("GetPolicy", PolicyArn="{id}"), "Policy"),
        id="Arn",
        title="found(Arn, '([^/]+)$')",
        uid="Arn",
        created=created("CreateDate"),
        tags=TagsCall(call("ListPolicyTags", PolicyArn="{id}")),
        writing=_iam_tags("Policy", "PolicyArn"),
        steps=(
            Step(
                each=call("ListPolicyVersions", PolicyArn="{id}"),
                items="Versions[?!IsDefaultVersion].VersionId",
                do=call("DeletePolicyVersion", PolicyArn="{id}", VersionId="{item}"),
                unless=NOT_THERE,
                answers=CONFLICT,
            ),
        ),
        # IAM has the same error code for attached policies and for policies with older versions.
        asks=(
            Probe(
                call("GetPolicy", PolicyArn="{id}"),
                "Policy.AttachmentCount > `0` || Policy.PermissionsBoundaryUsageCount > `0`",
                "attached to an identity, or its permissions boundary",
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
        scope=ServiceScope.GLOBAL,
        listing=Listing("ListInstanceProfiles", "InstanceProfiles", page_size=1000),
        read=Read(call("GetInstanceProfile", InstanceProfileName="{id}"), "InstanceProfile"),
        id="InstanceProfileName",
        title="InstanceProfileName",
        uid="Arn",
        created=created("CreateDate"),
        # The listing omits tags.
        tags=TagsCall(call("GetInstanceProfile", InstanceProfileName="{id}"), "InstanceProfile.Tags"),
        writing=_iam_tags("InstanceProfile", "InstanceProfileName"),
        steps=(
            Step(
                each=call("GetInstanceProfile", InstanceProfileName="{id}"),
                items="InstanceProfile.Roles[].RoleName",
                do=call("RemoveRoleFromInstanceProfile", InstanceProfileName="{id}", RoleName="{item}"),
                unless=NOT_THERE,
                answers=CONFLICT,
                undo=call("AddRoleToInstanceProfile", InstanceProfileName="{id}", RoleName="{item}"),
                # A profile has at most one role.
                undone=("LimitExceeded",),
            ),
        ),
        delete=call("DeleteInstanceProfile", InstanceProfileName="{id}"),
        links=(
            needs("aws_iam_role", "Roles[].Arn"),
            # The console creates a profile of the same name for each EC2 role.
            owned_by("aws_iam_role", "Roles[0].RoleName == InstanceProfileName && Roles[0].Arn"),
        ),
    ),
    Kind(
        name="aws_kms_key",
        category="key",
        holds=Holding.KEYS,
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
        # The shortest waiting period of AWS, in which a person can still cancel. The key stops working at once, so no
        # step disables the key before.
        delete=call("ScheduleKeyDeletion", KeyId="{id}", PendingWindowInDays=7),
        # AWS deletes a primary key only after its replicas.
        links=(
            needs("aws_kms_key", _PRIMARY_KEY),
            owned_by("aws_kms_key", _PRIMARY_KEY),
        ),
        protected=(Protected("KeyManager == 'AWS'", "managed by AWS"),),
        named=Names(Listing("ListAliases", "Aliases", page_size=100), "TargetKeyId", "[AliasName, AliasArn]"),
        attributes={"description": "Description"},
    ),
    Kind(
        name="aws_secretsmanager_secret",
        category="secret",
        holds=Holding.DATA,
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
        tags=InlineTags(absent_is_unknown=True),
        writing=tags_by_arn("SecretId"),
        steps=(
            # AWS deletes a primary secret only after its replicas, and replicas only through the primary:
            # https://docs.aws.amazon.com/secretsmanager/latest/userguide/delete-replica.html
            Step(
                each=call("DescribeSecret", SecretId="{id}"),
                items="ReplicationStatus",
                do=call("RemoveRegionsFromReplication", SecretId="{id}", RemoveReplicaRegions=["{item.Region}"]),
                answers=(Refusal("InvalidParameter", r"(?i)replica regions"),),
                undo=call(
                    "ReplicateSecretToRegions",
                    SecretId="{id}",
                    AddReplicaRegions=[{"Region": "{item.Region}", "KmsKeyId": "{item.KmsKeyId}"}],
                ),
                lasts=True,
            ),
        ),
        # The shortest time that AWS allows for a restore.
        delete=call("DeleteSecret", SecretId="{id}", RecoveryWindowInDays=7),
        links=(uses("aws_kms_key", "KmsKeyId"), uses("aws_lambda_function", "RotationLambdaARN")),
        # The primary creates and removes a replica.
        managed=(
            Managed("AWS", "OwningService"),
            Managed("aws_secretsmanager_secret", "PrimaryRegion && in_regions(ARN, [PrimaryRegion])"),
        ),
    ),
)
