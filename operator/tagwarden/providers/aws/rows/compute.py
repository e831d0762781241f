"""Instances and their launch sources."""

from tagwarden.providers.aws.row import (
    FREE,
    BulkTags,
    Call,
    Detail,
    Holding,
    InlineTags,
    KeptMember,
    Kind,
    Link,
    Listing,
    Managed,
    Probe,
    Protected,
    TagForm,
    WrittenTags,
    call,
    created,
    needed_by,
    needs,
    owned_by,
    owns,
    uses,
)
from tagwarden.providers.aws.rows import charges
from tagwarden.providers.aws.rows.backups import OF_VOLUME
from tagwarden.providers.aws.rows.shared import EC2_TAGS, SHARED

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_GROUP_TAG = {"ResourceId": "{id}", "ResourceType": "auto-scaling-group"}

_TEMPLATE = "LaunchTemplate || MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"


def _launches(path: str) -> tuple[Link, ...]:
    """Give the links to launch sources of instances; `path` leads to a list of launch template data."""
    return (
        uses("aws_ec2_image", f"{path}.ImageId", if_found=True),
        uses("aws_ec2_snapshot", f"{path}.BlockDeviceMappings[].Ebs.SnapshotId"),
        uses("aws_ec2_key_pair", f"{path}.KeyName"),
        uses("aws_ec2_security_group", f"{path}.SecurityGroupIds[]"),
        uses("aws_ec2_security_group", f"{path}.NetworkInterfaces[].Groups[]"),
        uses("aws_ec2_subnet", f"{path}.NetworkInterfaces[].SubnetId"),
        uses("aws_iam_instance_profile", f"{path}.IamInstanceProfile.[Arn, Name]"),
        uses("aws_kms_key", f"{path}.BlockDeviceMappings[].Ebs.KmsKeyId"),
    )


ROWS = (
    Kind(
        name="aws_ec2_instance",
        category="instance",
        service="ec2",
        billing=charges.INSTANCE,
        listing=Listing(
            "DescribeInstances", "Reservations[].Instances[]", page_size=1000, one={"InstanceIds": ["{id}"]}
        ),
        id="InstanceId",
        uid="arn:{partition}:ec2:{region}:{account}:instance/{id}",
        # LaunchTime changes when a stopped instance is started; the first volume was attached at the creation.
        created=created("LaunchTime", "BlockDeviceMappings[].Ebs.AttachTime"),
        state="State.Name",
        gone=("terminated",),
        going=("shutting-down",),
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("TerminateInstances", InstanceIds=["{id}"]),
        # Volumes and network interfaces name the instance themselves; their rows have the other links.
        links=(
            owns("aws_ec2_volume", "BlockDeviceMappings[?Ebs.DeleteOnTermination].Ebs.VolumeId"),
            needs("aws_ec2_subnet", "SubnetId"),
            needs("aws_ec2_dedicated_host", "Placement.HostId"),
            needs("aws_ec2_security_group", "SecurityGroups[].GroupId"),
            needs("aws_ec2_internet_gateway", "PublicIpAddress && VpcId", if_found=True),
            uses("aws_ec2_key_pair", "KeyName"),
            uses("aws_ec2_image", "ImageId", if_found=True),  # most images belong to other accounts
            uses("aws_iam_instance_profile", "IamInstanceProfile.Arn"),
        ),
        probe=Probe(
            call("DescribeInstanceAttribute", InstanceId="{id}", Attribute="disableApiTermination"),
            "DisableApiTermination.Value",
            "termination protection is on",
        ),
        attributes={"instance_type": "InstanceType", "image": "ImageId", "vpc": "VpcId"},
    ),
    Kind(
        name="aws_ec2_volume",
        category="volume",
        holds=Holding.DATA,
        service="ec2",
        billing=charges.VOLUME,
        listing=Listing("DescribeVolumes", "Volumes", page_size=500, one={"VolumeIds": ["{id}"]}),
        id="VolumeId",
        uid="arn:{partition}:ec2:{region}:{account}:volume/{id}",
        created=created("CreateTime"),
        state="State",
        gone=("deleted",),
        going=("deleting",),
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeleteVolume", VolumeId="{id}"),
        links=(
            needed_by("aws_ec2_instance", "Attachments[].InstanceId"),
            owned_by("aws_ec2_instance", "Attachments[?DeleteOnTermination].InstanceId"),
            uses("aws_kms_key", "KmsKeyId"),
        ),
        managed=(Managed("aws_ec2_instance", "Attachments[?DeleteOnTermination].InstanceId"),),
        backups=(OF_VOLUME,),
        attributes={"size_gib": "Size", "volume_type": "VolumeType", "encrypted": "Encrypted"},
    ),
    Kind(
        name="aws_ec2_snapshot",
        category="snapshot",
        holds=Holding.DATA,
        service="ec2",
        listing=Listing(
            "DescribeSnapshots",
            "Snapshots",
            params={"OwnerIds": ["self"]},
            page_size=1000,
            one={"SnapshotIds": ["{id}"]},
        ),
        id="SnapshotId",
        uid="arn:{partition}:ec2:{region}:{account}:snapshot/{id}",
        created=created("StartTime"),
        state="State",
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeleteSnapshot", SnapshotId="{id}"),
        links=(uses("aws_kms_key", "KmsKeyId"),),
        probe=Probe(
            call("DescribeSnapshotAttribute", SnapshotId="{id}", Attribute="createVolumePermission"),
            "CreateVolumePermissions",
            SHARED,
        ),
        attributes={"size_gib": "VolumeSize", "volume": "VolumeId"},
    ),
    Kind(
        name="aws_ec2_image",
        category="image",
        holds=Holding.IMAGES,
        service="ec2",
        billing=FREE,
        listing=Listing("DescribeImages", "Images", params={"Owners": ["self"]}, one={"ImageIds": ["{id}"]}),
        id="ImageId",
        title="Name",
        uid="arn:{partition}:ec2:{region}:{account}:image/{id}",
        created=created("CreationDate"),
        state="State",
        gone=("deregistered",),
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeregisterImage", ImageId="{id}"),
        links=(needs("aws_ec2_snapshot", "BlockDeviceMappings[].Ebs.SnapshotId"),),
        probe=Probe(
            call("DescribeImageAttribute", ImageId="{id}", Attribute="launchPermission"), "LaunchPermissions", SHARED
        ),
        protected=(
            Protected("Public", SHARED),
            Protected(
                "DeregistrationProtection && DeregistrationProtection != 'disabled'", "deregistration protection is on"
            ),
        ),
    ),
    Kind(
        name="aws_ec2_key_pair",
        category="key_pair",
        holds=Holding.KEYS,
        service="ec2",
        billing=FREE,
        listing=Listing("DescribeKeyPairs", "KeyPairs", one={"KeyPairIds": ["{id}"]}),
        id="KeyPairId",
        title="KeyName",
        uid="arn:{partition}:ec2:{region}:{account}:key-pair/{id}",
        created=created("CreateTime"),
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=call("DeleteKeyPair", KeyName="{name}"),
        aliases=("KeyName",),
    ),
    Kind(
        name="aws_ec2_launch_template",
        category="launch_template",
        service="ec2",
        billing=FREE,
        listing=Listing(
            "DescribeLaunchTemplates", "LaunchTemplates", page_size=200, one={"LaunchTemplateIds": ["{id}"]}
        ),
        id="LaunchTemplateId",
        title="LaunchTemplateName",
        uid="arn:{partition}:ec2:{region}:{account}:launch-template/{id}",
        created=created("CreateTime"),
        # Not every imitation of EC2 shows later tags in the list. Twenty times fifty tags fit into one response.
        tags=BulkTags(
            call("DescribeTags", Filters=[{"Name": "resource-id", "Values": "{ids}"}], MaxResults=1000),
            20,
            "Tags",
            "ResourceId",
            path="@",
            pairs=True,
        ),
        writing=EC2_TAGS,
        delete=call("DeleteLaunchTemplate", LaunchTemplateId="{id}"),
        managed=(Managed("AWS Batch", f"found(LaunchTemplateName, '^(Batch-lt-{_UUID})$')"),),
        # The versions for launches: the latest version and the default version.
        also=(
            Detail(
                call("DescribeLaunchTemplateVersions", LaunchTemplateId="{id}", Versions=["$Latest", "$Default"]),
                "LaunchTemplateVersions[].LaunchTemplateData",
                pages_as="launches",
            ),
        ),
        links=_launches("launches[]"),
        aliases=("LaunchTemplateName",),
    ),
    Kind(
        name="aws_autoscaling_group",
        category="instance_group",
        service="autoscaling",
        billing=FREE,
        listing=Listing(
            "DescribeAutoScalingGroups",
            "AutoScalingGroups",
            page_size=100,
            one={"AutoScalingGroupNames": ["{id}"]},
        ),
        id="AutoScalingGroupName",
        title="AutoScalingGroupName",
        uid="AutoScalingGroupARN",
        created=created("CreatedTime"),
        state="Status",
        going=("Delete in progress",),
        tags=InlineTags(absent_is_unknown=True),
        writing=WrittenTags(
            set=call("CreateOrUpdateTags", Tags="{tags}"),
            remove=call("DeleteTags", Tags="{keys}"),
            tags=TagForm("Key", "Value", extra=_GROUP_TAG),
            keys=TagForm("Key", extra=_GROUP_TAG),
            # The author of a tag decides whether instances get the tag.
            keeps=KeptMember(
                "PropagateAtLaunch",
                call("DescribeAutoScalingGroups", AutoScalingGroupNames=["{id}"]),
                "AutoScalingGroups[].Tags[]",
            ),
        ),
        # The response about a template contains the latest and the default version.
        also=(
            Detail(
                Call(
                    "DescribeLaunchTemplateVersions",
                    {"LaunchTemplateId": "{template}", "Versions": ["{template_version}"]},
                    service="ec2",
                ),
                "LaunchTemplateVersions[].LaunchTemplateData",
                pages_as="launches",
                unless=(f"!(({_TEMPLATE}).Version) || contains(['$Latest', '$Default'], ({_TEMPLATE}).Version)"),
            ),
        ),
        delete=call("DeleteAutoScalingGroup", AutoScalingGroupName="{id}", ForceDelete=True),
        links=(
            owns("aws_ec2_instance", "Instances[].InstanceId"),
            uses("aws_ec2_launch_template", "LaunchTemplate.LaunchTemplateId"),
            uses(
                "aws_ec2_launch_template",
                "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId",
            ),
            needs("aws_autoscaling_launch_configuration", "LaunchConfigurationName"),
            *_launches("launches[]"),
            uses("aws_ec2_subnet", "split(VPCZoneIdentifier, ',')"),
            uses("aws_elb_load_balancer", "LoadBalancerNames"),
            uses("aws_elbv2_target_group", "TargetGroupARNs"),
        ),
        # Batch names the groups of a compute environment after the environment.
        managed=(Managed("aws_batch_compute_environment", f"found(AutoScalingGroupName, '^(.+)-asg-{_UUID}$')"),),
        attributes={
            "desired": "DesiredCapacity",
            "template": f"({_TEMPLATE}).LaunchTemplateId",
            "template_version": f"({_TEMPLATE}).Version",
        },
    ),
)
