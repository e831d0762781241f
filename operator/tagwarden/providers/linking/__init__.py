"""Joins resources across providers; each vendor's kinds and keys are rows of `vendor_rows`."""

from tagwarden.providers.linking.cluster_services import uses_of_clusters
from tagwarden.providers.linking.numbered_projects import ids_by_number, with_ids
from tagwarden.providers.linking.worlds import world_of

__all__ = ["ids_by_number", "uses_of_clusters", "with_ids", "world_of"]
