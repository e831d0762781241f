"""The kinds of AWS: one row each, in modules by what people come to look for."""

from tagwarden.providers.aws.catalogue import compute, functions, messaging, network, storage
from tagwarden.providers.aws.row import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for rows in (
        compute.ROWS,
        network.ROWS,
        storage.ROWS,
        messaging.ROWS,
        functions.ROWS,
    )
    for kind in rows
}
"""Every row by the name of its kind."""
