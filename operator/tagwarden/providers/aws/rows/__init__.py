"""The kinds of AWS: one row each, in modules by what people come to look for."""

from tagwarden.providers.aws.row import Kind
from tagwarden.providers.aws.rows import (
    backups,
    balancing,
    compute,
    containers,
    databases,
    functions,
    identity,
    management,
    messaging,
    names,
    network,
    storage,
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
        names.ROWS,
    )
    for kind in rows
}
"""Every row by the name of its kind."""
