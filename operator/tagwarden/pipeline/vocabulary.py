"""The names of kinds, categories and regions of the vendors, collected or not."""

from functools import cache

from tagwarden.judging.unmatched import Vocabulary
from tagwarden.providers import aws, kubernetes


@cache
def vocabulary() -> Vocabulary:
    """Give every kind and category of the catalogues, and the AWS regions on demand."""
    names = {name for row in aws.catalogue() for name in (row.kind, row.category)}
    for row in kubernetes.catalogue():
        names |= {row.kind, row.category, *(category for _, category in row.category_when)}
    return Vocabulary(frozenset(names), aws.known_regions)
