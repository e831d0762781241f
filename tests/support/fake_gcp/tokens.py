"""OAuth 2.0: access tokens for key files (RFC 7523), users and the identities of other providers (RFC 8693)."""

import base64
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.fake_gcp.errors import Refusal

# What each grant proves itself with: a JWT signed by a key file, a user's refresh token, a token of another provider.
_GRANTS = {
    "refresh_token": "refresh_token",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "assertion",
    "urn:ietf:params:oauth:grant-type:token-exchange": "subject_token",
}


class Tokens:
    """The tokens and keys that the simulated cloud knows."""

    def __init__(self, given: Mapping[str, str]) -> None:
        """Take tokens from the start: token → the account that it stands for."""
        self._principals = dict(given)
        self._keys: dict[str, rsa.RSAPublicKey] = {}
        self._trusted: dict[str, str] = {}

    def principal(self, authorization: str) -> str:
        """Return the account of an Authorization header; raises Refusal (401)."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or token not in self._principals:
            raise Refusal(
                "UNAUTHENTICATED",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
                "valid authentication credential.",
            )
        return self._principals[token]

    @property
    def accounts(self) -> frozenset[str]:
        """The service accounts with a key file."""
        return frozenset(self._keys)

    def issue(self, principal: str) -> str:
        """Return a new token of an account."""
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self._principals[token] = principal
        return token

    def revoke(self, principal: str) -> None:
        """Let the tokens of an account be refused from now on."""
        self._principals = {token: each for token, each in self._principals.items() if each != principal}

    def key_file(self, email: str, project: str, token_uri: str) -> dict[str, str]:
        """Return a key file of a service account, as the console downloads it."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._keys[email] = key.public_key()
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": project,
            "private_key_id": secrets.token_hex(20),
            "private_key": private.decode(),
            "client_email": email,
            "client_id": str(secrets.randbelow(10**20)),
            "token_uri": token_uri,
        }

    def trust(self, secret: str, principal: str) -> None:
        """Take a refresh token, or the token of another identity provider, for an account."""
        self._trusted[secret] = principal

    def exchange(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer the token endpoints: HTTP status and JSON."""
        reader = _GRANTS.get(form.get("grant_type", ""))
        if reader is None:
            return 400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"}
        principal = self._signer(form.get("assertion", "")) if reader == "assertion" else ""
        principal = principal or self._trusted.get(form.get(reader, ""), "")
        if not principal:
            return 400, {"error": "invalid_grant", "error_description": f"Invalid {reader}."}
        answer = {"access_token": self.issue(principal), "expires_in": 3599, "token_type": "Bearer"}
        return 200, answer | {"issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}

    def _signer(self, assertion: str) -> str:
        """Return the account that signed a JWT, or ""."""
        try:
            head, claims, signature = assertion.split(".")
            email = str(orjson.loads(_decoded(claims))["iss"])
            signed = f"{head}.{claims}".encode()
            self._keys[email].verify(_decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, KeyError, ValueError):
            return ""
        return email


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
