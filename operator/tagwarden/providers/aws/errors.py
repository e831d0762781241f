"""Maps every botocore error and AWS error code to an error class with a retry rule.

An error outside the tables becomes `UnknownError`, which is never retried.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from botocore import exceptions as foreign
from botocore.parsers import ResponseParserError

from tagwarden import errors
from tagwarden.providers.aws.error_codes import CODES, MESSAGES, PATTERNS, ErrorClass

LOG_IN = "log in with aws configure or aws sso login, or set AWS_PROFILE"
"""How a person gets an identity."""

_EXCEPTIONS: tuple[tuple[type[BaseException], ErrorClass], ...] = (
    (foreign.NoCredentialsError, errors.CredentialsInvalid),
    (foreign.PartialCredentialsError, errors.CredentialsInvalid),
    (foreign.CredentialRetrievalError, errors.CredentialsInvalid),
    (foreign.TokenRetrievalError, errors.CredentialsInvalid),
    (foreign.UnauthorizedSSOTokenError, errors.CredentialsInvalid),
    (foreign.SSOTokenLoadError, errors.CredentialsInvalid),
    (foreign.SSOError, errors.CredentialsInvalid),
    (foreign.LoginError, errors.CredentialsInvalid),
    (foreign.RefreshWithMFAUnsupportedError, errors.CredentialsInvalid),
    (foreign.ProfileNotFound, errors.CredentialsInvalid),
    (foreign.ConfigNotFound, errors.CredentialsInvalid),
    (foreign.ConfigParseError, errors.CredentialsInvalid),
    (foreign.InvalidConfigError, errors.CredentialsInvalid),
    (foreign.InfiniteLoopConfigError, errors.CredentialsInvalid),
    (foreign.UnknownCredentialError, errors.CredentialsInvalid),
    (foreign.UnknownSignatureVersionError, errors.CredentialsInvalid),
    (foreign.MetadataRetrievalError, errors.CredentialsInvalid),
    (foreign.InvalidIMDSEndpointError, errors.CredentialsInvalid),
    (foreign.InvalidIMDSEndpointModeError, errors.CredentialsInvalid),
    (foreign.NoAuthTokenError, errors.CredentialsInvalid),
    (foreign.ConnectionError, errors.Unreachable),
    (foreign.HTTPClientError, errors.Unreachable),
    (foreign.IncompleteReadError, errors.Unreachable),
    (foreign.ChecksumError, errors.ServerFault),
    (foreign.FlexibleChecksumError, errors.ServerFault),
    (foreign.ResponseStreamingError, errors.Unreachable),
    (foreign.WaiterError, errors.InvalidState),
    (foreign.PaginationError, errors.ServerFault),
    (foreign.UnknownServiceError, errors.Unsupported),
    (foreign.UnknownRegionError, errors.Unsupported),
    (foreign.UnknownEndpointError, errors.Unsupported),
    (foreign.InvalidRegionError, errors.Unsupported),
    (foreign.NoRegionError, errors.Unsupported),
    (foreign.EndpointProviderError, errors.Unsupported),
    (foreign.EndpointVariantError, errors.Unsupported),
    (foreign.DataNotFoundError, errors.Unsupported),
    (foreign.ApiVersionNotFoundError, errors.Unsupported),
    (foreign.MissingServiceIdError, errors.Unsupported),
    # All other errors of botocore occur before any request.
    (foreign.BotoCoreError, errors.InvalidRequest),
    (ResponseParserError, errors.ServerFault),
)


_ENDING = re.compile(r"(?<=\w)(Exception|Fault|Error)$")


def stem(code: str) -> str:
    """Give a code without `Exception`, `Fault` or `Error` at the end, which the protocol adds."""
    return _ENDING.sub("", code)


@cache
def _stems(codes: str) -> frozenset[str]:
    return frozenset(stem(code) for code in codes.split("|"))


_BY_STEM = {stem(code): found for code, found in CODES.items()}


def class_of(code: str, message: str = "", status: int = 0) -> ErrorClass:
    """Give the error class for an AWS error code with message and HTTP status."""
    short = stem(code)
    for codes, words, found in MESSAGES:
        if (not codes or short in _stems(codes)) and re.search(words, message):
            return found
    if code in CODES or short in _BY_STEM:
        return CODES.get(code) or _BY_STEM[short]
    for pattern, found in PATTERNS:
        if re.search(pattern, code):
            return found
    # A numeric code means a response from a proxy, or from an endpoint that simulates less than AWS.
    return _class_of_status(int(code) if code.isdigit() else status)


def _class_of_status(status: int) -> ErrorClass:
    if status in (404, 405, 501):
        return errors.Unsupported
    if status == 429:
        return errors.Throttled
    if status in (401, 403):
        return errors.AccessDenied
    return errors.ServerFault if status >= 500 else errors.UnknownError


def of_client_error(error: foreign.ClientError, operation: str) -> errors.ProviderError:
    """Give the error for an AWS error response."""
    told = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata", {})
    code, message = str(told.get("Code", "")), str(told.get("Message") or "")
    found = class_of(code, message, int(metadata.get("HTTPStatusCode", 0)))
    if "<html" in message:
        message = f"the endpoint returned {code} and a web page; check spec.aws.endpointURL and the proxy"
    if found is errors.CredentialsInvalid:
        message += " (the access key, its secret or the session token is wrong or expired; check credentialsSecret)"
    return found(
        message or f"AWS returned {code or metadata.get('HTTPStatusCode', 'an error without a reason')}",
        code=code,
        operation=operation,
        request_id=str(metadata.get("RequestId", "")),
    )


def of_exception(error: Exception, operation: str) -> errors.ProviderError:
    """Give the error for a botocore exception without an AWS response."""
    if isinstance(error, foreign.ClientError):
        return of_client_error(error, operation)
    for theirs, ours in _EXCEPTIONS:
        if isinstance(error, theirs):
            return ours(_advice(error, ours), code=type(error).__name__, operation=operation)
    return errors.UnknownError(str(error) or type(error).__name__, code=type(error).__name__, operation=operation)


def _advice(error: Exception, ours: ErrorClass) -> str:
    if isinstance(error, foreign.NoCredentialsError):
        return f"no credentials found; {LOG_IN}; in a cluster, give the Pod a role or set spec.aws.credentialsSecret"
    if ours is errors.Unreachable:
        return f"AWS does not respond; check spec.aws.endpointURL, the network and the proxy: {error}"
    if isinstance(error, ResponseParserError):
        problem = re.split(r""": b['"]""", str(error))[0]  # the body, usually a web page, is too long for one line
        return (
            "the endpoint returned no AWS response (a web page, or nothing); check spec.aws.endpointURL and the proxy  "
            f"({problem})"
        )
    return str(error)


@contextmanager
def ours(operation: str) -> Iterator[None]:
    """Convert every botocore error raised within."""
    try:
        yield
    except (foreign.ClientError, foreign.BotoCoreError, ResponseParserError) as error:
        raise of_exception(error, operation) from error
