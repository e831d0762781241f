"""Teaches moto's EC2 what the real one insists on, so that a wrong order of deletion fails here as it would there.

moto deletes subnets and security groups that are in use, leaves the network interfaces of ended instances and gateways
behind, and does not mark those that AWS itself looks after. `teach` puts that right in the process it is called in.
Error codes are those of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html.
"""

from collections.abc import Callable, Iterator
from typing import Any

from moto.apigateway.models import APIGatewayBackend
from moto.cloudformation.parsing import ResourceMap
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance
from moto.ec2.responses import EC2Response
from moto.efs.models import EFSBackend
from moto.eks.models import EKSBackend
from moto.elasticache.models import ElastiCacheBackend
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import RDSBackend
from moto.s3.models import FakeDeleteMarker

Method = Callable[..., Any]
Wrapper = Callable[[Method], Method]


ENABLED_REGIONS = frozenset({"eu-central-1", "us-east-1"})
"""An organisation's policy leaves its accounts these; moto would enable all there are."""


def teach() -> None:
    """Change moto's classes in this process."""
    _wrap(EC2Backend, "describe_regions", _only_enabled)
    _wrap(EC2Backend, "delete_subnet", _dissociate_subnet)
    _wrap(EC2Backend, "delete_subnet", _refuse(_users_of_subnet, "DependencyViolation"))
    _wrap(EC2Backend, "delete_security_group", _refuse(_users_of_group, "DependencyViolation"))
    _wrap(EC2Backend, "delete_vpc", _refuse(_gateways_of_vpc, "DependencyViolation"))
    _wrap(EC2Backend, "delete_vpn_gateway", _refuse(_networks_of_vpn_gateway, "IncorrectState"))
    _wrap(EC2Response, "delete_network_interface", _refuse_interface)
    _wrap(EC2Backend, "release_address", _refuse(_user_of_address, "InvalidIPAddress.InUse"))
    _wrap(EC2Backend, "run_instances", _own_interfaces)
    _wrap(EC2Backend, "create_nat_gateway", _mark_gateway_interface)
    _wrap(EC2Backend, "delete_nat_gateway", _take_gateway_interface_along)
    _wrap(EFSBackend, "create_mount_target", _mark_mount_target_interface)
    _wrap(APIGatewayBackend, "get_base_path_mappings", _list_no_mappings)
    _wrap(RDSBackend, "describe_option_groups", _list_no_option_groups)
    _wrap(ElastiCacheBackend, "delete_cache_cluster", _finish_deleting_cluster)
    _wrap(ResourceMap, "delete", _forget_resources)
    _wrap(EKSBackend, "tag_resource", _tag_node_groups)
    _wrap(EKSBackend, "untag_resource", _untag_node_groups)
    # DeleteObjects calls it for whatever it removes, and fails for markers without it.
    FakeDeleteMarker.dispose = lambda _: None  # type: ignore[attr-defined]
    # What runs on it, which decides the price: all of these are Linux.
    Instance.usage_operation = "RunInstances"  # type: ignore[attr-defined]


def _wrap(owner: type, name: str, wrapper: Wrapper) -> None:
    setattr(owner, name, wrapper(getattr(owner, name)))


def _list_no_mappings(original: Method) -> Method:
    """Domains without mappings have none; moto answers 500."""

    def listed(backend: Any, domain_name: str) -> Any:
        backend.base_path_mappings.setdefault(domain_name, {})
        return original(backend, domain_name)

    return listed


def _list_no_option_groups(original: Method) -> Method:
    """All option groups are listed where none is named; moto answers 500, or that there are none as an error."""

    def listed(backend: Any, asked: dict[str, Any]) -> Any:
        if not asked.get("option_group_name"):
            return list(backend.option_groups.values())
        return original(backend, asked)

    return listed


def _refuse(users: Callable[[Any, str], Iterator[str]], code: str) -> Wrapper:
    """Let a deletion through only when nothing uses what is to be deleted."""

    def wrapper(original: Method) -> Method:
        def refuse_if_used(backend: Any, *positional: Any, **named: Any) -> Any:
            target = str(next((value for value in (*positional, *named.values()) if value), ""))
            user = next(users(backend, target), None)
            if user is not None:
                raise EC2ClientError(code, f"{target} is currently in use by {user} and cannot be deleted.")
            return original(backend, *positional, **named)

        return refuse_if_used

    return wrapper


def _only_enabled(original: Method) -> Method:
    def describe_regions(backend: Any, region_names: list[str] | None = None) -> list[Any]:
        return [region for region in original(backend, region_names) if region.name in ENABLED_REGIONS]

    return describe_regions


def _dissociate_subnet(original: Method) -> Method:
    """Take a subnet off its route table, which cannot be deleted while it has any."""

    def delete_subnet(backend: Any, subnet_id: str) -> Any:
        gone = original(backend, subnet_id)
        for table in backend.route_tables.values():
            for key in [key for key, subnet in table._associations.items() if subnet == subnet_id]:
                del table._associations[key]
        return gone

    return delete_subnet


def _users_of_subnet(backend: Any, subnet: str) -> Iterator[str]:
    yield from (each.id for each in backend.enis.values() if each.subnet.id == subnet)
    for balancers in (elb_backends, elbv2_backends):
        found = balancers[backend.account_id][backend.region_name].load_balancers.values()
        # Classic ones know ids, the others subnets.
        yield from (each.name for each in found if subnet in {getattr(one, "id", one) for one in each.subnets})


def _users_of_group(backend: Any, group: str) -> Iterator[str]:
    for interface in backend.enis.values():
        if group in {each.id for each in interface.group_set}:
            yield interface.id
    for others in backend.groups.values():
        for other in others.values():
            rules = [*other.ingress_rules, *other.egress_rules]
            if other.id != group and any(rule.source_group.get("GroupId") == group for rule in rules):
                yield other.id


def _networks_of_vpn_gateway(backend: Any, gateway: str) -> Iterator[str]:
    attachments = backend.vpn_gateways[gateway].attachments if gateway in backend.vpn_gateways else {}
    yield from (vpc for vpc, attachment in attachments.items() if attachment.state == "attached")


def _gateways_of_vpc(backend: Any, vpc: str) -> Iterator[str]:
    yield from (each.id for each in backend.internet_gateways.values() if each.vpc and each.vpc.id == vpc)


def _refuse_interface(original: Method) -> Method:
    """Refuse a request, where the others refuse a call: ending an instance calls the same method for its interfaces."""

    def delete_network_interface(response: Any) -> Any:
        interface = response.ec2_backend.enis.get(response._get_param("NetworkInterfaceId"))
        if interface is not None and interface.status == "in-use":
            raise EC2ClientError("InvalidParameterValue", f"Network interface '{interface.id}' is currently in use.")
        return original(response)

    return delete_network_interface


def _user_of_address(backend: Any, address: str) -> Iterator[str]:
    for each in backend.addresses:
        if address in {each.allocation_id, each.public_ip} and each.association_id:
            yield each.association_id


def _own_interfaces(original: Method) -> Method:
    def run_instances(backend: Any, *positional: Any, **named: Any) -> Any:
        reservation = original(backend, *positional, **named)
        for instance in reservation.instances:
            for interface in instance.nics.values():
                # What came with the instance goes with it; what was there before stays.
                if interface.description == "Primary network interface":
                    interface.delete_on_termination = True
        return reservation

    return run_instances


def _mark_gateway_interface(original: Method) -> Method:
    def create_nat_gateway(backend: Any, *positional: Any, **named: Any) -> Any:
        gateway = original(backend, *positional, **named)
        _hand_over(gateway._eni, "nat_gateway", f"Interface for NAT Gateway {gateway.id}")
        return gateway

    return create_nat_gateway


def _take_gateway_interface_along(original: Method) -> Method:
    def delete_nat_gateway(backend: Any, *positional: Any, **named: Any) -> Any:
        gateway = original(backend, *positional, **named)
        for address in backend.addresses:
            if address.eni is gateway._eni:
                backend.disassociate_address(association_id=address.association_id)
        backend.enis.pop(gateway._eni.id, None)
        return gateway

    return delete_nat_gateway


def _finish_deleting_cluster(original: Method) -> Method:
    """Let a cache cluster go: in moto it stays `deleting` for ever."""

    def delete_cache_cluster(backend: Any, *positional: Any, **named: Any) -> Any:
        cluster = original(backend, *positional, **named)
        backend.cache_clusters.pop(cluster.cache_cluster_id, None)
        return cluster

    return delete_cache_cluster


def _forget_resources(original: Method) -> Method:
    """Let the resources of a deleted stack stay deleted: moto makes them again for whoever lists them."""

    def delete(resources: Any) -> None:
        original(resources)
        for name in [name for name in resources._resource_json_map if name not in resources._parsed_resources]:
            del resources._resource_json_map[name]

    return delete


def _tag_node_groups(original: Method) -> Method:
    """Let node groups be tagged: moto tags clusters alone."""

    def tag_resource(backend: Any, resource_arn: str, tags: dict[str, str]) -> Any:
        group = _node_group(backend, resource_arn)
        if group is None:
            return original(backend, resource_arn, tags)
        group.tags = {**(group.tags or {}), **tags}
        return None

    return tag_resource


def _untag_node_groups(original: Method) -> Method:
    def untag_resource(backend: Any, resource_arn: str, tag_keys: Any) -> Any:
        group = _node_group(backend, resource_arn)
        if group is None:
            return original(backend, resource_arn, tag_keys)
        gone = [tag_keys] if isinstance(tag_keys, str) else tag_keys
        group.tags = {key: value for key, value in (group.tags or {}).items() if key not in gone}
        return None

    return untag_resource


def _node_group(backend: Any, arn: str) -> Any:
    groups = (group for cluster in backend.clusters.values() for group in cluster.nodegroups.values())
    return next((group for group in groups if group.arn == arn), None)


def _mark_mount_target_interface(original: Method) -> Method:
    def create_mount_target(backend: Any, *positional: Any, **named: Any) -> Any:
        target = original(backend, *positional, **named)
        interface = backend.ec2_backend.enis[target.network_interface_id]
        _hand_over(interface, "efs", f"EFS mount target for {target.file_system_id} ({target.mount_target_id})")
        return target

    return create_mount_target


def _hand_over(interface: Any, interface_type: str, description: str) -> None:
    """Mark an interface as one that AWS made for a service and removes with it."""
    interface.requester_managed = True
    interface.interface_type = interface_type
    interface.description = description
    interface.status = "in-use"
