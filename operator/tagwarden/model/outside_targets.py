"""Targets outside a cluster that a cluster object changes, by globally unique names (S22)."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

ACTS_ELSEWHERE = "acts_elsewhere"
"""The attribute with the controller that acts outside the cluster when the object is deleted."""
ACTS_ON = "acts_on"
"""The attribute with the target; absent if the object does not name one."""
RELEASED_FROM = "released_from"
"""The attribute with the protection that does not hold under the policy at hand."""

_LOCAL = re.compile(r"(?:.+\.)?(?:svc|local|localhost|internal|cluster)")
"""Host names that mean different hosts in different networks."""


def aws_account(id_: str) -> str:
    """Name an AWS account by its twelve digits or an ARN that contains these; empty without either."""
    found = re.search(r"(?<![0-9])[0-9]{12}(?![0-9])", id_)
    return f"AWS account {found.group()}" if found else ""


def gcp_project(id_: str) -> str:
    """Name a Google Cloud project by its id, or by `projects/<id>`."""
    return f"Google Cloud project {id_.removeprefix('projects/')}"


def cluster(server: str) -> str:
    """Name a cluster by the URL of its API server; empty if the host name is valid only in a local network."""
    try:
        url = urlsplit(server if "://" in server else f"https://{server}")
        host, port = url.hostname or "", url.port or 443
    except ValueError:
        return ""
    return f"cluster {host}:{port}" if url.scheme == "https" and _is_one_everywhere(host) else ""


def _is_one_everywhere(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not _LOCAL.fullmatch(host)
