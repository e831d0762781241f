"""Names of cloud resources that texts in another account or cluster hold: whoever speaks of a resource uses it (S18).

Within one account its provider resolves them. A Deployment that is given the URL of a queue, or a function that
publishes to the topic of another account, can only be matched once all snapshots are at hand.
"""

from collections.abc import Iterable, Iterator, Mapping

from tagwarden.model.graph import Edge, EdgeMeaning, names_of
from tagwarden.model.resource import ProviderName, Resource

Mentions = Mapping[str, tuple[str, ...]]
"""By the uid of a resource, the names of others that it holds."""


def uses_across(mentions: Iterable[Mentions], resources: Iterable[Resource]) -> Iterator[Edge]:
    """Give a use of every resource that bears a mentioned name; most texts name nothing that was collected."""
    told = [(source, names) for part in mentions for source, names in part.items()]
    bearers: dict[str, list[str]] = {name: [] for _, names in told for name in names}
    if not bearers:
        return
    for resource in resources:
        for name in spoken_names_of(resource):
            if name in bearers:
                bearers[name].append(resource.uid)
    for source, names in told:
        for target in {uid for name in names for uid in bearers[name]} - {source}:
            yield Edge(source, EdgeMeaning.USES, target)


def spoken_names_of(resource: Resource) -> Iterator[str]:
    """Give the names by which a text elsewhere may mean a resource of a cloud; objects of clusters have none.

    A name that is only the tag `Name` is none: nothing can be reached by it.
    """
    if resource.provider is ProviderName.KUBERNETES:
        return
    yield resource.uid
    yield resource.id
    yield from names_of(resource)
    if resource.name != resource.tags.values.get("Name"):
        yield resource.name
