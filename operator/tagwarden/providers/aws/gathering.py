"""Lists a kind in a region completely, and reads a single resource again, in the same way."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from tagwarden.errors import NotFound, ProviderError, ServerFault
from tagwarden.model.resource import Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.mentions import not_searched_in
from tagwarden.providers.aws.normalising import Draft, Normaliser, Place, known_of, known_of_draft, reference_of
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.aws.row import Call, Detail, Kind, Names
from tagwarden.providers.aws.tag_index import TagIndex
from tagwarden.providers.aws.tag_reading import TagReader
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.item_reading import Item
from tagwarden.providers.catalogue.listing_families import Gathered
from tagwarden.providers.catalogue.path_compiler import texts
from tagwarden.providers.catalogue.templates import fill
from tagwarden.providers.catalogue.workers import Workers, batches
from tagwarden.providers.mentions import Search

_METADATA = "ResponseMetadata"
DETAILS_LEFT_OUT = "the detail response omitted this resource"
NOT_FOUND = "AWS lists the resource, but does not find it in the request for its tags"
PROBED_AT_MOST = 200
"""With more resources of a kind in a region, protections that need a call each are checked only before a deletion."""


class Gatherer:
    """Lists and reads a kind in a region."""

    def __init__(self, kind: Kind, place: Place, calls: Calls, workers: Workers, shared: Shared) -> None:
        self.kind = kind
        self._place = place
        self._calls = calls
        self._workers = workers
        self._normaliser = Normaliser(kind, place, shared)
        self._search = Search(not_searched_in(kind.name), shared.text)
        self._tags = TagReader(kind, place, calls, workers, shared)
        self._index = TagIndex(place.region, calls, shared)

    def gather(self, parents: Sequence[Resource], is_wanted: Callable[[str], bool]) -> Gathered:
        """List all in the wanted regions; raise the `ProviderError` that interrupted the listing."""
        gathered = Gathered()
        unfound: list[tuple[Draft, Resource]] = []
        for items in self._pages(parents):
            drafts = self._extended([draft for draft in self._detailed(items) if is_wanted(draft.region)])
            for draft, tags in zip(drafts, self._tags.read(drafts, self._index), strict=True):
                resource = self._normaliser.resource(draft, Tags.unreadable(NOT_FOUND) if tags is None else tags)
                if tags is None or isinstance(draft.trouble, NotFound):
                    unfound.append((draft, resource))
                else:
                    self._add(gathered, draft, resource)
        for draft, resource in self._listed_still(unfound, parents):
            self._add(gathered, draft, resource)
        if self.kind.named is not None and gathered.resources:
            gathered.aliases.update(self._further_names(self.kind.named, gathered.resources))
        if self.kind.probe is not None and len(gathered.resources) <= PROBED_AT_MOST:
            probed = self._workers.each(self._probed, gathered.resources)
            # A protection that could not be read is checked again before a deletion.
            gathered.resources = [asked if isinstance(got, ProviderError) else got for asked, got in probed]
        return gathered

    def read(self, known: Mapping[str, Any]) -> Resource | None:
        """Read the resource with these placeholders; None if deleted."""
        try:
            found = [draft for draft in self._detailed(self._one(known), strict=True) if draft.id == known["id"]]
            drafts = self._extended(found, strict=True)
            for draft, tags in zip(drafts, self._tags.read(drafts), strict=True):
                if tags is not None:
                    resource = self._normaliser.resource(draft, tags)
                    return self._probed(resource) if self.kind.probe else resource
        except NotFound:
            return None
        return None

    def _listed_still(
        self, unfound: Sequence[tuple[Draft, Resource]], parents: Sequence[Resource]
    ) -> Iterator[tuple[Draft, Resource]]:
        """Give the listed but not found items that a second listing still contains; the others are gone."""
        if unfound:
            again = (self._normaliser.draft(item) for items in self._pages(parents) for item in items)
            listed = {draft.uid for draft in again if draft is not None}
            yield from ((draft, resource) for draft, resource in unfound if draft.uid in listed)

    def _add(self, gathered: Gathered, draft: Draft, resource: Resource) -> None:
        gathered.resources.append(resource)
        # The resource itself and link targets need no mention.
        told = {draft.uid, draft.id, resource.name}
        for edge, is_conjecture in self._normaliser.edges(draft):
            (gathered.conjectures if is_conjecture else gathered.edges).append(edge)
            other = edge.target if edge.source == draft.uid else edge.source
            told.add(other.partition("/")[2])
        for alias in self._normaliser.aliases(draft):
            gathered.aliases[alias] = draft.uid
        mentions = self._search.names_in(draft.item, told)
        if mentions:
            gathered.mentions[draft.uid] = mentions
        if draft.trouble is not None:
            gathered.troubles[resource.id] = draft.trouble

    def _further_names(self, named: Names, resources: Iterable[Resource]) -> Iterator[tuple[str, str]]:
        uids = {resource.id: resource.uid for resource in resources}
        listing, items = named.listing, compile_path(named.listing.items)
        of, names = compile_path(named.of), compile_path(named.names)
        for page in self._calls.pages(
            self.kind.service, self._place.region, listing.operation, listing.params, listing.page_size
        ):
            for item in items(page) or ():
                if (uid := uids.get(of(item))) is not None:
                    yield from ((reference_of(self.kind.name, name), uid) for name in texts(names(item)))

    def _pages(self, parents: Sequence[Resource]) -> Iterator[list[Item]]:
        listing, service = self.kind.listing, self.kind.service
        path = compile_path(listing.items)
        if not listing.per:
            for page in self._calls.pages(
                service, self._place.region, listing.operation, listing.params, listing.page_size
            ):
                yield _items(path(page))
            return
        for parent, pages in self._workers.each(self._pages_of, parents):
            if isinstance(pages, NotFound):
                continue
            if isinstance(pages, ProviderError):
                raise pages
            for page in pages:
                yield _items(path(page), _parent(parent))

    def _pages_of(self, parent: Resource) -> list[dict[str, Any]]:
        listing = self.kind.listing
        params = fill(listing.params, {"parent": _parent(parent)})
        region = parent.region or self._place.region
        return list(self._calls.pages(self.kind.service, region, listing.operation, params, listing.page_size))

    def _one(self, known: Mapping[str, Any]) -> list[Item]:
        """Give the listed item of a resource, or all items if the API cannot select a resource."""
        kind = self.kind
        if kind.read is not None:
            answer = self._ask(kind.read.call, known)
            found = compile_path(kind.read.path)({name: told for name, told in answer.items() if name != _METADATA})
            if found is None or found == {}:
                # Requests for missing resources fail with an error, so an empty response is invalid.
                operation = f"{kind.read.call.service or kind.service}:{kind.read.call.operation}"
                raise ServerFault("the response does not contain the requested resource", operation=operation)
            return _items(found)
        if kind.listing.one is not None:
            path, params = compile_path(kind.listing.items), fill(kind.listing.one, known)
            region = str(known.get("region") or self._place.region)
            # A page may be empty although the next is not.
            pages = self._calls.pages(kind.service, region, kind.listing.operation, params)
            return [item for page in pages for item in _items(path(page))]
        if self._is_read_by_details:
            return [{"value": known["id"]}]
        return [item for items in self._pages(()) for item in items]

    def _detailed(self, items: Iterable[Item], *, strict: bool = False) -> list[Draft]:
        """Give the drafts of items with details; `strict`: raise errors of reading details."""
        kept = [item for item in items if self.kind.detail is not None or self._normaliser.is_of_kind(item)]
        drafts = [draft for item in kept if (draft := self._normaliser.draft(item)) is not None]
        detail = self.kind.detail
        if detail is None:
            return drafts
        is_known = compile_path(detail.unless) if detail.unless else None
        found = [
            draft
            for draft in drafts
            if is_known is not None and is_known(draft.item) and self._normaliser.is_of_kind(draft.item)
        ]
        groups = batches([draft for draft in drafts if is_known is None or not is_known(draft.item)], detail.size)
        for group, answer in self._workers.each(lambda group: self._details(detail, group), groups):
            if isinstance(answer, ProviderError):
                if strict:
                    raise answer
                found.extend(replace(draft, trouble=answer) for draft in group)
                continue
            # If only details were requested, items without details were never listed.
            was_listed = not (strict and self._is_read_by_details)
            found.extend(self._merged(group, answer, was_listed=was_listed))
        return found

    @property
    def _is_read_by_details(self) -> bool:
        kind = self.kind
        return kind.read is None and kind.listing.one is None and kind.detail is not None and kind.id == "value"

    def _extended(self, drafts: list[Draft], *, strict: bool = False) -> list[Draft]:
        """Give the drafts with further details; `strict`: raise errors of reading these."""
        for part in self.kind.also:
            is_known = compile_path(part.unless) if part.unless else None
            asked = [draft for draft in drafts if is_known is None or not is_known(draft.item)]
            told = {
                draft.uid: self._with_part(draft, answer, part, strict=strict)
                for draft, answer in self._workers.each(partial(self._part, part), asked)
            }
            drafts = [told.get(draft.uid, draft) for draft in drafts]
        return drafts

    def _part(self, part: Detail, draft: Draft) -> Item | None:
        return self._details(part, [draft])[0]

    def _with_part(self, draft: Draft, answer: Item | ProviderError | None, part: Detail, *, strict: bool) -> Draft:
        if isinstance(answer, ProviderError):
            # The subject of a detail may be gone, such as a template version; the resource itself was listed.
            if answer.code in part.none or isinstance(answer, NotFound):
                return draft
            if strict:
                raise answer
            return replace(draft, trouble=draft.trouble or answer)
        merged = self._normaliser.draft({**draft.item, **(answer or {})}, draft.trouble)
        return draft if merged is None else merged

    def _details(self, detail: Detail, group: Sequence[Draft]) -> list[Item | None]:
        known = known_of_draft(group[0], self._place) | {"ids": [draft.id for draft in group]}
        if detail.pages_as:
            return [{detail.pages_as: self._listed(detail, known)}]
        answer = compile_path(detail.path)(self._ask(detail.call, known))
        if detail.size == 1:
            return [(answer[0] if answer else None) if isinstance(answer, list) else answer]
        match = compile_path(detail.match)
        by_id = {match(told): told for told in answer or ()}
        return [by_id.get(draft.id) for draft in group]

    def _listed(self, detail: Detail, known: Mapping[str, Any]) -> list[Any]:
        call, path = detail.call, compile_path(detail.path)
        region = str(known.get("region") or self._place.region)
        service = call.service or self.kind.service
        pages = self._calls.pages(service, region, call.operation, fill(call.params, known))
        return [one for page in pages for one in path(page) or ()]

    def _merged(self, group: Sequence[Draft], details: Sequence[Item | None], *, was_listed: bool) -> Iterator[Draft]:
        for draft, told in zip(group, details, strict=True):
            if told is None and not was_listed:
                continue
            if told is None:
                # The resource was just listed, and exists until a listing no longer contains it (S3).
                yield replace(draft, trouble=ServerFault(DETAILS_LEFT_OUT))
                continue
            merged = self._normaliser.draft({**draft.item, **told})
            if merged is not None and self._normaliser.is_of_kind(merged.item):
                yield merged

    def _probed(self, resource: Resource) -> Resource:
        probe = self.kind.probe
        if probe is None or resource.protection:
            return resource
        known = known_of(resource, self._place.account_id, self._place.partition)
        try:
            answer = self._ask(probe.call, known)
        except ProviderError as error:
            if error.code not in probe.none:
                raise
            return resource
        return replace(resource, protection=probe.why) if compile_path(probe.when)(answer) else resource

    def _ask(self, call: Call, known: Mapping[str, Any]) -> dict[str, Any]:
        region = str(known.get("region") or self._place.region)
        return self._calls.call(call.service or self.kind.service, region, call.operation, fill(call.params, known))


def _items(found: Any, parent: Item | None = None) -> list[Item]:
    """Give the items of a response: members of a list, or the requested item; texts become `value`."""
    if found is None:
        return []
    members = found if isinstance(found, list) else [found]
    items = [member if isinstance(member, dict) else {"value": member} for member in members]
    return [{**item, "parent": parent} for item in items] if parent is not None else items


def _parent(parent: Resource) -> Item:
    return {"id": parent.id, "name": parent.name, "uid": parent.uid, **parent.attributes}
