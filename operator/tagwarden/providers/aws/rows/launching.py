"""Automatic launches of instances: launch configurations and persistent Spot requests."""

from tagwarden.providers.aws.row import (
    FREE,
    Kind,
    Listing,
    NoTags,
    call,
    created,
    owns,
    uses,
)
from tagwarden.providers.aws.rows.shared import of_ec2

ROWS = (
    Kind(
        name="aws_autoscaling_launch_configuration",
        category="launch_template",
        service="autoscaling",
        billing=FREE,
        listing=Listing(
            "DescribeLaunchConfigurations",
            "LaunchConfigurations",
            page_size=100,
            one={"LaunchConfigurationNames": ["{id}"]},
        ),
        id="LaunchConfigurationName",
        title="LaunchConfigurationName",
        uid="LaunchConfigurationARN",
        created=created("CreatedTime"),
        tags=NoTags(),
        delete=call("DeleteLaunchConfiguration", LaunchConfigurationName="{id}"),
        links=(
            uses("aws_ec2_image", "ImageId", if_found=True),
            uses("aws_ec2_snapshot", "BlockDeviceMappings[].Ebs.SnapshotId"),
            uses("aws_ec2_key_pair", "KeyName"),
            uses("aws_ec2_security_group", "SecurityGroups"),
            uses("aws_iam_instance_profile", "IamInstanceProfile"),
        ),
    ),
    of_ec2(
        "aws_ec2_spot_request",
        "instance_request",
        Listing(
            "DescribeSpotInstanceRequests",
            "SpotInstanceRequests",
            # A one-time request starts no second instance.
            {"Filters": [{"Name": "type", "Values": ["persistent"]}]},
            page_size=1000,
            one={"SpotInstanceRequestIds": ["{id}"]},
        ),
        "SpotInstanceRequestId",
        "spot-instances-request",
        call("CancelSpotInstanceRequests", SpotInstanceRequestIds=["{id}"]),
        billing=FREE,
        created=created("CreateTime"),
        state="State",
        gone=("cancelled", "closed", "failed", "disabled"),
        links=(
            # An open request restarts a terminated instance.
            owns("aws_ec2_instance", "InstanceId"),
            uses("aws_ec2_image", "LaunchSpecification.ImageId", if_found=True),
            uses("aws_ec2_key_pair", "LaunchSpecification.KeyName"),
            uses("aws_ec2_security_group", "LaunchSpecification.SecurityGroups[].GroupId"),
            uses("aws_ec2_subnet", "LaunchSpecification.SubnetId"),
            uses("aws_iam_instance_profile", "LaunchSpecification.IamInstanceProfile.Arn"),
        ),
    ),
)
