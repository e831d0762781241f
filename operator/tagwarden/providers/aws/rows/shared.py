"""What rows of one service have in common."""

from typing import Any

from tagwarden.providers.aws.row import (
    KEY_PAIRS,
    KEYS,
    PAIRS,
    Call,
    InlineTags,
    Kind,
    Listing,
    TagForm,
    TagsCall,
    WrittenTags,
    call,
)

SHARED = "other accounts, or everybody, can use it"
"""Why what is shared is protected: who uses it elsewhere is not to be seen from here."""

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


ADDED_TO_RESOURCE = WrittenTags(
    set=call("AddTagsToResource", ResourceName="{uid}", Tags="{tags}"),
    remove=call("RemoveTagsFromResource", ResourceName="{uid}", TagKeys="{keys}"),
)
"""As RDS and ElastiCache write tags."""


def tags_told(
    argument: str,
    path: str = "Tags",
    form: TagForm = PAIRS,
    *,
    of: str = "{uid}",
    operation: str = "ListTagsForResource",
) -> TagsCall:
    """Give the reading of services that tell the tags of one resource for one argument."""
    return TagsCall(call(operation, **{argument: of}), path, form)


def of_ec2(name: str, category: str, listing: Listing, id_: str, arn: str, delete: Call, **more: Any) -> Kind:
    """Give a row of EC2, whose kinds are tagged and named alike; `arn` is what their ARNs call them."""
    return Kind(
        name=name,
        category=category,
        service="ec2",
        listing=listing,
        id=id_,
        uid=f"arn:{{partition}}:ec2:{{region}}:{{account}}:{arn}/{{id}}",
        tags=InlineTags(),
        writing=EC2_TAGS,
        delete=delete,
        **more,
    )
