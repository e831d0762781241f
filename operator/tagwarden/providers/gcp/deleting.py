"""Deletes a resource: first the deletion itself, then only what Google's refusal asks for (S23)."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tagwarden.errors import (
    DependencyViolation,
    InvalidState,
    NotFound,
    PreconditionFailed,
    ProviderError,
    Unsupported,
    VendorProtection,
)
from tagwarden.model.resource import Resource
from tagwarden.providers.base import Note, Taken
from tagwarden.providers.catalogue.templates import fill, without_missing
from tagwarden.providers.gcp.connection import Connection, Json
from tagwarden.providers.gcp.operations import Operation, error_of, started_by
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.row import Row
from tagwarden.providers.gcp.steps import Step

_LONGEST_STEP = 30.0
_PAUSE = 0.5
"""Seconds to wait for the operation of a step, and between two looks at it."""
_OF_CONTENTS = re.compile(r"nested|child|not empty|contain|sub-?resource|\b(?:has|have|exists?)\b", re.IGNORECASE)
"""Words in a refusal because of contents, whose status also says that a resource is busy."""
_NOT_EMPTY = re.compile(r"not ?empty|\bcontains\b", re.IGNORECASE)
"""Words in the code or message of the refusals that ask for contents to be removed one by one."""
_FRESH = 5.0
"""Seconds after which a resource whose contents are being removed is read again."""


def delete(row: Row, resource: Resource, connection: Connection, note: Note, check: Callable[[], None]) -> Json:
    """Delete with the steps that Google requires, and give the response; raise NotFound for a resource that is gone.

    `check` reads the resource again and raises the `ProviderError` of one that changed: steps take their time (S5).
    """
    acting = _Acting(row, resource, connection, note, check)
    if resource.protection:
        raise VendorProtection(resource.protection, operation=acting.call)
    refusal: ProviderError | None
    try:
        response = acting.attempt()
        refusal = acting.refusal_inside(response)
    except (DependencyViolation, InvalidState) as error:
        refusal = error
    if refusal is None:
        return response
    if row.contents and not row.facts.keeps_contents and _is_because_of_contents(refusal):
        return acting.with_contents()
    if isinstance(refusal, DependencyViolation) and acting.take_steps(refusal):
        check()
        return acting.attempt()
    raise refusal


def undo(row: Row, resource: Resource, taken: Taken, connection: Connection) -> None:
    """Take a step back; a step that is undone already is success."""
    if not taken.undo:
        raise Unsupported("this step cannot be undone", operation=taken.step)
    kept = json.loads(taken.undo)
    try:
        response = connection.write("POST", kept["host"], kept["path"], body=kept["body"], operation=kept["call"])
    except (DependencyViolation, PreconditionFailed):
        return  # it exists already
    _wait_for(started_by(row, response, resource.id, kept["call"]), connection)


def _wait_for(operation: Operation | None, connection: Connection) -> None:
    """Look until a step has had its effect, without which Google refuses the deletion again."""
    deadline = time.monotonic() + _LONGEST_STEP
    while operation is not None and time.monotonic() < deadline:
        has_ended, error = error_of(connection, operation)
        if error is not None:
            raise error
        if has_ended:
            return
        time.sleep(_PAUSE)


def _asks_for(refusal: ProviderError, step: Step) -> bool:
    """Whether a refusal asks for a step: what cannot be put back needs a refusal because of the contents."""
    return not step.each or _NOT_EMPTY.search(f"{refusal.code} {refusal.message}") is not None


def _is_because_of_contents(refusal: ProviderError) -> bool:
    return isinstance(refusal, DependencyViolation) or _OF_CONTENTS.search(refusal.message) is not None


class _Acting:
    """A deletion in progress."""

    def __init__(
        self, row: Row, resource: Resource, connection: Connection, note: Note, check: Callable[[], None]
    ) -> None:
        self._row = row
        self._resource = resource
        self._connection = connection
        self._note = note
        self._check = check
        self.call = f"{row.method}.{row.delete_by}"

    def attempt(self, **more: str) -> Json:
        """Send the deletion."""
        row = self._row
        params = {row.delete_guard: self._resource.version} if row.delete_guard and self._resource.version else {}
        return self._connection.write(
            row.delete_method,
            row.host,
            f"{row.prefix}{self._resource.id}{row.delete_suffix}",
            params={**params, **more},
            body=dict(row.delete_body) if row.delete_body else {} if row.delete_method == "POST" else None,
            operation=self.call,
        )

    def refusal_inside(self, response: Json) -> ProviderError | None:
        """Wait for the refusal in the operation where a step may be missing: Google accepts to delete a network first.

        None where the deletion lacks no step, or goes on.
        """
        row = self._row
        steps = [step for step in row.facts.steps if not step.each]
        operation = started_by(row, response, self._resource.id, self.call)
        if operation is None or not steps:
            return None
        try:
            of = self._connection.get(row.host, f"{row.prefix}{self._resource.id}", operation=f"{row.method}.get")
            if any(True for step in steps for _ in self._items(step, of)):
                _wait_for(operation, self._connection)
        except NotFound:
            return None
        except (DependencyViolation, InvalidState) as refusal:
            return refusal
        return None

    def with_contents(self) -> Json:
        """Delete the contents too, by the parameter that the API has for this."""
        self._check()
        self._note(Taken(f"{self.call} with {self._row.contents}"))
        return self.attempt(**{self._row.contents: "true"})

    def take_steps(self, refusal: ProviderError) -> bool:
        """Take every step that the refusal asks for, each for its items; whether there were any."""
        steps = [step for step in self._row.facts.steps if _asks_for(refusal, step)]
        of: Json = {}
        if any(not step.each or step.unless for step in steps):
            path = f"{self._row.prefix}{self._resource.id}"
            of = self._connection.get(self._row.host, path, operation=f"{self._row.method}.get")
        # First look at everything: a deletion that is refused in the end must not leave half of the contents.
        for step in steps:
            if step.stops_at and any(compile_path(step.stops_at)(item) for item in self._items(step, of)):
                raise VendorProtection(step.why, operation=self.call)
        changed, checked = False, float("-inf")
        for step in steps:
            for item in self._items(step, of):
                if time.monotonic() - checked >= _FRESH:
                    self._check()
                    checked = time.monotonic()
                self._take(step, item)
                changed = True
        return changed

    def _items(self, step: Step, of: Json) -> Iterator[Any]:
        """Give the items page by page; deleting the items of a page does not shift the next page."""
        pages: Any = (of,)
        if step.each:
            path = f"{self._row.prefix}{self._filled(step.each, None)}"
            pages = self._connection.pages(
                self._row.host, path, dict(step.each_query), f"{step.call.rpartition('.')[0]}.list"
            )
        for page in pages:
            for item in compile_path(step.items)(page) or ():
                if not step.unless or not compile_path(step.unless)({"item": item, "of": of}):
                    yield item

    def _take(self, step: Step, item: Any) -> None:
        self._note(self._taken(step, item))
        known = {"id": self._resource.id, "item": item}
        try:
            response = self._connection.write(
                step.method,
                self._row.host,
                f"{self._row.prefix}{self._filled(step.path, item)}",
                params=without_missing(fill(step.query, known)),
                body=fill(step.body, known),
                operation=step.call,
            )
        except NotFound:
            return  # gone meanwhile
        _wait_for(started_by(self._row, response, self._resource.id, step.call), self._connection)

    def _taken(self, step: Step, item: Any) -> Taken:
        name = item.get("name", "") if isinstance(item, dict) else item
        if not step.undo:
            return Taken(f"{step.call} of all in {self._resource.name}")
        known = {"id": self._resource.id, "item": item}
        kept = {
            "host": self._row.host,
            "path": f"{self._row.prefix}{self._filled(step.undo, item)}",
            "body": fill(step.undo_body, known),
            "call": f"undo {step.call}",
        }
        return Taken(f"{step.call} {name}", json.dumps(kept))

    def _filled(self, template: str, item: Any) -> str:
        """Fill a path; names within may hold slashes."""
        quoted = {key: quote(str(value), safe="") for key, value in item.items()} if isinstance(item, Mapping) else item
        filled: str = fill(template, {"id": self._resource.id, "item": quoted})
        return filled
