"""Whether a cluster is the pinned cluster of an account (S22).

A kubeconfig does not identify a cluster, so the first cluster seen is pinned until a person accepts another cluster.
"""

from datetime import datetime

from tagwarden.errors import IdentityChanged
from tagwarden.judging.account_identities import Pin
from tagwarden.model.policy import ACCEPTED_IDENTITY
from tagwarden.state import Identities


def recognise(account: str, identity: str, pin: Pin, memory: Identities, now: datetime) -> None:
    """Pin a new account; raise IdentityChanged for another cluster that no person accepted.

    The status of the account comes first: the database may have been replaced.
    """
    if identity == pin.seen:
        return
    if identity == pin.accepted:
        memory.replace(account, identity, now)
        return
    expected = pin.seen or memory.pin(account, identity, now)
    if identity != expected:
        raise IdentityChanged(
            f"account {account} is pinned to cluster {expected}, but its credentials connect to {identity},"
            " so it is neither read nor changed;"
            " correct its credentials, or accept the new cluster: annotate the CloudAccount with"
            f" {ACCEPTED_IDENTITY}: {identity}, or run tagwarden collect --accept-identity {account}={identity}"
        )
