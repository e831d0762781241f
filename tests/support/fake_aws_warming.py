"""Asks a simulated AWS of this process for every kind of the catalogue, without a server and a network."""

import contextlib
from typing import Any

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from werkzeug.test import Client

from tagwarden.providers.aws.rows import KINDS
from tests.support.fake_aws_tap import Application

_URL, _REGION = "http://127.0.0.1", "eu-central-1"


def ask_every_service(application: Application) -> None:
    """List every kind that needs no parent, then empty the accounts and forget the calls."""
    web = Client(application)

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        place, headers = request.url.removeprefix(_URL), list(request.headers.items())
        answered = web.open(place, method=request.method, headers=headers, data=request.body)
        response = AWSResponse(request.url, answered.status_code, HTTPHeaders.from_dict(dict(answered.headers)), None)
        vars(response)["_content"] = answered.data  # as if it had been read from a connection
        return response

    session: Any = botocore.session.Session()
    session.set_credentials("testing", "testing")
    session.register("before-send", answer)
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, s3={"addressing_style": "path"})
    for service in sorted({kind.service for kind in KINDS.values()}):
        client = session.create_client(service, region_name=_REGION, endpoint_url=_URL, config=config)
        for listing in [kind.listing for kind in KINDS.values() if kind.service == service and not kind.listing.per]:
            # moto knows some operations not at all; of the others the answer does not matter.
            with contextlib.suppress(Exception):
                client._make_api_call(listing.operation, dict(listing.params))
    web.post("/moto-api/reset")
    web.delete("/tagwarden/calls")
