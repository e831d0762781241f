"""Functions, workflows and the APIs in front of them."""

from tagwarden.providers.aws.catalogue.shared import tags_by_arn
from tagwarden.providers.aws.row import MAPPING, Kind, Listing, Read, TagsCall, call, needs, owns, uses

ROWS = (
    Kind(
        name="aws_lambda_function",
        category="function",
        service="lambda",
        listing=Listing("ListFunctions", "Functions", page_size=50),
        read=Read(call("GetFunction", FunctionName="{id}"), "Configuration"),
        id="FunctionName",
        title="FunctionName",
        uid="FunctionArn",
        # Lambda tells when a function was last changed, never when it was made.
        state="State",
        going=("Deleting",),
        tags=TagsCall(call("ListTags", Resource="{uid}"), form=MAPPING),
        writing=tags_by_arn("Resource", form=MAPPING),
        delete=call("DeleteFunction", FunctionName="{id}"),
        links=(
            uses("aws_iam_role", "Role"),
            needs("aws_ec2_subnet", "VpcConfig.SubnetIds"),
            needs("aws_ec2_security_group", "VpcConfig.SecurityGroupIds"),
            uses("aws_kms_key", "KMSKeyArn"),
            owns(
                "aws_logs_log_group",
                "LoggingConfig.LogGroup || join('', ['/aws/lambda/', FunctionName])",
                if_found=True,
            ),
        ),
        attributes={"runtime": "Runtime", "last_modified": "LastModified"},
    ),
)
