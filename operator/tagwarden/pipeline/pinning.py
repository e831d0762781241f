"""Whether a cluster is the one that an account is pinned to (S22).

A kubeconfig names no cluster that a declaration could be checked against, so the first cluster seen is the right one
until a person accepts another.
"""

from datetime import datetime

from tagwarden.enforcing import Identities
from tagwarden.errors import IdentityChanged
from tagwarden.judging.identities import Pin
from tagwarden.model.policy import ACCEPTED_IDENTITY


def recognise(account: str, identity: str, pin: Pin, memory: Identities, now: datetime) -> None:
    """Pin an account that was never seen; raise IdentityChanged where it leads elsewhere and nobody accepted that.

    What the status of the account says comes first: the database may be another one than last time.
    """
    if identity == pin.seen:
        return
    if identity == pin.accepted:
        memory.replace(account, identity, now)
        return
    expected = pin.seen or memory.pin(account, identity, now)
    if identity != expected:
        raise IdentityChanged(
            f"account {account} led to {expected} and now leads to {identity}, so nothing of it is read or changed;"
            f" correct its credentials, or accept the other one: annotate the CloudAccount with"
            f" {ACCEPTED_IDENTITY}: {identity}, or run tagwarden collect --accept-identity {account}={identity}"
        )
