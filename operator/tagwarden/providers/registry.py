"""Every vendor by name, imported on first use: a new provider is a row here.

No other module outside a provider's package imports the provider.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

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


_CATALOGUES: Mapping[ProviderName, Callable[[], Catalogue]] = {
    ProviderName.AWS: _aws,
    ProviderName.GCP: _gcp,
    ProviderName.KUBERNETES: _kubernetes,
}


@cache
def catalogue_of(provider: ProviderName) -> Catalogue:
    """Give the catalogue of a provider."""
    return _CATALOGUES[provider]()


def catalogues() -> Iterator[Catalogue]:
    """Give the catalogue of each provider."""
    return map(catalogue_of, _CATALOGUES)
