"""The metadata server of a machine in Google Cloud: workload identity finds its token there.

https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys; clients take its address from
GCE_METADATA_HOST.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.support.fake_gcp.tokens import Tokens

ROOT = "/computeMetadata/v1/"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


@dataclass(frozen=True, slots=True)
class Machine:
    """The identity of the machine that asks: its service account and its project."""

    email: str
    project: str
    number: str


def answer(machine: Machine | None, tokens: Tokens, path: str) -> tuple[int, Any]:
    """Return HTTP status and answer, JSON or a text, for a path of the metadata server."""
    if machine is None:
        return 404, "this simulated cloud has no machine; see FakeGCP.be_machine"
    account = {"email": machine.email, "scopes": SCOPES, "aliases": ["default"]}
    accounts = f"{ROOT}instance/service-accounts/"
    plain = urlsplit(path).path
    texts = {
        "/": "computeMetadata/\n",
        ROOT: "instance/\nproject/\n",
        f"{ROOT}project/project-id": machine.project,
        f"{ROOT}project/numeric-project-id": machine.number,
        f"{ROOT}universe/universe-domain": "googleapis.com",
    }
    if plain in texts:
        return 200, texts[plain]
    if plain in {f"{accounts}default/", f"{accounts}{machine.email}/"}:
        return 200, account
    if plain in {f"{accounts}default/token", f"{accounts}{machine.email}/token"}:
        return 200, {"access_token": tokens.issue(machine.email), "expires_in": 3599, "token_type": "Bearer"}
    return 404, "not found"
