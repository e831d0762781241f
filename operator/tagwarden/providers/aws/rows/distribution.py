"""CloudFront distributions."""

from tagwarden.providers.aws.row import Holding, Kind, Listing, Read, ServiceScope, TagsCall, WrittenTags, call, uses

_FUNCTION = "found(LambdaFunctionARN, '^(arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:]+)')"

ROWS = (
    Kind(
        name="aws_cloudfront_distribution",
        category="distribution",
        holds=Holding.NAMES,
        service="cloudfront",
        scope=ServiceScope.GLOBAL,
        listing=Listing("ListDistributions", "DistributionList.Items", page_size=100),
        read=Read(call("GetDistribution", Id="{id}"), "Distribution"),
        id="Id",
        title="DomainName",
        uid="ARN",
        # CloudFront returns the time of the last change, no creation time.
        state="Status",
        tags=TagsCall(call("ListTagsForResource", Resource="{uid}"), "Tags.Items"),
        writing=WrittenTags(
            set=call("TagResource", Resource="{uid}", Tags={"Items": "{tags}"}),
            remove=call("UntagResource", Resource="{uid}", TagKeys={"Items": "{keys}"}),
        ),
        # Not deletable: a distribution must first be disabled with its whole configuration, which takes 15 minutes.
        links=(
            uses("aws_s3_bucket", "Origins.Items[].found(DomainName, '^(.+)\\.s3[.-]')", if_found=True),
            uses("aws_elbv2_load_balancer", "Origins.Items[].DomainName", if_found=True),
            uses("aws_elb_load_balancer", "Origins.Items[].DomainName", if_found=True),
            uses("aws_acm_certificate", "ViewerCertificate.ACMCertificateArn"),
            uses("aws_iam_server_certificate", "ViewerCertificate.IAMCertificateId"),
            uses("aws_wafv2_cloudfront_web_acl", "WebACLId"),
            uses("aws_lambda_function", f"DefaultCacheBehavior.LambdaFunctionAssociations.Items[].{_FUNCTION}"),
            uses("aws_lambda_function", f"CacheBehaviors.Items[].LambdaFunctionAssociations.Items[].{_FUNCTION}"),
        ),
        aliases=("DomainName",),
    ),
)
