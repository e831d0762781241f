"""The foundations of an account: resources of vendors, landing zones and tools that are never leftovers (S20).

The names and addresses were looked up in stored copies of the vendors' documentation and repositories on 2026-11-30.
"""

from tagwarden.providers.aws.rows import landing_zones, service_parts, standing_buckets, standing_roles

FOUNDATIONS = (*landing_zones.ROWS, *standing_buckets.ROWS, *standing_roles.ROWS, *service_parts.ROWS)
"""Each row applies regardless of policies.

Parts that a service creates for one of its resources, such as the launch templates of a Batch environment, have no row:
that resource is their manager.
"""
