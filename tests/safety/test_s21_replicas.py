"""S21: replicas belong to their primary, and an instance to the request that starts it again."""

from typing import Any

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.normalising import Normaliser, Place
from tagwarden.providers.aws.relations import relate
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.listing_families import Found, Gathered

ACCOUNT = "123456789012"
HERE, THERE = "eu-central-1", "us-east-1"


def edges_of(kind: str, item: dict[str, Any], region: str = HERE) -> set[Edge]:
    normaliser = Normaliser(KINDS[kind], Place("dev", ACCOUNT, "aws", region), Shared())
    draft = normaliser.draft(item)

    assert draft is not None
    return {edge for edge, _ in normaliser.edges(draft)}


def gathered(kind: str, item: dict[str, Any]) -> Gathered:
    normaliser = Normaliser(KINDS[kind], Place("dev", ACCOUNT, "aws", HERE), Shared())
    draft = normaliser.draft(item)

    assert draft is not None
    edges = [edge for edge, is_conjecture in normaliser.edges(draft) if not is_conjecture]
    return Gathered(resources=[normaliser.resource(draft, Tags.known({}))], edges=edges)


def test_s21_a_replica_key_belongs_to_its_primary_and_goes_before_it() -> None:
    """S21: a KMS replica key is owned by the primary key, which AWS deletes only after its replicas."""
    primary, replica = f"arn:aws:kms:{HERE}:{ACCOUNT}:key/mrk-1", f"arn:aws:kms:{THERE}:{ACCOUNT}:key/mrk-1"
    regions = {"MultiRegionKeyType": "REPLICA", "PrimaryKey": {"Arn": primary, "Region": HERE}}
    item = {"KeyId": "mrk-1", "Arn": replica, "MultiRegionConfiguration": regions}

    assert {
        Edge(primary, EdgeMeaning.OWNS, replica),
        Edge(replica, EdgeMeaning.NEEDS, primary),
    } == edges_of("aws_kms_key", item, THERE)
    item = {"KeyId": "mrk-1", "Arn": primary, "MultiRegionConfiguration": {**regions, "MultiRegionKeyType": "PRIMARY"}}
    assert set() == edges_of("aws_kms_key", item)


def test_s21_a_replicated_secret_is_managed_by_its_primary() -> None:
    """S21: a replica of a secret is made and removed by its primary; the primary by nobody."""
    primary = f"arn:aws:secretsmanager:{HERE}:{ACCOUNT}:secret:login-AbCdEf"
    for region, manager in ((THERE, primary), (HERE, None)):
        item = {"ARN": primary.replace(HERE, region), "Name": "login", "PrimaryRegion": HERE}
        normaliser = Normaliser(KINDS["aws_secretsmanager_secret"], Place("dev", ACCOUNT, "aws", region), Shared())
        draft = normaliser.draft(item)

        assert draft is not None
        found = normaliser.resource(draft, Tags.known({})).manager
        assert manager == (found.reference if found else None)


def test_s21_replicas_of_a_global_table_use_one_another() -> None:
    """S21: a global table has no primary replica, so each is in use by the others."""
    item = {
        "TableName": "orders",
        "TableArn": f"arn:aws:dynamodb:{HERE}:{ACCOUNT}:table/orders",
        "value": "orders",
        "Replicas": [{"RegionName": HERE}, {"RegionName": THERE}],
    }
    other = f"arn:aws:dynamodb:{THERE}:{ACCOUNT}:table/orders"

    assert {Edge(item["TableArn"], EdgeMeaning.USES, other)} == edges_of("aws_dynamodb_table", item)


@pytest.mark.parametrize(
    ("kind", "item", "primary"),
    [
        (
            "aws_rds_instance",
            {
                "DBInstanceIdentifier": "copy",
                "DBInstanceArn": "arn:aws:rds:x:1:db:copy",
                "ReadReplicaSourceDBInstanceIdentifier": "orders",
            },
            "aws_rds_instance/orders",
        ),
        (
            "aws_rds_cluster",
            {
                "DBClusterIdentifier": "copy",
                "DBClusterArn": "arn:aws:rds:x:1:cluster:copy",
                "ReplicationSourceIdentifier": "arn:aws:rds:y:1:cluster:orders",
            },
            "arn:aws:rds:y:1:cluster:orders",
        ),
    ],
)
def test_s21_a_read_replica_belongs_to_its_source_and_goes_before_it(
    kind: str, item: dict[str, Any], primary: str
) -> None:
    """S21: a read replica would become a database of its own once its source is gone."""
    replica = str(item.get("DBInstanceArn") or item["DBClusterArn"])

    assert {
        Edge(primary, EdgeMeaning.OWNS, replica),
        Edge(replica, EdgeMeaning.NEEDS, primary),
    } <= edges_of(kind, item)


def test_s22_a_persistent_request_manages_the_instance_that_it_starts_again() -> None:
    """S22: terminating such an instance is no use, so it is reported with the request that restores it."""
    request = gathered(
        "aws_ec2_spot_request", {"SpotInstanceRequestId": "sir-1", "State": "active", "InstanceId": "i-1"}
    )
    instance = gathered("aws_ec2_instance", {"InstanceId": "i-1", "State": {"Name": "running"}})
    kinds = frozenset({"aws_ec2_instance", "aws_ec2_spot_request"})

    resources, _ = relate([Found(HERE, (request, instance), kinds)])

    manager = next(one.manager for one in resources if one.kind == "aws_ec2_instance")
    assert manager is not None
    assert ("aws_ec2_spot_request", "sir-1") == (manager.kind, manager.name)
