"""Common parts of rows of one service."""

from typing import Any

from tagwarden.providers.aws.row import (
    KEY_PAIRS,
    KEYS,
    PAIRS,
    Call,
    InlineTags,
    Kind,
    Listing,
    Read,
    Refusal,
    Step,
    TagForm,
    TagsCall,
    WrittenTags,
    call,
)

SHARED = "shared with other accounts or the public"
"""Shared resources are protected: their users in other accounts are not visible here."""

EC2_TAGS = WrittenTags(
    set=call("CreateTags", Resources=["{id}"], Tags="{tags}"),
    remove=call("DeleteTags", Resources=["{id}"], Tags="{keys}"),
    tags=PAIRS,
    keys=KEY_PAIRS,
)


def tags_by_arn(
    argument: str, tags: str = "Tags", keys: str = "TagKeys", form: TagForm = PAIRS, of: str = "{uid}"
) -> WrittenTags:
    """Give the tag writes of services that take `TagResource` and `UntagResource` with these arguments."""
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
"""The tag writes of RDS and ElastiCache."""


NOT_THERE = ("NoSuchEntity",)
"""IAM's error code for a missing resource."""

CONFLICT = (Refusal("DeleteConflict"),)
"""IAM's error code for a deletion that needs a removal first; its message names the first one."""


def without_policies(thing: str) -> tuple[Step, Step]:
    """Give the steps that remove attached and inline policies of a `Role`, `User` or `Group`, and restore them."""
    name = {f"{thing}Name": "{id}"}
    inline = {**name, "PolicyName": "{item}"}
    return (
        Step(
            each=call(f"ListAttached{thing}Policies", **name),
            items="AttachedPolicies[].PolicyArn",
            do=call(f"Detach{thing}Policy", **name, PolicyArn="{item}"),
            unless=NOT_THERE,
            answers=CONFLICT,
            undo=call(f"Attach{thing}Policy", **name, PolicyArn="{item}"),
        ),
        Step(
            each=call(f"List{thing}Policies", **name),
            items="PolicyNames",
            do=call(f"Delete{thing}Policy", **inline),
            unless=NOT_THERE,
            answers=CONFLICT,
            # The document arrives parsed and is sent as text.
            before=Read(call(f"Get{thing}Policy", **inline), "to_string(PolicyDocument)"),
            undo=call(f"Put{thing}Policy", **inline, PolicyDocument="{before}"),
        ),
    )


def tags_told(
    argument: str,
    path: str = "Tags",
    form: TagForm = PAIRS,
    *,
    of: str = "{uid}",
    operation: str = "ListTagsForResource",
) -> TagsCall:
    """Give the tag reads of services that return the tags of one resource for one argument."""
    return TagsCall(call(operation, **{argument: of}), path, form)


def of_ec2(name: str, category: str, listing: Listing, id_: str, arn: str, delete: Call, **more: Any) -> Kind:
    """Give a row of EC2, whose kinds are tagged and named alike; `arn` is the kind's name in ARNs."""
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
