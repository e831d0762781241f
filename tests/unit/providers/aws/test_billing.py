import pytest

from tagwarden.model.billing import Charge, Unit
from tagwarden.providers.aws.billing import Biller
from tagwarden.providers.aws.row import Billed, Fact, Products
from tagwarden.providers.aws.rows import KINDS

INSTANCE = {
    "InstanceType": "m5.large",
    "UsageOperation": "RunInstances",
    "Placement": {"Tenancy": "default"},
    "State": {"Name": "running"},
}
DATABASE = {
    "Engine": "postgres",
    "DBInstanceClass": "db.t3.micro",
    "DBInstanceStatus": "available",
    "MultiAZ": False,
    "StorageType": "gp2",
    "AllocatedStorage": 20,
}


def billing_of(kind: str, item: dict[str, object]) -> object:
    return Biller(KINDS[kind].billing).billing_of(item)


def test_a_running_instance_is_billed_by_the_hour() -> None:
    """By its type, what runs on it and on whose hardware."""
    assert (Charge("m5.large RunInstances Shared", Unit.HOUR, 1),) == billing_of("aws_ec2_instance", INSTANCE)


@pytest.mark.parametrize("state", ["stopped", "stopping"])
def test_a_stopped_instance_costs_nothing(state: str) -> None:
    """Its volumes do, which are resources of their own."""
    assert () == billing_of("aws_ec2_instance", {**INSTANCE, "State": {"Name": state}})


@pytest.mark.parametrize(
    "change",
    [
        {"InstanceLifecycle": "spot"},
        {"Placement": {"Tenancy": "host"}},
        {"Placement": {}},
        {"UsageOperation": None},
        {"InstanceType": None},
        {"State": {"Name": "a state of next year"}},
        {"State": None},
    ],
)
def test_what_is_not_told_without_doubt_is_unknown(change: dict[str, object]) -> None:
    """Unknown is not nothing: what is missing is never taken for the usual."""
    assert billing_of("aws_ec2_instance", {**INSTANCE, **change}) is None


@pytest.mark.parametrize(
    ("volume", "charges"),
    [
        ({"VolumeType": "gp2", "Size": 100, "Iops": 300}, (("gp2", Unit.GIB_MONTH, 100),)),
        (
            {"VolumeType": "gp3", "Size": 8, "Iops": 3000, "Throughput": 125},
            (("gp3", Unit.GIB_MONTH, 8),),
        ),
        (
            {"VolumeType": "gp3", "Size": 500, "Iops": 4000, "Throughput": 250},
            (
                ("gp3", Unit.GIB_MONTH, 500),
                ("EBS:VolumeP-IOPS.gp3", Unit.IOPS_MONTH, 1000),
                ("EBS:VolumeP-Throughput.gp3", Unit.MIBPS_MONTH, 125),
            ),
        ),
        (
            {"VolumeType": "io1", "Size": 10, "Iops": 500},
            (("io1", Unit.GIB_MONTH, 10), ("EBS:VolumeP-IOPS.piops", Unit.IOPS_MONTH, 500)),
        ),
        ({"VolumeType": "io2", "Size": 10, "Iops": 500}, None),
        ({"VolumeType": "gp2"}, None),
    ],
)
def test_a_volume_is_billed_for_its_size_and_what_it_is_given_besides(
    volume: dict[str, object], charges: object
) -> None:
    """What its type includes is free, and a size that is not told leaves the cost open."""
    assert charges == billing_of("aws_ec2_volume", volume)


def test_a_database_is_billed_for_its_class_and_its_storage() -> None:
    """Two zones are other items than one."""
    one = billing_of("aws_rds_instance", DATABASE)
    two = billing_of("aws_rds_instance", {**DATABASE, "MultiAZ": True, "StorageType": "io1", "Iops": 1000})

    assert (
        Charge("db.t3.micro PostgreSQL Single-AZ", Unit.HOUR, 1),
        Charge("RDS:GP2-Storage", Unit.GIB_MONTH, 20),
    ) == one
    assert (
        Charge("db.t3.micro PostgreSQL Multi-AZ", Unit.HOUR, 1),
        Charge("RDS:Multi-AZ-PIOPS-Storage", Unit.GIB_MONTH, 20),
        Charge("RDS:Multi-AZ-PIOPS", Unit.IOPS_MONTH, 1000),
    ) == two


def test_a_stopped_database_still_pays_for_its_storage() -> None:
    """Only its hours are not charged."""
    stopped = billing_of("aws_rds_instance", {**DATABASE, "DBInstanceStatus": "stopped"})

    assert (Charge("RDS:GP2-Storage", Unit.GIB_MONTH, 20),) == stopped


@pytest.mark.parametrize(
    "change",
    [{"Engine": "aurora-postgresql"}, {"Engine": "oracle-ee"}, {"DBClusterIdentifier": "main"}, {"StorageType": "io3"}],
)
def test_databases_with_licences_and_shared_storage_are_unknown(change: dict[str, object]) -> None:
    """Their answers do not say all that the price depends on."""
    assert billing_of("aws_rds_instance", {**DATABASE, **change}) is None


def test_an_address_is_billed_whether_it_is_used_or_not() -> None:
    """Each is an item of its own; addresses that people brought along are unknown."""
    idle, used = {"PublicIpv4Pool": "amazon"}, {"AssociationId": "eipassoc-1"}

    assert (Charge("PublicIPv4:IdleAddress", Unit.HOUR, 1),) == billing_of("aws_ec2_elastic_ip", idle)
    assert (Charge("PublicIPv4:InUseAddress", Unit.HOUR, 1),) == billing_of("aws_ec2_elastic_ip", used)
    assert billing_of("aws_ec2_elastic_ip", {"PublicIpv4Pool": "ipv4pool-ec2-1"}) is None


def test_an_endpoint_is_billed_for_each_of_its_interfaces() -> None:
    """Those of gateways are free."""
    interface = {"VpcEndpointType": "Interface", "SubnetIds": ["subnet-1", "subnet-2"]}

    assert (Charge("VpcEndpoint-Hours", Unit.HOUR, 2),) == billing_of("aws_ec2_vpc_endpoint", interface)
    assert () == billing_of("aws_ec2_vpc_endpoint", {"VpcEndpointType": "Gateway"})


@pytest.mark.parametrize(
    ("kind", "item", "told"),
    [
        ("aws_ec2_nat_gateway", {}, "NatGateway-Hours"),
        ("aws_elb_load_balancer", {}, "Load Balancer"),
        ("aws_elbv2_load_balancer", {"Type": "network", "State": {"Code": "active"}}, "Load Balancer-Network"),
        ("aws_eks_cluster", {"status": "ACTIVE"}, "AmazonEKS-Hours:perCluster"),
        ("aws_ec2_transit_gateway_vpc_attachment", {"State": "available"}, "TransitGateway-Hours"),
        ("aws_ec2_vpn_connection", {"State": "available", "Type": "ipsec.1"}, "VPN-Usage-Hours:ipsec.1"),
        ("aws_kinesis_stream", {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, "OnDemand-StreamHour"),
    ],
)
def test_other_things_are_billed_by_the_hour(kind: str, item: dict[str, object], told: str) -> None:
    """One of each, as long as it is there."""
    assert (Charge(told, Unit.HOUR, 1),) == billing_of(kind, item)


def test_nodes_are_counted() -> None:
    """A cluster of three costs three times one."""
    redshift = {"NodeType": "dc2.large", "NumberOfNodes": 3, "ClusterStatus": "available"}
    cache = {"CacheNodeType": "cache.t3.micro", "Engine": "redis", "NumCacheNodes": 2}

    assert (Charge("dc2.large", Unit.HOUR, 3),) == billing_of("aws_redshift_cluster", redshift)
    assert (Charge("cache.t3.micro Redis", Unit.HOUR, 2),) == billing_of("aws_elasticache_cluster", cache)
    assert () == billing_of("aws_redshift_cluster", {**redshift, "ClusterStatus": "paused"})
    stream = {"StreamModeDetails": {"StreamMode": "PROVISIONED"}, "OpenShardCount": 4}
    assert (Charge("Storage-ShardHour", Unit.HOUR, 4),) == billing_of("aws_kinesis_stream", stream)


def test_keys_and_secrets_are_billed_by_the_month() -> None:
    """Those that AWS looks after are free."""
    assert (Charge("KMS-Keys", Unit.MONTH, 1),) == billing_of("aws_kms_key", {"KeyManager": "CUSTOMER"})
    assert () == billing_of("aws_kms_key", {"KeyManager": "AWS"})
    assert (Charge("AWSSecretsManager-Secrets", Unit.MONTH, 1),) == billing_of("aws_secretsmanager_secret", {})


def test_free_and_unknown_differ() -> None:
    """A network costs nothing by itself, a bucket what is in it."""
    assert () == billing_of("aws_ec2_vpc", {})
    assert billing_of("aws_s3_bucket", {}) is None


def test_what_is_billed_alike_is_kept_once() -> None:
    """A hundred thousand instances of one type share one value."""
    biller = Biller(KINDS["aws_ec2_instance"].billing)

    assert biller.billing_of(INSTANCE) is biller.billing_of(dict(INSTANCE))


def test_a_quantity_that_is_no_number_is_unknown() -> None:
    """Whatever a service answers one day, nothing is made up."""
    rule = Billed(Unit.GIB_MONTH, Products("AmazonEC2"), (Fact("Type", "volumeApiName"),), quantity="Size")

    assert Biller((rule,)).billing_of({"Type": "gp3", "Size": "much"}) is None
    assert Biller((rule,)).billing_of({"Type": "gp3", "Size": {}}) is None
