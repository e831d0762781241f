"""Writes tags of a resource; other tags stay unchanged."""

from collections.abc import Mapping
from typing import Any

from tagwarden.errors import PreconditionFailed, ProviderError, Unsupported
from tagwarden.model.tags import TagChanges
from tagwarden.providers.aws.calls import Calls, receipt_of
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.aws.row import Call, Kind, ReplacedTags, WrittenTags
from tagwarden.providers.base import Receipt
from tagwarden.providers.catalogue.tag_forms import tags_in, written
from tagwarden.providers.catalogue.templates import fill


def write_tags(kind: Kind, region: str, known: Mapping[str, Any], changes: TagChanges, calls: Calls) -> Receipt:
    """Set and remove tags; raise `PreconditionFailed` after a concurrent write."""
    rule = kind.writing
    if rule is None:
        raise Unsupported(f"AWS does not support tags for {kind.name}", operation=f"{kind.service}:TagResource")

    def ask(call: Call, **more: Any) -> dict[str, Any]:
        return calls.call(call.service or kind.service, region, call.operation, fill(call.params, {**known, **more}))

    if isinstance(rule, WrittenTags):
        receipt = Receipt()
        if changes.set:
            receipt = receipt_of(ask(rule.set, tags=_with_kept(rule, changes, known, ask)))
        removed = _removed(rule, changes, ask)
        if removed:
            receipt = receipt_of(ask(rule.remove, keys=written(dict.fromkeys(removed, ""), rule.keys, known)))
        return receipt

    def read() -> tuple[dict[str, str], dict[str, Any]]:
        try:
            answer = ask(rule.read)
        except ProviderError as error:
            if error.code in rule.none:
                return {}, {}
            raise
        kept = {name: compile_path(path)(answer) or [] for name, path in rule.keep.items()}
        return tags_in(compile_path(rule.path)(answer), rule.tags), kept

    return _replace(rule, changes, ask, read)


def _with_kept(rule: WrittenTags, changes: TagChanges, known: Mapping[str, Any], ask: Any) -> Any:
    """Give the tags to set, each with the previous member of the same or the replaced key."""
    tags = written(changes.set, rule.tags, known)
    kept = rule.keeps
    if kept is None:
        return tags
    before = {tag[rule.tags.key]: bool(tag.get(kept.member)) for tag in compile_path(kept.path)(ask(kept.read)) or ()}
    replaced = any(before.get(key, False) for key in changes.remove)
    return [{**tag, kept.member: before.get(tag[rule.tags.key], replaced)} for tag in tags]


def _removed(rule: WrittenTags, changes: TagChanges, ask: Any) -> list[str]:
    """Give the keys to remove, without keys whose removal would delete a tag just set in another case."""
    if rule.folds_case is None:
        return list(changes.remove)
    set_keys = {key.casefold(): key for key in changes.set}
    removed = [key for key in changes.remove if key.casefold() not in set_keys]
    recased = [key for key in changes.remove if key.casefold() in set_keys]
    if recased:
        there = tags_in(compile_path("Tags")(ask(rule.folds_case)), rule.tags)
        removed += [key for key in recased if key in there and set_keys[key.casefold()] in there]
    return removed


def _replace(rule: ReplacedTags, changes: TagChanges, ask: Any, read: Any) -> Receipt:
    before, kept = read()
    wanted = changes.applied_to(before)
    if wanted == before:
        return Receipt()
    if not wanted and rule.clear is not None:
        receipt = receipt_of(ask(rule.clear, **kept))
    else:
        receipt = receipt_of(ask(rule.write, tags=written(wanted, rule.tags, {}), **kept))
    after, _ = read()
    if after != wanted:
        # The whole set was replaced: either the concurrent write or this write is lost.
        raise PreconditionFailed(
            "the tags were changed concurrently by another writer",
            operation=rule.write.operation,
            request_id=receipt.request_id,
        )
    return receipt
