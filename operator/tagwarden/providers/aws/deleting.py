"""Deletes a resource: first the deletion itself, then only steps that AWS's refusal requires (S23)."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tagwarden.errors import (
    DeletionFailed,
    DependencyViolation,
    NotFound,
    ProviderError,
    Unsupported,
    VendorProtection,
)
from tagwarden.model.resource import Resource
from tagwarden.providers.aws.calls import Calls, receipt_of
from tagwarden.providers.aws.errors import class_of, stem
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.aws.row import Call, Kind, Refusal, Step
from tagwarden.providers.base import Note, Receipt, Taken, note_nothing
from tagwarden.providers.catalogue.templates import fill, without_missing
from tagwarden.providers.catalogue.workers import batches


def delete(
    kind: Kind, resource: Resource, region: str, known: Mapping[str, Any], calls: Calls, note: Note = note_nothing
) -> Receipt:
    """Delete, with the steps that AWS requires; a deleted or terminating resource is success."""
    if kind.delete is None:
        raise Unsupported(f"{kind.name} cannot be deleted separately", operation=f"{kind.service}:Delete")
    operation = f"{kind.service}:{kind.delete.operation}"
    if resource.protection:
        raise VendorProtection(resource.protection, operation=operation)
    if resource.state in kind.going or resource.state in kind.gone:
        return Receipt()
    act = _Acting(kind, region, known, calls, note)
    try:
        refusal = act.refused(kind.delete)
        if refusal is None:
            return act.receipt
        if any(asks_for(step, refusal) for step in kind.steps):
            act.make_sure(operation)
        # A refusal may name only the first of several obstacles, so each step is followed by another attempt: steps
        # that AWS does not require are not taken.
        for step in kind.steps:
            if asks_for(step, refusal) and act.take(step):
                refusal = act.refused(kind.delete)
                if refusal is None:
                    return act.receipt
    except NotFound as error:
        return Receipt(error.request_id)
    raise refusal


def undo(taken: Taken, region: str, calls: Calls) -> None:
    """Undo a step; error codes of an already undone step are success."""
    if not taken.undo:
        raise Unsupported("this step cannot be undone", operation=taken.step)
    kept = json.loads(taken.undo)
    try:
        _ask(calls, kept["service"], region, Call(kept["operation"], errors=kept["errors"]), kept["params"])
    except ProviderError as error:
        if error.code not in kept["undone"]:
            raise


def raise_if_failed(kind: Kind, found: Resource, region: str, known: Mapping[str, Any], calls: Calls) -> None:
    """Raise `DeletionFailed` with AWS's reason if the state shows that AWS abandoned the deletion."""
    if kind.failure is None or found.state not in kind.failure.states:
        return
    causes: list[str] = []
    for cause in kind.failure.causes:
        try:
            answer = calls.call(
                cause.call.service or kind.service, region, cause.call.operation, fill(cause.call.params, known)
            )
        except ProviderError:
            continue  # the state alone is sufficient
        told = compile_path(cause.path)(answer)
        causes += [str(one) for one in (told if isinstance(told, list) else [told]) if one]
    why = "; ".join(dict.fromkeys(causes)) or "AWS gave no reason"
    operation = f"{kind.service}:{kind.delete.operation}" if kind.delete else kind.service
    raise DeletionFailed(f"the deletion failed: {why}", code=found.state, operation=operation)


def asks_for(step: Step, refusal: ProviderError) -> bool:
    """Whether a refusal asks for the effect of a step."""
    return any(_is(refusal, answered) for answered in step.answers)


def _is(error: ProviderError, refusal: Refusal) -> bool:
    if not refusal.codes:
        return isinstance(error, DependencyViolation)
    codes = {stem(code) for code in refusal.codes.split("|")}
    return stem(error.code) in codes and re.search(refusal.words, error.message) is not None


class _Acting:
    """A deletion in progress; `receipt` is the receipt of the last call that AWS accepted."""

    def __init__(self, kind: Kind, region: str, known: Mapping[str, Any], calls: Calls, note: Note) -> None:
        self.receipt = Receipt()
        self._kind = kind
        self._region = region
        self._known = known
        self._calls = calls
        self._note = note

    def refused(self, call: Call) -> ProviderError | None:
        """Make a call and give the refusal, None if AWS accepts; raises if the resource is gone."""
        try:
            self.receipt = receipt_of(self._ask(call))
        except NotFound:
            raise
        except ProviderError as error:
            return error
        return None

    def make_sure(self, operation: str) -> None:
        """Raise `VendorProtection` if a protection would refuse the deletion even after all steps."""
        for probe in self._kind.asks:
            try:
                answer = self._ask(probe.call)
            except ProviderError as error:
                if error.code not in probe.none:
                    raise
                continue
            if compile_path(fill(probe.when, self._known))(answer):
                raise VendorProtection(probe.why, operation=operation)

    def take(self, step: Step) -> bool:
        """Take a step; give whether it changed anything.

        Raises the error of the step, except errors that mean that the target is already gone.
        """
        changed = False
        for more in self._targets(step):
            if step.undo is not None or not changed:
                self._note(self._taken(step, more))
            changed = self._do(step, more) or changed
        return changed

    def _targets(self, step: Step) -> Iterator[Mapping[str, Any]]:
        if step.each is None:
            yield {}
            return
        service = step.each.service or self._kind.service
        path = compile_path(fill(step.items, self._known))
        # Each page is processed before the request for the next; removing listed items does not shift the rest, since
        # listings continue after a key.
        params = fill(step.each.params, self._known)
        for page in self._pages(service, step.each.operation, params, step):
            items = [item for item in path(page) or () if item is not None]
            if step.size:
                yield from ({"items": list(group)} for group in batches(items, step.size))
            else:
                yield from ({"item": item} for item in items)

    def _pages(self, service: str, operation: str, params: Mapping[str, Any], step: Step) -> Iterator[Any]:
        try:
            yield from self._calls.pages(service, self._region, operation, params)
        except NotFound:
            return
        except ProviderError as error:
            if error.code not in step.unless:
                raise

    def _taken(self, step: Step, more: Mapping[str, Any]) -> Taken:
        service = step.do.service or self._kind.service
        name = " ".join((f"{service}:{step.do.operation}", _named(more)))
        if step.undo is None:
            return Taken(name.strip(), "", step.lasts, step.shared)
        before = {}
        if step.before is not None:
            before = {"before": compile_path(step.before.path)(self._ask(step.before.call, **more))}
        call = {
            "service": step.undo.service or self._kind.service,
            "operation": step.undo.operation,
            "errors": step.undo.errors,
            "params": without_missing(fill(step.undo.params, {**self._known, **more, **before})),
            "undone": step.undone,
        }
        return Taken(name.strip(), json.dumps(call), step.lasts, step.shared)

    def _do(self, step: Step, more: Mapping[str, Any]) -> bool:
        try:
            self._ask(step.do, **more)
        except NotFound:
            return False
        except ProviderError as error:
            if error.code not in step.unless:
                raise
            return False
        return True

    def _ask(self, call: Call, **more: Any) -> dict[str, Any]:
        service = call.service or self._kind.service
        return _ask(self._calls, service, self._region, call, fill(call.params, {**self._known, **more}))


def _ask(calls: Calls, service: str, region: str, call: Call, params: Mapping[str, Any]) -> dict[str, Any]:
    """Make a call; raise failures inside an accepted response."""
    answer = calls.call(service, region, call.operation, params)
    failed = compile_path(call.errors)(answer) if call.errors else None
    if failed:
        code, message = str(failed[0].get("Code", "")), str(failed[0].get("Message", ""))
        further = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        operation = f"{service}:{call.operation}"
        raise class_of(code, message)(f"{message or code}{further}", code=code, operation=operation)
    return answer


def _named(more: Mapping[str, Any]) -> str:
    """Name the target of a step: the item, the name among several members, or the number of items."""
    if "items" in more:
        return f"({len(more['items'])})"
    item = more.get("item", "")
    return str(item.get("id", "") if isinstance(item, dict) else item)
