"""Groups and providers of identities, certificate authorities, firewalls and backup vaults."""

from typing import Any

from tagwarden.providers.aws.row import (
    FREE,
    KEY_PAIRS,
    MAPPING,
    Detail,
    Holding,
    InlineTags,
    Kind,
    Listing,
    Managed,
    NoTags,
    Protected,
    Read,
    Refusal,
    ServiceScope,
    Step,
    WrittenTags,
    call,
    created,
    needs,
)
from tagwarden.providers.aws.rows.shared import CONFLICT, NOT_THERE, tags_by_arn, tags_told, without_policies

_BACKUP_TAGS = tags_told("ResourceArn", "Tags", MAPPING, operation="ListTags")
_BACKUP_WRITTEN = tags_by_arn("ResourceArn", keys="TagKeyList", form=MAPPING)


def _firewall(name: str, scope_of_api: str, **more: Any) -> Kind:
    """Give a row of web ACLs of one scope, in the API's terms."""
    return Kind(
        name=name,
        category="firewall",
        service="wafv2",
        listing=Listing("ListWebACLs", "WebACLs", {"Scope": scope_of_api}, page_size=100),
        id="Id",
        title="Name",
        uid="ARN",
        # WAF returns no creation time.
        tags=tags_told("ResourceARN", "TagInfoForResource.TagList"),
        writing=tags_by_arn("ResourceARN"),
        # AWS refuses while a web ACL protects any resource, as intended: neither balancers nor APIs name their web ACL,
        # and without protection a resource in use would be open. The lock token is from the last read; a change since
        # then makes the token invalid.
        delete=call("DeleteWebACL", Name="{name}", Scope=scope_of_api, Id="{id}", LockToken="{lock_token}"),
        managed=(Managed("AWS Firewall Manager", "starts_with(Name, 'FMManagedWebACLV2') && Name"),),
        attributes={"lock_token": "LockToken"},
        **more,
    )


ROWS = (
    Kind(
        name="aws_iam_group",
        category="group",
        service="iam",
        billing=FREE,
        scope=ServiceScope.GLOBAL,
        listing=Listing("GetAccountAuthorizationDetails", "GroupDetailList", {"Filter": ["Group"]}, page_size=1000),
        read=Read(call("GetGroup", GroupName="{id}"), "Group"),
        id="GroupName",
        title="GroupName",
        uid="Arn",
        created=created("CreateDate"),
        tags=NoTags(),
        steps=(
            Step(
                each=call("GetGroup", GroupName="{id}"),
                items="Users[].UserName",
                do=call("RemoveUserFromGroup", GroupName="{id}", UserName="{item}"),
                unless=NOT_THERE,
                answers=CONFLICT,
                undo=call("AddUserToGroup", GroupName="{id}", UserName="{item}"),
            ),
            *without_policies("Group"),
        ),
        delete=call("DeleteGroup", GroupName="{id}"),
        links=(needs("aws_iam_policy", "AttachedManagedPolicies[?!contains(PolicyArn, ':iam::aws:')].PolicyArn"),),
        attributes={"path": "Path"},
    ),
    Kind(
        name="aws_iam_oidc_provider",
        category="identity_provider",
        service="iam",
        billing=FREE,
        scope=ServiceScope.GLOBAL,
        listing=Listing("ListOpenIDConnectProviders", "OpenIDConnectProviderList"),
        id="Arn",
        title="found(Arn, 'oidc-provider/(.+)$')",
        uid="Arn",
        detail=Detail(call("GetOpenIDConnectProvider", OpenIDConnectProviderArn="{id}"), "@"),
        created=created("CreateDate"),
        tags=InlineTags(),
        writing=WrittenTags(
            set=call("TagOpenIDConnectProvider", OpenIDConnectProviderArn="{id}", Tags="{tags}"),
            remove=call("UntagOpenIDConnectProvider", OpenIDConnectProviderArn="{id}", TagKeys="{keys}"),
            folds_case=call("ListOpenIDConnectProviderTags", OpenIDConnectProviderArn="{id}"),
        ),
        delete=call("DeleteOpenIDConnectProvider", OpenIDConnectProviderArn="{id}"),
        # Clusters name a provider by the host and path of the issuer.
        aliases=("found(Arn, 'oidc-provider/(.+)$')",),
    ),
    Kind(
        name="aws_iam_server_certificate",
        category="certificate",
        holds=Holding.KEYS,
        service="iam",
        billing=FREE,
        scope=ServiceScope.GLOBAL,
        listing=Listing("ListServerCertificates", "ServerCertificateMetadataList", page_size=1000),
        read=Read(
            call("GetServerCertificate", ServerCertificateName="{id}"), "ServerCertificate.ServerCertificateMetadata"
        ),
        id="ServerCertificateName",
        title="ServerCertificateName",
        uid="Arn",
        created=created("UploadDate"),
        tags=tags_told("ServerCertificateName", of="{id}", operation="ListServerCertificateTags"),
        writing=WrittenTags(
            set=call("TagServerCertificate", ServerCertificateName="{id}", Tags="{tags}"),
            remove=call("UntagServerCertificate", ServerCertificateName="{id}", TagKeys="{keys}"),
            folds_case=call("ListServerCertificateTags", ServerCertificateName="{id}"),
        ),
        # IAM refuses while a load balancer or a distribution uses the certificate.
        delete=call("DeleteServerCertificate", ServerCertificateName="{id}"),
        # Distributions name the certificate by this id.
        aliases=("ServerCertificateId",),
    ),
    Kind(
        name="aws_acmpca_authority",
        category="certificate",
        holds=Holding.KEYS,
        service="acm-pca",
        listing=Listing(
            "ListCertificateAuthorities", "CertificateAuthorities", {"ResourceOwner": "SELF"}, page_size=1000
        ),
        read=Read(call("DescribeCertificateAuthority", CertificateAuthorityArn="{id}"), "CertificateAuthority"),
        id="Arn",
        title="CertificateAuthorityConfiguration.Subject.CommonName",
        uid="Arn",
        created=created("CreatedAt"),
        state="Status",
        gone=("DELETED",),
        tags=tags_told("CertificateAuthorityArn", of="{id}", operation="ListTags"),
        writing=WrittenTags(
            set=call("TagCertificateAuthority", CertificateAuthorityArn="{id}", Tags="{tags}"),
            remove=call("UntagCertificateAuthority", CertificateAuthorityArn="{id}", Tags="{keys}"),
            keys=KEY_PAIRS,
        ),
        # The shortest time that AWS allows for a restore.
        steps=(
            Step(
                each=call("DescribeCertificateAuthority", CertificateAuthorityArn="{id}"),
                items="CertificateAuthority.Status == 'ACTIVE' && [CertificateAuthority.Arn]",
                do=call("UpdateCertificateAuthority", CertificateAuthorityArn="{item}", Status="DISABLED"),
                answers=(Refusal("InvalidState"),),
                undo=call("UpdateCertificateAuthority", CertificateAuthorityArn="{item}", Status="ACTIVE"),
            ),
        ),
        delete=call("DeleteCertificateAuthority", CertificateAuthorityArn="{id}", PermanentDeletionTimeInDays=7),
        attributes={"type": "Type"},
    ),
    _firewall("aws_wafv2_web_acl", "REGIONAL"),
    # Only one region lists the web ACLs of CloudFront.
    _firewall("aws_wafv2_cloudfront_web_acl", "CLOUDFRONT", scope=ServiceScope.GLOBAL),
    Kind(
        name="aws_backup_vault",
        category="vault",
        holds=Holding.DATA,
        service="backup",
        listing=Listing("ListBackupVaults", "BackupVaultList", page_size=1000),
        id="BackupVaultName",
        title="BackupVaultName",
        uid="BackupVaultArn",
        created=created("CreationDate"),
        tags=_BACKUP_TAGS,
        writing=_BACKUP_WRITTEN,
        delete=call("DeleteBackupVault", BackupVaultName="{id}"),
        protected=(
            Protected("Locked", "vault lock is on"),
            Protected("NumberOfRecoveryPoints > `0`", "the vault contains backups"),
            Protected("contains(['Default', 'aws/efs/automatic-backup-vault'], BackupVaultName)", "created by AWS"),
        ),
        attributes={"backups": "NumberOfRecoveryPoints"},
    ),
    Kind(
        name="aws_backup_plan",
        category="policy",
        service="backup",
        billing=FREE,
        listing=Listing("ListBackupPlans", "BackupPlansList", page_size=1000),
        read=Read(call("GetBackupPlan", BackupPlanId="{id}"), "@"),
        id="BackupPlanId",
        title="BackupPlanName || BackupPlan.BackupPlanName",
        uid="BackupPlanArn",
        created=created("CreationDate"),
        state="DeletionDate && 'deleted'",
        gone=("deleted",),
        tags=_BACKUP_TAGS,
        writing=_BACKUP_WRITTEN,
        steps=(
            Step(
                each=call("ListBackupSelections", BackupPlanId="{id}"),
                items="BackupSelectionsList[].SelectionId",
                do=call("DeleteBackupSelection", BackupPlanId="{id}", SelectionId="{item}"),
                before=Read(call("GetBackupSelection", BackupPlanId="{id}", SelectionId="{item}"), "BackupSelection"),
                undo=call("CreateBackupSelection", BackupPlanId="{id}", BackupSelection="{before}"),
                undone=("AlreadyExistsException",),
            ),
        ),
        delete=call("DeleteBackupPlan", BackupPlanId="{id}"),
        protected=(
            Protected(
                "(BackupPlanName || BackupPlan.BackupPlanName) == 'aws/efs/automatic-backup-plan'", "created by AWS"
            ),
        ),
    ),
)
