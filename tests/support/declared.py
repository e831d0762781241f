"""Writes policies and accounts as a person would, for tests that apply them."""

import random
import secrets
from collections.abc import Mapping
from typing import Any

import yaml
from kubernetes.client import CoreV1Api

from tests.support.cluster import Cluster
from tests.support.fake_aws import DEFAULT_REGION, FakeAWS, Login


def manifest(kind: str, name: str, spec: Mapping[str, Any], **metadata: Any) -> str:
    """Give the YAML of a policy or an account."""
    return yaml.safe_dump(
        {
            "apiVersion": "tagwarden.io/v1alpha1",
            "kind": kind,
            "metadata": {"name": name, **metadata},
            "spec": dict(spec),
        }
    )


def new_login(aws: FakeAWS) -> Login:
    """Give credentials of an account that no other test uses."""
    return aws.login(f"{random.randrange(2 * 10**11, 9 * 10**11)}")


def declare_account(
    cluster: Cluster, aws: FakeAWS, name: str, login: Login, *, namespace: str = "default", **block: Any
) -> None:
    """Apply an account of the simulated AWS, with the Secret it logs in with; `block` are fields of `spec.aws`."""
    spec = aws_account(aws, name, login)
    cluster.apply(credentials(name, login, namespace))
    cluster.apply(manifest("CloudAccount", name, {**spec, "aws": {**spec["aws"], **block}}))


def credentials(name: str, login: Login, namespace: str = "default") -> str:
    """Give the YAML of the Secret of an account."""
    data = {"aws_access_key_id": login.access_key_id, "aws_secret_access_key": login.secret_access_key}
    if login.session_token:
        data["aws_session_token"] = login.session_token
    metadata = {"name": name, "namespace": namespace}
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data})


def aws_account(aws: FakeAWS, name: str, login: Login) -> dict[str, Any]:
    """Give the spec of an account of the simulated AWS: test, one region."""
    return {
        "provider": "AWS",
        "environment": "test",
        "aws": {
            "accountID": login.account_id,
            "regions": [DEFAULT_REGION],
            "endpointURL": aws.endpoint,
            "credentialsSecret": {"name": name},
        },
    }


def deleting_policy(account: str, **more: Any) -> dict[str, Any]:
    """Give the spec of a policy for the volumes and ConfigMaps of one account that acts as soon as it may."""
    return {
        "mode": "Enforce",
        "schedule": "@every 24h",
        "scope": {"accounts": {"names": [account]}, "kinds": ["aws_ec2_volume", "k8s_configmap"]},
        "lifetime": {"max": "7d"},
        "rules": {"untagged": "Delete", "expired": "Delete", "irreplaceable": {"kinds": ["volume"]}},
        "grace": {"untagged": "0s"},
        "observations": 1,
        "limits": {"deletionsPercent": 100},
        **more,
    }


def declare_cluster(cluster: Cluster, name: str) -> None:
    """Apply an account that is the cluster itself, a test cluster, with the operator's own login."""
    cluster.apply(manifest("CloudAccount", name, {"provider": "Kubernetes", "environment": "test", "kubernetes": {}}))


def make_config_maps(cluster: Cluster, *tags: Mapping[str, str]) -> list[str]:
    """Make a ConfigMap with each set of annotations, and give their names."""
    names = [f"tagged-{secrets.token_hex(4)}" for _ in tags]
    cluster.apply(
        yaml.safe_dump_all(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": name, "namespace": "default", "annotations": dict(each)},
            }
            for name, each in zip(names, tags, strict=True)
        )
    )
    return names


def config_maps_of(cluster: Cluster) -> set[str]:
    """Give the names of those that `make_config_maps` made and that are there still."""
    found: Any = CoreV1Api(cluster.client).list_namespaced_config_map("default").items
    return {name for one in found if (name := one.metadata.name).startswith("tagged-")}


def make_volumes(aws: FakeAWS, login: Login, *tags: Mapping[str, str]) -> list[str]:
    """Make a volume for each set of tags, and give their ids."""
    ec2 = aws.client("ec2", login=login)
    return [
        ec2.create_volume(
            AvailabilityZone=f"{DEFAULT_REGION}a",
            Size=1,
            TagSpecifications=[
                {
                    "ResourceType": "volume",
                    "Tags": [{"Key": key, "Value": value} for key, value in {**each, "Name": f"volume-{n}"}.items()],
                }
            ],
        )["VolumeId"]
        for n, each in enumerate(tags)
    ]


def volumes_of(aws: FakeAWS, login: Login) -> dict[str, dict[str, str]]:
    """Give the tags of every volume, by its id."""
    found = aws.client("ec2", login=login).describe_volumes()["Volumes"]
    return {
        volume["VolumeId"]: {tag["Key"]: tag["Value"] for tag in volume.get("Tags", ()) if tag["Key"] != "Name"}
        for volume in found
    }
