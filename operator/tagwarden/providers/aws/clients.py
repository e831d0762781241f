"""AWS clients: one per service and region, shared by threads, with self-refreshing credentials."""

import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError
from botocore.loaders import create_loader
from botocore.session import Session

from tagwarden import __version__
from tagwarden.model.account import AwsAccount
from tagwarden.providers.aws.answers import Answers
from tagwarden.providers.aws.requests import RequestCounter

CONNECTIONS = 32
"""Maximum concurrent requests to one service and region; every thread gets a connection."""
CONNECT_SECONDS = 5
READ_SECONDS = 60
ATTEMPTS = 5
"""Maximum attempts per call, with growing pauses and a rate that adapts to throttling."""
ROLE_SESSION = "tagwarden"

TOKENS = ("NextToken", "nextToken", "NextMarker", "Marker")
"""The page token members of operations without a paginator in botocore."""
_LIMITS = ("MaxResults", "maxResults", "Limit", "MaxItems")

_DEFAULT_REGION = "us-east-1"
_GLOBAL_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}


class Clients:
    """Makes and caches the clients of a declared account."""

    def __init__(self, spec: AwsAccount, credentials: Mapping[str, str] | None, environ: Mapping[str, str]) -> None:
        self._endpoint_url = spec.endpoint_url
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], BaseClient] = {}
        source = _new_session()
        named = credentials or {}
        if credentials is not None:
            _use(source, lambda: _static(named))
        self.home_region: str = (
            next(iter(spec.regions), "")
            or environ.get("AWS_REGION", "")
            or environ.get("AWS_DEFAULT_REGION", "")
            or source.get_config_variable("region")
            or _DEFAULT_REGION
        )
        self._session = source
        role_arn = spec.role_arn
        if role_arn:
            self._session = _new_session()
            _use(self._session, lambda: self._assumed(source, role_arn, spec.external_id))
        self._session.register_component("response_parser_factory", Answers())
        self.counter = RequestCounter(self._session)

    @property
    def global_region(self) -> str:
        """The region for global services of this partition."""
        return _GLOBAL_REGIONS.get(self._session.get_partition_for_region(self.home_region), self.home_region)

    def client(self, service: str, region: str) -> BaseClient:
        """Give the shared client of a service in a region, created on first use."""
        with self._lock:  # creating a client changes the session, which is not thread-safe
            found = self._clients.get((service, region))
            if found is None:
                found = self._clients[service, region] = self._new(self._session, service, region)
            return found

    def pagination(self, service: str, operation: str) -> Mapping[str, Any] | None:
        """Give the pagination of an operation, None without pagination."""
        with self._lock:
            return pagination_of(self._session, service, operation)

    def takes_text(self, service: str, region: str, operation: str, argument: str) -> bool:
        """Whether an argument of an operation is a text, such as the limits of a few services."""
        shape = self.client(service, region).meta.service_model.operation_model(operation).input_shape
        return shape is not None and shape.members[argument].type_name == "string"

    def offers(self, service: str, region: str) -> bool:
        """Whether botocore's endpoint data has the service in that region."""
        partition = self._session.get_partition_for_region(region)
        return region in self._session.get_available_regions(service, partition)

    def _new(self, session: Session, service: str, region: str, **keys: Any) -> BaseClient:
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            # The identity is the first request, and an unreachable endpoint should be reported soon.
            retries={"mode": "adaptive", "total_max_attempts": 3 if service == "sts" else ATTEMPTS},
            max_pool_connections=CONNECTIONS,
            user_agent_extra=f"tagwarden/{__version__}",
            s3={"addressing_style": "path"} if self._endpoint_url else None,
        )
        client: BaseClient = session.create_client(
            service, region_name=region, endpoint_url=self._endpoint_url, config=config, **keys
        )
        return client

    def _assumed(self, source: Session, role_arn: str, external_id: str | None) -> Any:
        """Give credentials of the declared role, fetched on first use and refreshed before expiry."""
        own = source.get_credentials()
        if own is None:
            raise NoCredentialsError
        extra = {"RoleSessionName": ROLE_SESSION} | ({"ExternalId": external_id} if external_id else {})
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=lambda service, **keys: self._new(source, service, self.home_region, **keys),
            source_credentials=own,
            role_arn=role_arn,
            extra_args=extra,
        )
        return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")


def _new_session() -> Session:
    """Give a session that shares botocore's data: each service model is read once per process, not per account."""
    session = Session()
    session.lazy_register_component("data_loader", lambda: _shared_loader(session.get_config_variable("data_path")))
    return session


_shared_loader = cache(create_loader)


def pagination_of(session: Session, service: str, operation: str) -> Mapping[str, Any] | None:
    """Give the pagination by botocore's data, or else by the operation's members; None without pagination."""
    try:
        return dict(session.get_paginator_model(service).get_paginator(operation))
    except ValueError:
        model = session.get_service_model(service).operation_model(operation)
    takes = model.input_shape.members if model.input_shape else {}
    gives = model.output_shape.members if model.output_shape else {}
    token = next((name for name in TOKENS if name in takes and name in gives), None)
    if token is None:
        return None
    limit = next((name for name in _LIMITS if name in takes), None)
    return {"input_token": token, "output_token": token} | ({"limit_key": limit} if limit else {})


def _static(named: Mapping[str, str]) -> Credentials | None:
    """Give the credentials of a Secret; None if either key is missing."""
    key, secret = named.get("aws_access_key_id"), named.get("aws_secret_access_key")
    return Credentials(key, secret, named.get("aws_session_token") or None) if key and secret else None


def _use(session: Session, load: Callable[[], Any]) -> None:
    """Make the session take credentials only from `load`."""

    class Declared(CredentialProvider):
        METHOD = "tagwarden"

        def load(self) -> Any:
            return load()

    session.register_component("credential_provider", CredentialResolver([Declared()]))
