"""Object and file storage."""

from tagwarden.providers.aws.row import (
    Call,
    Detail,
    Kind,
    Listing,
    ReplacedTags,
    Scope,
    Step,
    TagsCall,
    call,
    created,
)

_NO_TAGS = ("NoSuchTagSet",)


def _emptied(members: str) -> Step:
    return Step(
        each=call("ListObjectVersions", Bucket="{id}"),
        items=f"{members}[].{{Key: Key, VersionId: VersionId}}",
        do=Call("DeleteObjects", {"Bucket": "{id}", "Delete": {"Objects": "{items}", "Quiet": True}}, errors="Errors"),
        size=1000,
    )


ROWS = (
    Kind(
        name="aws_s3_bucket",
        category="bucket",
        service="s3",
        scope=Scope.GLOBAL,
        # S3 tells the regions of buckets only where the listing is paged.
        listing=Listing("ListBuckets", "Buckets", page_size=1000, one={"Prefix": "{id}", "MaxBuckets": 1000}),
        id="Name",
        title="Name",
        uid="arn:{partition}:s3:::{id}",
        region="BucketRegion",
        detail=Detail(
            call("GetBucketLocation", Bucket="{id}"),
            # The oldest region has no name here, and the second an old one.
            "{BucketRegion: LocationConstraint == 'EU' && 'eu-west-1' || LocationConstraint || 'us-east-1'}",
            unless="BucketRegion",
        ),
        created=created("CreationDate"),
        tags=TagsCall(call("GetBucketTagging", Bucket="{id}"), "TagSet", none=_NO_TAGS),
        writing=ReplacedTags(
            read=call("GetBucketTagging", Bucket="{id}"),
            path="TagSet",
            write=call("PutBucketTagging", Bucket="{id}", Tagging={"TagSet": "{tags}"}),
            clear=call("DeleteBucketTagging", Bucket="{id}"),
            none=_NO_TAGS,
        ),
        steps=(
            _emptied("Versions"),
            _emptied("DeleteMarkers"),
            Step(
                each=call("ListMultipartUploads", Bucket="{id}"),
                items="Uploads",
                do=call("AbortMultipartUpload", Bucket="{id}", Key="{item.Key}", UploadId="{item.UploadId}"),
                unless=("NoSuchUpload",),
            ),
        ),
        delete=call("DeleteBucket", Bucket="{id}"),
    ),
)
