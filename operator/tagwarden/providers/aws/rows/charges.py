"""Standing costs of AWS kinds, as far as certain from the responses.

Attributes and usage types are those of the offers of AWS's Price List. Omitted costs are unknown, never free: Aurora
and licensed engines, dedicated hosts, Spot, and all usage charges.
"""

from tagwarden.model.billing import Unit
from tagwarden.providers.aws.row import Billed, Fact, Products

_IN_REGION = {"locationType": "AWS Region"}

INSTANCE = (
    Billed(
        Unit.HOUR,
        Products("AmazonEC2", {"productFamily": "Compute Instance", "capacitystatus": "Used", **_IN_REGION}),
        (
            # Only running instances are charged; the volumes of stopped instances are separate rows.
            Fact("State.Name", words={"pending": "", "running": "", "stopping": None, "stopped": None}),
            Fact("InstanceLifecycle", words={"": ""}),
            Fact("InstanceType", "instanceType"),
            # Operating system with licenses: RunInstances is Linux, RunInstances:0002 Windows and so on.
            Fact("UsageOperation", "operation"),
            Fact("Placement.Tenancy", "tenancy", {"default": "Shared", "dedicated": "Dedicated"}),
        ),
    ),
)

_NO_IOPS = {"gp2": None, "st1": None, "sc1": None, "standard": None}
_IOPS = Products("AmazonEC2", {"productFamily": "System Operation", **_IN_REGION})

VOLUME = (
    Billed(
        Unit.GIB_MONTH,
        Products("AmazonEC2", {"productFamily": "Storage", **_IN_REGION}),
        (Fact("VolumeType", "volumeApiName"),),
        quantity="Size",
    ),
    Billed(
        Unit.IOPS_MONTH,
        _IOPS,
        (Fact("VolumeType", "usagetype", {**_NO_IOPS, "io1": None, "io2": None, "gp3": "EBS:VolumeP-IOPS.gp3"}),),
        quantity="Iops",
        included=3000,
    ),
    Billed(
        Unit.IOPS_MONTH,
        _IOPS,
        # IOPS of io2 have tiered prices, which are other items: unknown.
        (Fact("VolumeType", "usagetype", {**_NO_IOPS, "gp3": None, "io1": "EBS:VolumeP-IOPS.piops"}),),
        quantity="Iops",
    ),
    Billed(
        Unit.MIBPS_MONTH,
        Products("AmazonEC2", {"productFamily": "Provisioned Throughput", **_IN_REGION}),
        (
            Fact(
                "VolumeType",
                "usagetype",
                {**_NO_IOPS, "io1": None, "io2": None, "gp3": "EBS:VolumeP-Throughput.gp3"},
            ),
        ),
        quantity="Throughput",
        included=125,
    ),
)

ELASTIC_IP = (
    Billed(
        Unit.HOUR,
        Products("AmazonVPC", {"usagetype": ("PublicIPv4:IdleAddress", "PublicIPv4:InUseAddress")}),
        (
            Fact("PublicIpv4Pool", words={"": "", "amazon": ""}),  # customers bring addresses of other pools
            Fact("AssociationId", "usagetype", {"": "PublicIPv4:IdleAddress", "*": "PublicIPv4:InUseAddress"}),
        ),
    ),
)

NAT_GATEWAY = (
    Billed(
        Unit.HOUR,
        Products("AmazonEC2", {"productFamily": "NAT Gateway", "usagetype": "NatGateway-Hours"}),
        # A regional gateway is charged per zone in use, a number that changes automatically.
        (Fact("AvailabilityMode", words={"": "", "zonal": ""}),),
        named="NatGateway-Hours",
    ),
)

VPC_ENDPOINT = (
    Billed(
        Unit.HOUR,
        Products("AmazonVPC", {"productFamily": "VpcEndpoint"}),
        (
            Fact(
                "VpcEndpointType",
                "usagetype",
                {"Gateway": None, "Interface": "VpcEndpoint-Hours", "GatewayLoadBalancer": "VpcEndpoint-GWLBE-Hours"},
            ),
        ),
        quantity="SubnetIds",  # one network interface per subnet
    ),
)

CLASSIC_LOAD_BALANCER = (
    Billed(
        Unit.HOUR,
        Products("AWSELB", {"productFamily": "Load Balancer", "usagetype": "LoadBalancerUsage", **_IN_REGION}),
        named="Load Balancer",
    ),
)

LOAD_BALANCER = (
    Billed(
        Unit.HOUR,
        Products("AWSELB", {"usagetype": "LoadBalancerUsage", **_IN_REGION}),
        (
            Fact("State.Code", words={"failed": None, "*": ""}),
            Fact(
                "Type",
                "productFamily",
                {"application": "Load Balancer-Application", "network": "Load Balancer-Network"},
            ),
        ),
    ),
)

EKS_CLUSTER = (
    Billed(
        Unit.HOUR,
        Products("AmazonEKS", {"usagetype": "AmazonEKS-Hours:perCluster"}),
        (Fact("status", words={"FAILED": None, "*": ""}),),
        named="AmazonEKS-Hours:perCluster",
    ),
)

# Engines without a licence in the price; for others, and for Aurora's storage, the responses say too little.
_ENGINES = {"postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB"}
_KNOWN_ENGINE = Fact("Engine", words=dict.fromkeys(_ENGINES, ""))
_NO_CLUSTER = Fact("DBClusterIdentifier", words={"": ""})
_ONE_ZONE = Fact("MultiAZ", words={"False": "", "True": None})
_TWO_ZONES = Fact("MultiAZ", words={"True": "", "False": None})
_STORED = Products(
    "AmazonRDS", {"productFamily": "Database Storage", "databaseEngine": ("Any", *_ENGINES.values()), **_IN_REGION}
)
_DATABASE_IOPS = Products(
    "AmazonRDS", {"productFamily": "Provisioned IOPS", "databaseEngine": ("Any", *_ENGINES.values()), **_IN_REGION}
)
_NO_DATABASE_IOPS = {"gp2": None, "standard": None, "gp3": None}

RDS_INSTANCE = (
    Billed(
        Unit.HOUR,
        Products("AmazonRDS", {"productFamily": "Database Instance", **_IN_REGION}),
        (
            _NO_CLUSTER,
            _KNOWN_ENGINE,
            Fact("DBInstanceStatus", words={"stopped": None, "*": ""}),
            Fact("DBInstanceClass", "instanceType"),
            Fact("Engine", "databaseEngine", _ENGINES),
            Fact("MultiAZ", "deploymentOption", {"False": "Single-AZ", "True": "Multi-AZ"}),
        ),
    ),
    *(
        Billed(
            Unit.GIB_MONTH,
            _STORED,
            (
                zones,
                Fact(
                    "StorageType",
                    "usagetype",
                    {
                        "gp2": f"RDS:{prefix}GP2-Storage",
                        "gp3": f"RDS:{prefix}GP3-Storage",
                        "io1": f"RDS:{prefix}PIOPS-Storage",
                        "standard": f"RDS:{prefix}StorageUsage",
                    },
                ),
            ),
            quantity="AllocatedStorage",
        )
        for zones, prefix in ((_ONE_ZONE, ""), (_TWO_ZONES, "Multi-AZ-"))
    ),
    *(
        Billed(
            Unit.IOPS_MONTH,
            _DATABASE_IOPS,
            (zones, Fact("StorageType", "usagetype", {**_NO_DATABASE_IOPS, "io1": f"RDS:{prefix}PIOPS"})),
            quantity="Iops",
        )
        for zones, prefix in ((_ONE_ZONE, ""), (_TWO_ZONES, "Multi-AZ-"))
    ),
    Billed(
        Unit.IOPS_MONTH,
        _DATABASE_IOPS,
        # Only storage beyond the included size is charged; the size and the engine decide in between.
        (
            Fact("StorageType", words={"gp3": "", "*": None}),
            Fact("Iops", words={"": None, "0": None, "3000": None, "12000": None}),
        ),
    ),
)

CACHE_CLUSTER = (
    Billed(
        Unit.HOUR,
        Products("AmazonElastiCache", {"productFamily": "Cache Instance", **_IN_REGION}),
        (
            Fact("CacheNodeType", "instanceType"),
            Fact("Engine", "cacheEngine", {"redis": "Redis", "memcached": "Memcached", "valkey": "Valkey"}),
        ),
        quantity="NumCacheNodes",
    ),
)

REDSHIFT_CLUSTER = (
    Billed(
        Unit.HOUR,
        Products("AmazonRedshift", {"productFamily": "Compute Instance", **_IN_REGION}),
        (
            Fact("ClusterStatus", words={"paused": None, "*": ""}),
            Fact("NodeType", "instanceType"),
        ),
        quantity="NumberOfNodes",
    ),
)

TRANSIT_GATEWAY_ATTACHMENT = (
    Billed(
        Unit.HOUR,
        Products("AmazonVPC", {"usagetype": "TransitGateway-Hours", "operation": "TransitGatewayVPC"}),
        (Fact("State", words={"available": "", "modifying": "", "pending": "", "pendingAcceptance": None}),),
        named="TransitGateway-Hours",
    ),
)

VPN_CONNECTION = (
    Billed(
        Unit.HOUR,
        Products("AmazonVPC", {"usagetype": "VPN-Usage-Hours:ipsec.1"}),
        (Fact("State", words={"available": "", "pending": ""}), Fact("Type", words={"ipsec.1": ""})),
        named="VPN-Usage-Hours:ipsec.1",
    ),
)

STREAM = (
    Billed(
        Unit.HOUR,
        Products("AmazonKinesis", {"usagetype": "Storage-ShardHour"}),
        (Fact("StreamModeDetails.StreamMode", words={"PROVISIONED": "", "ON_DEMAND": None}),),
        quantity="OpenShardCount",
        named="Storage-ShardHour",
    ),
    Billed(
        Unit.HOUR,
        Products("AmazonKinesis", {"usagetype": "OnDemand-StreamHour"}),
        (Fact("StreamModeDetails.StreamMode", words={"PROVISIONED": None, "ON_DEMAND": ""}),),
        named="OnDemand-StreamHour",
    ),
)

KEY = (
    Billed(
        Unit.MONTH,
        Products("awskms", {"usagetype": "KMS-Keys"}),
        # Keys managed by AWS are free; keys with a scheduled deletion are not charged.
        (Fact("KeyManager", words={"AWS": None, "CUSTOMER": ""}),),
        named="KMS-Keys",
    ),
)

SECRET = (
    Billed(
        Unit.MONTH,
        Products("AWSSecretsManager", {"usagetype": "AWSSecretsManager-Secrets"}),
        named="AWSSecretsManager-Secrets",
    ),
)
