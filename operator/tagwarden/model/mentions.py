"""Names of cloud resources in texts of another account or cluster: a resource that mentions another uses it (S18).

Within one account the provider resolves mentions. The mention of a queue's URL in a Deployment, or of another
account's topic in a function, can only be resolved once all snapshots are collected.
"""

from collections.abc import Iterable, Iterator, Mapping

from tagwarden.model.graph import Edge, EdgeMeaning, names_of
from tagwarden.model.resource import ProviderName, Resource

Mentions = Mapping[str, tuple[str, ...]]
"""Names of other resources in a resource's texts, by the uid of the resource."""


def uses_across(mentions: Iterable[Mentions], resources: Iterable[Resource]) -> Iterator[Edge]:
    """Give a use of every resource with a mentioned name; most texts name no collected resource."""
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
    """Give the names by which a text elsewhere may mention a cloud resource; cluster objects have none.

    A name that is only the tag `Name` does not count: no resource can be reached by it.
    """
    if resource.provider is ProviderName.KUBERNETES:
        return
    yield resource.uid
    yield resource.id
    yield from names_of(resource)
    if resource.name != resource.tags.values.get("Name"):
        yield resource.name
