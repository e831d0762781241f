"""What rows of one service have in common."""

from tagwarden.providers.aws.row import KEY_PAIRS, KEYS, PAIRS, TagForm, WrittenTags, call

EC2_TAGS = WrittenTags(
    set=call("CreateTags", Resources=["{id}"], Tags="{tags}"),
    remove=call("DeleteTags", Resources=["{id}"], Tags="{keys}"),
    tags=PAIRS,
    keys=KEY_PAIRS,
)


def tags_by_arn(
    argument: str, tags: str = "Tags", keys: str = "TagKeys", form: TagForm = PAIRS, of: str = "{uid}"
) -> WrittenTags:
    """Give the writing of services that take `TagResource` and `UntagResource` with these arguments."""
    return WrittenTags(
        set=call("TagResource", **{argument: of, tags: "{tags}"}),
        remove=call("UntagResource", **{argument: of, keys: "{keys}"}),
        tags=form,
        keys=KEYS,
    )
