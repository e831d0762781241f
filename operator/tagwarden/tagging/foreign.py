"""Expiry keys of other tools, so that people can move over; each has the meaning in that tool's documentation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A key of another tool. A time without zone is UTC there; `never` is always valid.

    If the resource has the key `counts_from`, the tool counts a duration from the instant in that key instead of the
    creation; empty if the tool has no such key.
    """

    key: str
    tool: str
    takes_date: bool
    takes_duration: bool
    counts_from: str = ""


FOREIGN_KEYS: tuple[ForeignKey, ...] = (
    ForeignKey("janitor/expires", "kube-janitor", takes_date=True, takes_duration=False),
    ForeignKey("janitor/ttl", "kube-janitor", takes_date=False, takes_duration=True),
    ForeignKey("cleanup.kyverno.io/ttl", "Kyverno", takes_date=True, takes_duration=True),
    ForeignKey(
        "k8s-ttl-controller.twin.sh/ttl",
        "k8s-ttl-controller",
        takes_date=False,
        takes_duration=True,
        counts_from="k8s-ttl-controller.twin.sh/refreshed-at",
    ),
    ForeignKey("cloud-nuke-after", "cloud-nuke", takes_date=True, takes_duration=False),
    ForeignKey("resoto:expires", "Resoto", takes_date=True, takes_duration=False),
    ForeignKey("resoto:expiration", "Resoto", takes_date=False, takes_duration=True),
    ForeignKey("fix:expires", "Fix", takes_date=True, takes_duration=False),
)
