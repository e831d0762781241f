"""Deleting one resource: the declared steps, each right before, and then the deletion itself."""

from collections.abc import Mapping
from typing import Any

from tagwarden.errors import DependencyViolation, NotFound, ProviderError, Unsupported, VendorProtection
from tagwarden.model.resource import Resource
from tagwarden.providers.aws.calls import Calls, batches, receipt_of
from tagwarden.providers.aws.errors import class_of
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.aws.row import Call, Kind, Step
from tagwarden.providers.aws.templates import fill
from tagwarden.providers.base import Receipt


def delete(kind: Kind, resource: Resource, region: str, known: Mapping[str, Any], calls: Calls) -> Receipt:
    """Take the steps and delete; what is gone or going already is success."""
    if kind.delete is None:
        raise Unsupported(f"{kind.name} cannot be deleted by itself", operation=f"{kind.service}:Delete")
    if resource.protection:
        raise VendorProtection(resource.protection, operation=f"{kind.service}:{kind.delete.operation}")
    if resource.state in kind.going or resource.state in kind.gone:
        return Receipt()
    act = _Acting(kind, region, known, calls)
    try:
        for step in kind.steps:
            act.take(step)
        try:
            return receipt_of(act.ask(kind.delete))
        except DependencyViolation:
            if not kind.if_refused:
                raise
            for step in kind.if_refused:
                act.take(step)
            return receipt_of(act.ask(kind.delete))
    except NotFound as error:
        return Receipt(error.request_id)


class _Acting:
    def __init__(self, kind: Kind, region: str, known: Mapping[str, Any], calls: Calls) -> None:
        self._kind = kind
        self._region = region
        self._known = known
        self._calls = calls

    def ask(self, call: Call, **more: Any) -> dict[str, Any]:
        service = call.service or self._kind.service
        params = fill(call.params, {**self._known, **more})
        answer = self._calls.call(service, self._region, call.operation, params)
        failed = compile_path(call.errors)(answer) if call.errors else None
        if failed:
            code, message = str(failed[0].get("Code", "")), str(failed[0].get("Message", ""))
            further = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
            operation = f"{service}:{call.operation}"
            raise class_of(code, message)(f"{message or code}{further}", code=code, operation=operation)
        return answer

    def take(self, step: Step) -> None:
        """Do a step; raise what it failed with, but for what means that there was nothing to do.

        What a step would remove may be gone already; the deletion that follows is not.
        """
        if step.each is None:
            self._do(step)
            return
        service = step.each.service or self._kind.service
        path = compile_path(fill(step.items, self._known))
        # Each page is used up before the next is asked for; removing what was listed does not move the rest,
        # since listings go on after a key.
        params = fill(step.each.params, self._known)
        for page in self._pages(service, step.each.operation, params, step):
            items = [item for item in path(page) or () if item is not None]
            if step.size:
                for group in batches(items, step.size):
                    self._do(step, items=list(group))
            else:
                for item in items:
                    self._do(step, item=item)

    def _pages(self, service: str, operation: str, params: Mapping[str, Any], step: Step) -> Any:
        try:
            yield from self._calls.pages(service, self._region, operation, params)
        except NotFound:
            return
        except ProviderError as error:
            if error.code not in step.unless:
                raise

    def _do(self, step: Step, **more: Any) -> None:
        try:
            self.ask(step.do, **more)
        except NotFound:
            return
        except ProviderError as error:
            if error.code not in step.unless:
                raise
