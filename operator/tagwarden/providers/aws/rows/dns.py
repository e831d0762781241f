"""Zones and certificates."""

from tagwarden.providers.aws.row import (
    KEY_PAIRS,
    BulkTags,
    Detail,
    Holding,
    Kind,
    Listing,
    Managed,
    Read,
    Refusal,
    ServiceScope,
    Step,
    TagsCall,
    WrittenTags,
    call,
    created,
    needed_by,
)

# Without key types, ACM lists only RSA certificates of up to 2048 bits.
_KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]

ROWS = (
    Kind(
        name="aws_route53_zone",
        category="zone",
        holds=Holding.NAMES,
        service="route53",
        scope=ServiceScope.GLOBAL,
        listing=Listing("ListHostedZones", "HostedZones", page_size=100),
        read=Read(call("GetHostedZone", Id="{id}"), "HostedZone"),
        # A claim on a zone covers the load balancers and addresses in its records.
        also=(
            Detail(
                call("ListResourceRecordSets", HostedZoneId="{id}"), "ResourceRecordSets", pages_as="ResourceRecordSets"
            ),
        ),
        id="found(Id, '([^/]+)$')",
        title="Name",
        uid="arn:{partition}:route53:::hostedzone/{id}",
        tags=BulkTags(
            call("ListTagsForResources", ResourceType="hostedzone", ResourceIds="{ids}"),
            10,
            "ResourceTagSets",
            "ResourceId",
        ),
        writing=WrittenTags(
            set=call("ChangeTagsForResource", ResourceType="hostedzone", ResourceId="{id}", AddTags="{tags}"),
            remove=call("ChangeTagsForResource", ResourceType="hostedzone", ResourceId="{id}", RemoveTagKeys="{keys}"),
        ),
        steps=(
            Step(
                each=call("ListResourceRecordSets", HostedZoneId="{id}"),
                # The zone's own NS and SOA records cannot be deleted.
                items=(
                    "ResourceRecordSets[?!(Name == '{name}' && (Type == 'NS' || Type == 'SOA'))]"
                    ".{gone: {Action: 'DELETE', ResourceRecordSet: @}, back: {Action: 'UPSERT', ResourceRecordSet: @}}"
                ),
                do=call("ChangeResourceRecordSets", HostedZoneId="{id}", ChangeBatch={"Changes": "{items.gone}"}),
                size=100,
                answers=(Refusal("HostedZoneNotEmpty"),),
                undo=call("ChangeResourceRecordSets", HostedZoneId="{id}", ChangeBatch={"Changes": "{items.back}"}),
            ),
        ),
        delete=call("DeleteHostedZone", Id="{id}"),
        managed=(Managed("AWS", "LinkedService.ServicePrincipal"),),
        attributes={"records": "ResourceRecordSetCount", "private": "Config.PrivateZone"},
    ),
    Kind(
        name="aws_acm_certificate",
        category="certificate",
        holds=Holding.KEYS,
        service="acm",
        listing=Listing(
            "ListCertificates", "CertificateSummaryList", {"Includes": {"keyTypes": _KEY_TYPES}}, page_size=1000
        ),
        read=Read(call("DescribeCertificate", CertificateArn="{id}"), "Certificate"),
        id="CertificateArn",
        title="DomainName",
        uid="CertificateArn",
        detail=Detail(call("DescribeCertificate", CertificateArn="{id}"), "Certificate", unless="InUseBy"),
        created=created("CreatedAt", "ImportedAt"),
        state="Status",
        tags=TagsCall(call("ListTagsForCertificate", CertificateArn="{id}")),
        writing=WrittenTags(
            set=call("AddTagsToCertificate", CertificateArn="{id}", Tags="{tags}"),
            remove=call("RemoveTagsFromCertificate", CertificateArn="{id}", Tags="{keys}"),
            keys=KEY_PAIRS,
        ),
        delete=call("DeleteCertificate", CertificateArn="{id}"),
        links=(needed_by("aws_elbv2_load_balancer", "InUseBy"),),
    ),
)
