"""Reads tags: from the items, from a call for many resources, from an index, or from a call per resource.

Tags that were not read are unreadable for that resource, never missing (S1); resources that turn out to be deleted are
separate.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tagwarden.errors import NotFound, ProviderError
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.normalising import Draft, Place, known_of_draft
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.aws.row import BulkTags, Call, InlineTags, Kind, NoTags, TagForm, TagsCall
from tagwarden.providers.aws.tag_index import TagIndex
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.tag_forms import tags_in
from tagwarden.providers.catalogue.templates import fill
from tagwarden.providers.catalogue.workers import Workers, batches

LEFT_OUT = "the tag response omitted this resource"


class TagReader:
    """Reads the tags of a kind in a region."""

    def __init__(self, kind: Kind, place: Place, calls: Calls, workers: Workers, shared: Shared) -> None:
        self._kind = kind
        self._place = place
        self._calls = calls
        self._workers = workers
        self._shared = shared

    def read(self, drafts: Sequence[Draft], index: TagIndex | None = None) -> list[Tags | None]:
        """Give the tags of each draft, in the same order; None if deleted.

        Tags in `index` need no further call; without an index, all are read from the service.
        """
        rule = self._kind.tags
        if isinstance(rule, NoTags):
            return [Tags.untaggable()] * len(drafts)
        if isinstance(rule, InlineTags):
            return self._inline(rule, drafts)
        if isinstance(rule, TagsCall):
            told = index.of(drafts) if index is not None else {}
            asked = [draft for draft in drafts if draft.uid not in told]
            alone = {draft.uid: tags for draft, tags in self._workers.each(lambda one: self._one(rule, one), asked)}
            return [told.get(draft.uid) or alone[draft.uid] for draft in drafts]  # type: ignore[misc] # no error leaves `_one`
        return self._bulk(rule, drafts)

    def _inline(self, rule: InlineTags, drafts: Sequence[Draft]) -> list[Tags | None]:
        path = compile_path(rule.path)
        asked = self._asked(rule.ask, [draft for draft in drafts if path(draft.item) is None and draft.trouble is None])
        found: list[Tags | None] = []
        for draft in drafts:
            value = path(draft.item)
            if draft.uid in asked:
                found.append(asked[draft.uid])
            elif draft.trouble is not None:
                found.append(Tags.unreadable(str(draft.trouble)))
            elif value is None and rule.absent_is_unknown:
                found.append(Tags.unreadable(LEFT_OUT))
            else:
                found.append(self._known(value, rule.form))
        return found

    def _asked(self, ask: TagsCall | None, drafts: Sequence[Draft]) -> dict[str, Tags | None]:
        """Give the tags of drafts whose items omit them, by uid, from the separate call."""
        if ask is None:
            return {}
        answers = self._workers.each(lambda draft: self._one(ask, draft), drafts)
        return {draft.uid: tags for draft, tags in answers if not isinstance(tags, ProviderError)}

    def _one(self, rule: TagsCall, draft: Draft) -> Tags | None:
        try:
            pages = self._pages(rule.call, draft, known_of_draft(draft, self._place))
        except ProviderError as error:
            if error.code in rule.none:
                return self._shared.tags({})
            return None if isinstance(error, NotFound) else Tags.unreadable(str(error))
        path = compile_path(rule.path)
        found = (tags_in(path(page), rule.form) for page in pages)
        return self._shared.tags({key: value for tags in found for key, value in tags.items()})

    def _bulk(self, rule: BulkTags, drafts: Sequence[Draft]) -> list[Tags | None]:
        found: dict[str, Tags] = {}
        for group, answer in self._workers.each(lambda group: self._some(rule, group), batches(drafts, rule.size)):
            if isinstance(answer, NotFound) and len(group) > 1:
                # A resource deleted meanwhile fails the call for all: read each individually.
                for one, alone in self._workers.each(lambda draft: self._some(rule, [draft]), group):
                    found.update(_or_trouble([one], alone))
            else:
                found.update(_or_trouble(group, answer))
        return [found.get(draft.uid, Tags.unreadable(LEFT_OUT)) for draft in drafts]

    def _some(self, rule: BulkTags, group: Sequence[Draft]) -> dict[str, Tags]:
        """Give the tags of the resources in the response, by uid."""
        known = {"ids": [draft.id for draft in group], "uids": [draft.uid for draft in group]}
        pages = self._pages(rule.call, group[0], known)
        items, match, path = compile_path(rule.items), compile_path(rule.match), compile_path(rule.path)
        answers = [one for page in pages for one in items(page) or ()]
        named = {draft.id: draft.uid for draft in group} | {draft.uid: draft.uid for draft in group}
        if rule.pairs:
            told: dict[str, list[Any]] = {draft.uid: [] for draft in group}
            for pair in answers:
                if (name := match(pair)) in named:
                    told[named[name]].append(pair)
            return {uid: self._known(pairs, rule.form) for uid, pairs in told.items()}
        return {named[name]: self._known(path(told), rule.form) for told in answers if (name := match(told)) in named}

    def _pages(self, call: Call, draft: Draft, known: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Read all pages; raise `ServerFault` for an incomplete response without a page token (S1)."""
        service, region = call.service or self._kind.service, draft.region or self._place.region
        return list(self._calls.pages(service, region, call.operation, fill(call.params, known)))

    def _known(self, value: Any, form: TagForm) -> Tags:
        return self._shared.tags(tags_in(value, form))


def _or_trouble(group: Sequence[Draft], answer: dict[str, Tags] | ProviderError) -> dict[str, Tags]:
    if isinstance(answer, ProviderError):
        return {draft.uid: Tags.unreadable(str(answer)) for draft in group}
    return answer
