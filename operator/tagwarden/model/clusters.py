"""Which cluster of a cloud a declared Kubernetes account is: whatever lives in the one breaks with the other (S18)."""

from collections.abc import Mapping
from dataclasses import dataclass

ISSUER = "issuer"
"""The attribute of a cloud's cluster with the issuer of its service accounts' tokens."""

ClusterName = tuple[str, str, str]
"""A cluster by cloud account, region and name."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """`homes` are the clusters of clouds, by uid, that each Kubernetes account is, by its name.

    More than one only where the nodes contradict one another. `doubts` are the Kubernetes accounts that each cluster
    of a cloud may be, by its uid, for all that anybody knows. `accounts` are those that each of these clusters surely
    is.
    """

    homes: Mapping[str, frozenset[str]]
    doubts: Mapping[str, tuple[str, ...]]
    accounts: Mapping[ClusterName, frozenset[str]]


NO_CLUSTERS = Clusters({}, {}, {})
