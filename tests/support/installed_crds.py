"""Installs our CRDs as a person would, and returns when the API server serves them."""

from pathlib import Path

from tests.support.cluster import Cluster, KubectlError
from tests.support.processes import wait_until

CRDS = Path(__file__).parents[2] / "crds"
RESOURCES = ("cleanuppolicies.tagwarden.io", "cloudaccounts.tagwarden.io")


def install_crds(cluster: Cluster) -> None:
    """Apply `crds/`; doing so again changes nothing."""
    cluster.kubectl("apply", "--server-side", "-f", str(CRDS))
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", str(CRDS))
    wait_until(lambda: all(_is_served(cluster, resource) for resource in RESOURCES), what="the CRDs are served")


def _is_served(cluster: Cluster, resource: str) -> bool:
    try:
        cluster.kubectl("get", resource)
    except KubectlError:
        return False
    return True
