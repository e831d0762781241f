"""The rows of AWS kinds, in modules by topic."""

from tagwarden.providers.aws.row import Kind
from tagwarden.providers.aws.rows import (
    analytics,
    auditing,
    backups,
    balancing,
    compute,
    containers,
    database_parts,
    databases,
    delivery,
    directories,
    distribution,
    dns,
    events,
    functions,
    gateways,
    identity,
    launching,
    management,
    messaging,
    network,
    shares,
    storage,
    tasks,
    waf,
)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for rows in (
        compute.ROWS,
        network.ROWS,
        balancing.ROWS,
        storage.ROWS,
        databases.ROWS,
        backups.ROWS,
        containers.ROWS,
        functions.ROWS,
        messaging.ROWS,
        management.ROWS,
        identity.ROWS,
        dns.ROWS,
        gateways.ROWS,
        database_parts.ROWS,
        tasks.ROWS,
        analytics.ROWS,
        events.ROWS,
        delivery.ROWS,
        waf.ROWS,
        directories.ROWS,
        launching.ROWS,
        auditing.ROWS,
        distribution.ROWS,
        shares.ROWS,
    )
    for kind in rows
}
"""Every row by the name of its kind."""
