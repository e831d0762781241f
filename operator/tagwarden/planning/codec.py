"""Plans as JSON, as the command line prints them and `tagwarden apply plan.json` reads them again.

The JSON holds the full state of every resource, so that the plan that is read equals the shown plan. A changed file is
refused, however small the change.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tagwarden.errors import BadInput
from tagwarden.model.billing import Billing, Charge, Unit
from tagwarden.model.duration import format_duration, parse_duration
from tagwarden.model.evidence import Evidence, Role, Search, Witness
from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.plan import Action, ActionType, Keeping, Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, Presence, ProviderName, Resource
from tagwarden.model.snapshot import Extent
from tagwarden.model.tags import TagChanges, Tags, TagState
from tagwarden.model.verdict import Confidence, Finding, Judgement, Repair, Verdict, Withheld
from tagwarden.planning.budget import baseline_from_json, baseline_json
from tagwarden.planning.hashing import checksum, plan_hash

FORMAT = 1
_MEMBERS = (
    "format",
    "hash",
    "policy",
    "policyGeneration",
    "generatedAt",
    "snapshots",
    "stopped",
    "hasPrices",
    "baseline",
    "declarations",
    "witnesses",
    "resources",
)


def plan_json(plan: Plan) -> dict[str, Any]:
    """Give the plan as JSON values; instants are RFC 3339 in UTC."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "hash": plan.hash,
        "policy": plan.policy,
        "policyGeneration": plan.policy_generation,
        "generatedAt": plan.generated_at.isoformat(),
        "snapshots": list(plan.snapshots),
        "stopped": _withheld_json(plan.stopped),
        "hasPrices": plan.has_prices,
        "baseline": baseline_json(plan.baseline),
        "declarations": dict(plan.declarations),
        "witnesses": [_resource_json(each) for each in _witnesses_of(plan)],
        "resources": [_planned_json(planned) for planned in plan.resources],
    }
    return {**document, "checksum": checksum(document)}


def plan_from_json(document: Mapping[str, Any]) -> Plan:
    """Read a plan that equals the written one; raise BadInput for other documents and changed plans.

    Other members, such as outcomes, are ignored.
    """
    if not isinstance(document, Mapping) or not {"checksum", "resources"} <= document.keys():
        raise BadInput(messages.NOT_A_PLAN())
    if document.get("format") != FORMAT:
        raise BadInput(messages.UNSUPPORTED_FORMAT(found=document.get("format"), expected=FORMAT))
    content = {key: document[key] for key in _MEMBERS if key in document}
    if checksum(content) != document["checksum"]:
        raise BadInput(messages.PLAN_EDITED())
    try:
        plan = _plan(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(messages.PLAN_UNREADABLE(error=repr(error))) from error
    if plan_hash(plan.policy, plan.resources, plan.declarations) != plan.hash:
        raise BadInput(messages.HASH_DIFFERS())
    return plan


def _plan(content: Mapping[str, Any]) -> Plan:
    witnesses = {entry["uid"]: _resource(entry) for entry in content["witnesses"]}
    generated_at = datetime.fromisoformat(content["generatedAt"])
    return Plan(
        policy=content["policy"],
        policy_generation=content["policyGeneration"],
        generated_at=generated_at,
        snapshots=tuple(content["snapshots"]),
        resources=tuple(_planned(entry, witnesses) for entry in content["resources"]),
        hash=content["hash"],
        baseline=baseline_from_json(generated_at, content["baseline"]),
        stopped=_withheld(content["stopped"]),
        has_prices=content["hasPrices"],
        declarations=dict(content["declarations"]),
    )


def _witnesses_of(plan: Plan) -> tuple[Resource, ...]:
    found = {
        witness.resource.uid: witness.resource
        for planned in plan.resources
        if planned.evidence is not None
        for witness in planned.evidence.witnesses
    }
    return tuple(found[uid] for uid in sorted(found))


def _resource_json(resource: Resource) -> dict[str, Any]:
    return {
        "uid": resource.uid,
        "provider": resource.provider.value,
        "account": resource.account,
        "region": resource.region,
        "namespace": resource.namespace,
        "kind": resource.kind,
        "category": resource.category,
        "id": resource.id,
        "name": resource.name,
        "created": _instant_json(resource.created),
        "state": resource.state,
        "tags": {
            "state": resource.tags.state.value,
            "values": dict(resource.tags.values),
            "fixed": sorted(resource.tags.fixed),
            "why": resource.tags.why,
        },
        "manager": _manager_json(resource.manager),
        "protection": resource.protection,
        "version": resource.version,
        "attributes": dict(resource.attributes),
        "billing": _billing_json(resource.billing),
    }


def _planned_json(planned: PlannedResource) -> dict[str, Any]:
    judgement = planned.judgement
    return {
        **_resource_json(planned.resource),
        "verdict": judgement.verdict.value,
        "findings": [{"reason": each.reason.value, "message": each.message} for each in judgement.findings],
        "owner": judgement.owner,
        "expires": _instant_json(judgement.expires),
        "environment": judgement.environment.value,
        "deletion": judgement.deletion.value if judgement.deletion else None,
        "changes": _changes_json(judgement.changes) if judgement.changes is not None else None,
        "repairs": [_repair_json(repair) for repair in judgement.repairs],
        "judgedWithheld": _withheld_json(judgement.withheld),
        "actions": [_action_json(action) for action in planned.actions],
        "withheld": _withheld_json(planned.withheld),
        "takenBy": planned.taken_by or None,
        "breaks": list(planned.breaks),
        "costPerMonth": planned.cost,
        "evidence": None if planned.evidence is None else _evidence_json(planned.evidence),
    }


def _evidence_json(evidence: Evidence) -> dict[str, Any]:
    return {
        "witnesses": [{"uid": each.resource.uid, "role": each.role.value} for each in evidence.witnesses],
        "searches": [
            {
                "account": each.account,
                "kinds": sorted(each.extent.kinds),
                "regions": _sorted(each.extent.regions),
                "namespaces": _sorted(each.extent.namespaces),
            }
            for each in evidence.searches
        ],
    }


def _evidence(entry: Mapping[str, Any] | None, witnesses: Mapping[str, Resource]) -> Evidence | None:
    if entry is None:
        return None
    return Evidence(
        tuple(Witness(witnesses[each["uid"]], Role(each["role"])) for each in entry["witnesses"]),
        tuple(
            Search(
                each["account"],
                Extent(frozenset(each["kinds"]), _unsorted(each["regions"]), _unsorted(each["namespaces"])),
            )
            for each in entry["searches"]
        ),
    )


def _sorted(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _unsorted(names: Sequence[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _resource(entry: Mapping[str, Any]) -> Resource:
    tags, manager = entry["tags"], entry["manager"]
    return Resource(
        uid=entry["uid"],
        provider=ProviderName(entry["provider"]),
        account=entry["account"],
        region=entry["region"],
        kind=entry["kind"],
        category=entry["category"],
        id=entry["id"],
        name=entry["name"],
        created=_instant(entry["created"]),
        tags=Tags(TagState(tags["state"]), dict(tags["values"]), frozenset(tags["fixed"]), tags["why"]),
        namespace=entry["namespace"],
        state=entry["state"],
        manager=_manager(manager) if manager else None,
        protection=entry["protection"],
        version=entry["version"],
        attributes=dict(entry["attributes"]),
        billing=_billing(entry["billing"]),
    )


def _planned(entry: Mapping[str, Any], witnesses: Mapping[str, Resource]) -> PlannedResource:
    resource, changes = _resource(entry), entry["changes"]
    judgement = Judgement(
        uid=resource.uid,
        verdict=Verdict(entry["verdict"]),
        findings=tuple(Finding(Reason(each["reason"]), each["message"]) for each in entry["findings"]),
        owner=entry["owner"],
        expires=_instant(entry["expires"]),
        repairs=tuple(_repair(each) for each in entry["repairs"]),
        changes=_changes(changes) if changes is not None else None,
        deletion=Reason(entry["deletion"]) if entry["deletion"] else None,
        withheld=_withheld(entry["judgedWithheld"]),
        environment=Environment(entry["environment"]),
    )
    return PlannedResource(
        resource=resource,
        judgement=judgement,
        actions=tuple(_action(resource.uid, each) for each in entry["actions"]),
        withheld=_withheld(entry["withheld"]),
        taken_by=entry["takenBy"] or "",
        breaks=tuple(entry["breaks"]),
        cost=entry["costPerMonth"],
        evidence=_evidence(entry["evidence"], witnesses),
    )


def _action_json(action: Action) -> dict[str, Any]:
    return {
        "type": action.type.value,
        **_changes_json(action.changes),
        "order": action.order,
        "because": action.because,
        "reason": action.reason.value,
        "after": list(action.after),
        **_keeping_json(action.keeping),
    }


def _action(uid: str, entry: Mapping[str, Any]) -> Action:
    return Action(
        uid=uid,
        type=ActionType(entry["type"]),
        order=entry["order"],
        reason=Reason(entry["reason"]),
        because=entry["because"],
        changes=_changes(entry),
        after=tuple(entry["after"]),
        keeping=_keeping(entry.get("keep")),
    )


def _keeping_json(keeping: Keeping | None) -> dict[str, Any]:
    return {} if keeping is None else {"keep": {"key": keeping.key, "for": format_duration(keeping.time)}}


def _keeping(entry: Mapping[str, str] | None) -> Keeping | None:
    return Keeping(entry["key"], parse_duration(entry["for"])) if entry else None


def _repair_json(repair: Repair) -> dict[str, Any]:
    return {
        "before": list(repair.before) if repair.before else None,
        "after": list(repair.after),
        "rule": repair.rule.value,
        "confidence": repair.confidence.value,
        "message": repair.message,
    }


def _repair(entry: Mapping[str, Any]) -> Repair:
    before, after = entry["before"], entry["after"]
    return Repair(
        before=(before[0], before[1]) if before else None,
        after=(after[0], after[1]),
        rule=Reason(entry["rule"]),
        confidence=Confidence(entry["confidence"]),
        message=entry["message"],
    )


def _changes_json(changes: TagChanges) -> dict[str, Any]:
    return {"set": dict(changes.set), "remove": list(changes.remove)}


def _changes(entry: Mapping[str, Any]) -> TagChanges:
    return TagChanges(dict(entry["set"]), tuple(entry["remove"]))


def _manager_json(manager: Manager | None) -> dict[str, str] | None:
    if manager is None:
        return None
    return {
        "kind": manager.kind,
        "name": manager.name,
        "reference": manager.reference,
        "presence": manager.presence.value,
    }


def _manager(entry: Mapping[str, Any]) -> Manager:
    return Manager(entry["kind"], entry["name"], entry["reference"], Presence(entry["presence"]))


def _withheld_json(withheld: Withheld | None) -> dict[str, str] | None:
    return {"reason": withheld.reason.value, "message": withheld.message} if withheld else None


def _withheld(entry: Mapping[str, str] | None) -> Withheld | None:
    return Withheld(Reason(entry["reason"]), entry["message"]) if entry else None


def _billing_json(billing: Billing) -> list[dict[str, Any]] | None:
    if billing is None:
        return None
    return [{"item": each.item, "unit": each.unit.value, "quantity": each.quantity} for each in billing]


def _billing(entries: Sequence[Mapping[str, Any]] | None) -> Billing:
    if entries is None:
        return None
    return tuple(Charge(each["item"], Unit(each["unit"]), each["quantity"]) for each in entries)


def _instant_json(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
