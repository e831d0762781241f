"""Details of items that a listing leaves out and in which other resources are named (S18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tagwarden.providers.gcp.paths import compile_path

if TYPE_CHECKING:
    from tagwarden.providers.gcp.connection import Connection

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Detail:
    """One more request about an item.

    `call` is Google's name of the method. `path` is its path, in which `{id}` stands for the name of the resource. The
    values at the path `items` of each page become the member `into` of the item; `{project}` in it stands for the
    project. Items for which `when` does not hold have no such detail. `posts`: the method reads by POST. `permission`
    is that of the method, where it is not named after it. `is_of_neighbours`: the detail names only resources of other
    projects.
    """

    call: str
    path: str
    items: str
    into: str
    when: str = ""
    posts: bool = False
    permission: str = ""
    is_of_neighbours: bool = False

    def read(self, connection: "Connection", prefix: str, name: str, project: str) -> Mapping[str, list[Any]]:
        """Give the member that completes an item; raise the `ProviderError` of a request."""
        path = f"{prefix}{self.path.replace('{id}', name)}"
        host = f"{self.call.partition('.')[0]}.googleapis.com"
        if self.posts:
            pages = iter((connection.get(host, path, operation=self.call, body={}),))
        else:
            pages = connection.pages(host, path, operation=self.call)
        items = compile_path(self.items.replace("{project}", project))
        return {self.into: [found for page in pages for found in items(page) or ()]}

    def is_missing_in(self, item: Item) -> bool:
        """Whether the item has such a detail."""
        return not self.when or bool(compile_path(self.when)(item))
