"""Every vendor by name, imported on first use: a new provider is a row here.

No other module outside a provider's package imports the provider.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from tagwarden.errors import Unsupported
from tagwarden.model.resource import ProviderName
from tagwarden.providers.base import Catalogue


def _aws() -> Catalogue:
    from tagwarden.providers.aws.registration import AwsCatalogue  # noqa: PLC0415

    return AwsCatalogue()


def _gcp() -> Catalogue:
    from tagwarden.providers.gcp.registration import GcpCatalogue  # noqa: PLC0415

    return GcpCatalogue()


def _kubernetes() -> Catalogue:
    from tagwarden.providers.kubernetes.registration import KubernetesCatalogue  # noqa: PLC0415

    return KubernetesCatalogue()


_CATALOGUES: Mapping[ProviderName, Callable[[], Catalogue] | None] = {
    ProviderName.AWS: _aws,
    ProviderName.GCP: _gcp,
    ProviderName.KUBERNETES: _kubernetes,
}
"""None for providers of the API that this version lacks."""

AVAILABLE: tuple[ProviderName, ...] = tuple(name for name, load in _CATALOGUES.items() if load is not None)
"""The providers of this version."""


@cache
def catalogue_of(provider: ProviderName) -> Catalogue:
    """Give the catalogue of a provider; raise Unsupported if this version lacks the provider."""
    load = _CATALOGUES[provider]
    if load is None:
        raise Unsupported(describe_missing(provider))
    return load()


def catalogues() -> Iterator[Catalogue]:
    """Give the catalogue of each provider of this version."""
    return map(catalogue_of, AVAILABLE)


def describe_missing(provider: ProviderName) -> str:
    """Explain that this version lacks a provider, and how to continue without it."""
    return f"this version has no provider for {provider}; remove the account"
