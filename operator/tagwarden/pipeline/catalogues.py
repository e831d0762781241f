"""The questions that judging and planning ask about a kind, put to the catalogue of its provider."""

from functools import cache

from tagwarden.judging.unmatched import Vocabulary
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.providers.registry import catalogue_of, catalogues


def can_delete(provider: ProviderName, kind: str) -> bool:
    """Whether resources of the kind can be deleted at all."""
    return catalogue_of(provider).can_delete(kind)


def can_tag(provider: ProviderName, kind: str) -> bool:
    """Whether tags can be written on resources of the kind."""
    return catalogue_of(provider).can_tag(kind)


def can_back_up(resource: Resource) -> bool:
    """Whether the vendor can back up this very resource."""
    return catalogue_of(resource.provider).can_back_up(resource)


def is_irreplaceable(provider: ProviderName, kind: str, category: str) -> bool:
    """Whether resources of the kind hold data, keys or names that cannot be recreated (S19)."""
    del category  # the catalogue decides by kind
    return catalogue_of(provider).is_irreplaceable(kind)


def is_named_only(resource: Resource) -> bool:
    """Whether a policy governs the resource only by naming the kind (S20)."""
    return catalogue_of(resource.provider).is_named_only(resource)


def dependents_of(provider: ProviderName, kind: str, served: frozenset[str] = frozenset()) -> frozenset[str]:
    """The kinds whose resources could hold, own, use or name a resource of this kind; all must be listed (S3, S18).

    `served` are the kinds of custom resources that clusters serve, or that could not be listed.
    """
    return catalogue_of(provider).dependents_of(kind, served)


def spans_regions(provider: ProviderName, kind: str) -> bool:
    """Whether resources of the kind can be used from every region, so that all regions must be listed (S3)."""
    return catalogue_of(provider).spans_regions(kind)


def untangles(provider: ProviderName, kind: str) -> bool:
    """Whether the kind declares steps that remove references right before a deletion."""
    return catalogue_of(provider).untangles(kind)


@cache
def vocabulary() -> Vocabulary:
    """Give the names of all kinds and categories; the names of all regions are read on demand."""
    rows = [row for catalogue in catalogues() for row in catalogue.kinds()]
    names = {name for row in rows for name in (row.kind, row.category, *row.more_categories)}
    return Vocabulary(frozenset(names), _regions)


def _regions() -> frozenset[str]:
    return frozenset[str]().union(*(catalogue.regions() for catalogue in catalogues()))
