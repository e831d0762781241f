"""Joins resources across providers; each vendor's kinds and keys are rows of `vendor_rows`."""

from tagwarden.providers.linking.cluster_services import uses_of_clusters
from tagwarden.providers.linking.worlds import world_of

__all__ = ["uses_of_clusters", "world_of"]
