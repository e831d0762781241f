"""Every row against botocore's service models: operations exist, parameters validate, paths lead somewhere."""

import re
from collections.abc import Iterator
from typing import Any

import jmespath
from botocore.validate import ParamValidator

from tagwarden.providers.aws import actions_of
from tagwarden.providers.aws.calls import SAYS_MORE
from tagwarden.providers.aws.clients import pagination_of
from tagwarden.providers.aws.iam import Access, calls_of
from tagwarden.providers.aws.row import (
    BulkTags,
    Call,
    InlineTags,
    Kind,
    NoTags,
    ReplacedTags,
    TagForm,
    TagsCall,
    WrittenTags,
)
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.tag_forms import written
from tagwarden.providers.catalogue.templates import fill, placeholders
from tests.catalogue.shapes import SCALAR, SESSION, Unresolved, is_list, member, members, operation, resolve, sample

REQUIRED = {
    "aws_acm_certificate", "aws_apigateway_rest_api", "aws_autoscaling_group", "aws_cloudformation_stack",
    "aws_cloudwatch_alarm", "aws_dynamodb_table", "aws_ec2_elastic_ip", "aws_ec2_image", "aws_ec2_instance",
    "aws_ec2_internet_gateway", "aws_ec2_key_pair", "aws_ec2_launch_template", "aws_ec2_nat_gateway",
    "aws_ec2_network_interface", "aws_ec2_route_table", "aws_ec2_security_group", "aws_ec2_snapshot", "aws_ec2_subnet",
    "aws_ec2_volume", "aws_ec2_vpc", "aws_ecr_repository", "aws_ecs_cluster", "aws_ecs_service", "aws_efs_file_system",
    "aws_eks_cluster", "aws_eks_node_group", "aws_elasticache_cluster", "aws_elb_load_balancer",
    "aws_elbv2_load_balancer", "aws_elbv2_target_group", "aws_iam_instance_profile", "aws_iam_policy", "aws_iam_role",
    "aws_iam_user", "aws_kinesis_stream", "aws_kms_key", "aws_lambda_function", "aws_logs_log_group",
    "aws_rds_cluster", "aws_rds_cluster_snapshot", "aws_rds_instance", "aws_rds_snapshot", "aws_redshift_cluster",
    "aws_route53_zone", "aws_s3_bucket", "aws_secretsmanager_secret", "aws_sfn_state_machine", "aws_sns_topic",
    "aws_sqs_queue",
}  # fmt: skip


# https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
ATTRIBUTES_OF_A_TOPIC = ("KmsMasterKeyId", "Policy")
LONG_TEXT = "a-text-that-is-long-enough-for-every-argument-of-every-operation-there-is"


def test_the_catalogue_holds_what_a_test_account_is_made_of() -> None:
    """Every kind that people deploy every day is there."""
    assert set() == REQUIRED - set(KINDS)


def test_names_begin_with_the_provider(kind: Kind) -> None:
    """A kind is named provider, service, thing."""
    assert re.fullmatch(r"aws_[a-z0-9]+_[a-z0-9_]+", kind.name)
    assert kind.category


def test_operations_exist(kind: Kind) -> None:
    """Every operation of the row is one of its service."""
    for access in Access:
        for call in calls_of(kind, access):
            names = SESSION.get_service_model(call.service or kind.service).operation_names

            assert call.operation in names


def test_parameters_validate(kind: Kind) -> None:
    """With its placeholders filled, every call is one that botocore would send."""
    for call in every_call(kind):
        shape = operation(kind, call.operation, call.service).input_shape
        values = dict.fromkeys(placeholders(call.params), LONG_TEXT) | values_of(kind)

        problems = ParamValidator().validate(fill(call.params, values), shape)

        assert not problems.has_errors(), problems.generate_report()


def test_placeholders_are_known(kind: Kind) -> None:
    """A call asks for nothing that is not known of a resource."""
    known = {"id", "name", "uid", "region", "account", "partition", *kind.attributes}
    known |= {"ids", "uids", "tags", "keys", "parent", "item", "items", "before", "backup"}
    if isinstance(kind.writing, ReplacedTags):
        known |= set(kind.writing.keep)

    for call in every_call(kind):
        assert placeholders(call.params) <= known


def test_calls_that_read_one_again_know_enough(kind: Kind) -> None:
    """Reading again takes only what a resource keeps."""
    kept = {"id", "name", "uid", "region", "account", "partition", *kind.attributes}

    assert placeholders(kind.listing.one or {}) <= kept
    if kind.read is not None:
        assert placeholders(kind.read.call.params) <= kept


def test_paths_lead_somewhere(kind: Kind) -> None:
    """Every path of the row names members of the item as the service model has it."""
    item = listed_item(kind)
    for path in item_paths(kind):
        resolve(path, item)
    for rule in kind.managed:
        resolve(rule.path, item)
    for link in kind.links:
        resolve(link.path, item)


def test_paths_lead_somewhere_when_read_again(kind_read_by_itself: Kind) -> None:
    """What identifies a resource is in the answer about one of them too."""
    item = read_item(kind_read_by_itself)
    for path in item_paths(kind_read_by_itself):
        resolve(path, item)
    for rule in kind_read_by_itself.managed:
        resolve(rule.path, item)


def test_tags_are_where_the_row_says(kind: Kind) -> None:
    """Tags are read from a list of pairs or a mapping, as the form says."""
    rule = kind.tags
    if isinstance(rule, InlineTags):
        items = [listed_item(kind)] + ([read_item(kind)] if kind.read is not None else [])
        for item in items:
            check_form(resolve(rule.path, item), rule.form)
    elif isinstance(rule, TagsCall):
        check_form(resolve(rule.path, output_of(kind, rule.call)), rule.form)
    elif isinstance(rule, BulkTags):
        told = member(resolve(rule.items, output_of(kind, rule.call)))
        resolve(rule.match, told)
        found = resolve(rule.path, told)
        check_form([found] if rule.pairs else found, rule.form)
    if isinstance(kind.writing, ReplacedTags):
        answer = output_of(kind, kind.writing.read)
        check_form(resolve(kind.writing.path, answer), kind.writing.tags)
        for path in kind.writing.keep.values():
            resolve(path, answer)


def test_what_has_tags_can_be_written(kind: Kind) -> None:
    """A kind has no tags at all, or tags that are read and written."""
    assert isinstance(kind.tags, NoTags) == (kind.writing is None)


def test_steps_find_what_they_remove(kind: Kind) -> None:
    """What a step lists is in the answer of its listing, with the members that it needs."""
    for step in kind.steps:
        if step.each is not None:
            found = resolve(step.items.replace("{name}", "name"), output_of(kind, step.each))

            assert is_list(found)
    for call in [step.do for step in kind.steps] + ([kind.delete] if kind.delete else []):
        if call.errors:
            failed = member(resolve(call.errors, output_of(kind, call)))

            assert {"Code", "Message"} <= set(members(failed) or ())


def test_listings_end(kind: Kind) -> None:
    """An operation whose answer has a token is one that we know how to page, and the page size is allowed."""
    listings = [Call(kind.listing.operation)] + [step.each for step in kind.steps if step.each is not None]
    for call in listings:
        answer = output_of(kind, call)
        tokens = {
            name for name in members(answer) or () if re.search(r"(?i)(next|continuation).?token|^(next)?marker$", name)
        }
        paging = pagination_of(SESSION, call.service or kind.service, call.operation)

        assert paging is not None or not tokens
        assert all(SAYS_MORE.fullmatch(name) for name in members(answer) or () if re.search(r"Truncated|More", name))
    if kind.listing.page_size:
        shape = operation(kind, kind.listing.operation).input_shape
        paging = pagination_of(SESSION, kind.service, kind.listing.operation)
        assert paging is not None
        limit = paging["limit_key"]

        assert kind.listing.page_size <= shape.members[limit].metadata.get("max", 1000)


def test_no_answer_that_may_go_on_is_read_by_its_first_page(kind: Kind) -> None:
    """Details and probes whose answer can say that there is more are asked for page by page."""
    details = [detail for detail in (kind.detail, *kind.also) if detail is not None and not detail.pages_as]
    for call in [detail.call for detail in details] + ([kind.probe.call] if kind.probe else []):
        assert [] == [name for name in members(output_of(kind, call)) or () if SAYS_MORE.fullmatch(name)]


def test_links_name_kinds_of_the_catalogue(kind: Kind) -> None:
    """A link to a kind that is never listed would be a hole in the graph."""
    assert set() == {link.kind for link in kind.links} - set(KINDS)
    assert set() == {rule.kind for rule in kind.managed if rule.kind.startswith("aws_")} - set(KINDS)
    assert not kind.listing.per or kind.listing.per in KINDS


def test_permissions_look_like_actions_of_iam(kind: Kind) -> None:
    """Every access needs some action, written as IAM writes them."""
    for access in Access:
        for action in actions_of(kind, access):
            assert re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+", action)

    assert actions_of(kind, Access.READ)


def every_call(kind: Kind) -> Iterator[Call]:
    for access in Access:
        yield from calls_of(kind, access)


def values_of(kind: Kind) -> dict[str, Any]:
    """Placeholders that stand for more than a text."""
    tags = {"owner": "ann"}
    values: dict[str, Any] = {"ids": ["one"], "uids": ["one"], "parent": {"id": "one-parent", "uid": "u", "name": "n"}}
    if isinstance(kind.writing, WrittenTags | ReplacedTags):
        values["tags"] = written(tags, kind.writing.tags, {"id": "one"})
        keys = kind.writing.keys if isinstance(kind.writing, WrittenTags) else TagForm("", "")
        values["keys"] = written(tags, keys, {"id": "one"})
    if kind.backups:
        values["tags"] = written(tags, kind.backups[0].tags, {})
    if isinstance(kind.writing, ReplacedTags):
        answer = sample(operation(kind, kind.writing.read.operation).output_shape)
        values |= {name: jmespath.search(path, answer) for name, path in kind.writing.keep.items()}
    for step in kind.steps:
        if step.each is not None:
            answer = sample(operation(kind, step.each.operation).output_shape)
            items = jmespath.search(step.items.replace("{name}", "other"), answer) or ["one"]
            if step.size:
                values["items"] = items
            elif isinstance(items[0], dict):
                values["item"] = items[0]
        if step.before is not None:
            values["before"] = jmespath.search(step.before.path, sample(output_of(kind, step.before.call)))
    return values


def output_of(kind: Kind, call: Call) -> Any:
    return operation(kind, call.operation, call.service).output_shape or {}


def listed_item(kind: Kind) -> Any:
    """Give the shape of what the row's paths see: the listed item, with its details and its parent."""
    found = resolve(kind.listing.items, output_of(kind, Call(kind.listing.operation)))

    assert is_list(found)
    return with_details(kind, member(found), parent=bool(kind.listing.per))


def read_item(kind: Kind) -> Any:
    assert kind.read is not None
    found = resolve(kind.read.path, output_of(kind, kind.read.call))
    one = member(found) if is_list(found) else found
    if kind.detail is not None and kind.detail.unless:
        try:
            resolve(kind.detail.unless, one)
        except Unresolved:
            return with_details(kind, one)
    return (
        with_details(kind, one)
        if kind.detail is not None and not kind.detail.unless
        else with_details(kind, one, detail=False)
    )


def with_details(kind: Kind, item: Any, *, parent: bool = False, detail: bool = True) -> dict[str, Any]:
    merged: dict[str, Any] = {"value": SCALAR} if members(item) is None else dict(members(item) or {})
    if parent:
        merged["parent"] = {"id": SCALAR, "uid": SCALAR, "name": SCALAR}
    if detail and kind.detail is not None:
        found = resolve(kind.detail.path, output_of(kind, kind.detail.call))
        if kind.detail.size > 1:
            resolve(kind.detail.match, member(found))
        if kind.detail.pages_as:
            merged |= {kind.detail.pages_as: found}
        else:
            told = member(found) if is_list(found) else found
            # Attributes of a queue or a topic are a map by name; for a queue the call asks for some.
            more = members(told)
            named = kind.detail.call.params.get("AttributeNames", ATTRIBUTES_OF_A_TOPIC)
            merged |= more if more is not None else dict.fromkeys(named, SCALAR)
    for part in kind.also:
        found = resolve(part.path, output_of(kind, part.call))
        merged |= {part.pages_as: found} if part.pages_as else dict(members(found) or {})
    return merged


def item_paths(kind: Kind) -> Iterator[str]:
    yield kind.id
    if not kind.uid.startswith("arn:"):
        yield kind.uid
    yield from (path for path in (kind.title, kind.state, kind.only_where, kind.owner) if path)
    yield from kind.created.paths if kind.created else ()
    yield from kind.attributes.values()
    for billed in kind.billing or ():
        yield from (fact.path for fact in billed.facts)
        yield from (path for path in (billed.quantity,) if path)
    yield from (rule.when for rule in kind.protected)


def check_form(found: Any, form: TagForm) -> None:
    if form.mapping:
        assert found.type_name == "map"
        return
    pair = members(member(found)) or {}

    assert form.key in pair
    assert form.value in pair
