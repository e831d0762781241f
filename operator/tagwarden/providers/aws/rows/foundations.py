"""The foundations of an account: resources of vendors, landing zones and tools that are nobody's leftovers (S20).

The names and addresses were looked up in stored copies of the vendors' documentation and repositories on 2026-11-30.
"""

from tagwarden.providers.aws.rows import landing_zones, service_parts, standing_buckets, standing_roles

FOUNDATIONS = (*landing_zones.ROWS, *standing_buckets.ROWS, *standing_roles.ROWS, *service_parts.ROWS)
"""Each row holds whatever a policy says.

The parts that a service makes for one resource of its own, such as the launch templates of a Batch environment, are no
rows: they have that resource as their manager.
"""
