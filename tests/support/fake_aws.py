"""A simulated AWS: moto's server as a process of its own, spoken to over HTTP like the real one."""

import json
import sys
import urllib.request
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import botocore.session
from botocore.config import Config

from tests.support.fake_aws_tap import Call, Fault
from tests.support.processes import ProcessGroup, clean_environment
from tests.support.warm_programs import ENVIRONMENTS, FAKE_AWS, are_waiting, command_of

SERVER = Path(__file__).with_name("fake_aws_server.py")

# The account that moto gives to credentials it has never handed out.
DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "eu-central-1"


@dataclass(frozen=True, slots=True)
class Login:
    """Credentials that the simulated AWS takes; they open nothing else in the world."""

    account_id: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def environment(self) -> dict[str, str]:
        """Return the variables that the AWS clients read."""
        keys = {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}
        return keys | ({"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {})


DEFAULT_LOGIN = Login(DEFAULT_ACCOUNT, "testing", "testing")


class FakeAWS:
    """One simulated AWS with any number of accounts; a `with` block starts and stops it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._processes: ProcessGroup | None = None
        self._endpoint = ""

    @property
    def endpoint(self) -> str:
        """The URL for `endpointURL` of an account, or AWS_ENDPOINT_URL."""
        if not self._endpoint:
            raise RuntimeError("the simulated AWS is not started")
        return self._endpoint

    def start(self) -> None:
        """Return when it answers; raises StartError."""
        self._processes = ProcessGroup("fake-aws")
        try:
            file = self._processes.folder / "url"
            environment = clean_environment(**ENVIRONMENTS[FAKE_AWS])
            command = (
                command_of(FAKE_AWS, str(file))
                if are_waiting()
                else [sys.executable, "-W", "ignore", str(SERVER), str(file)]
            )
            self._processes.start("moto", command, environment)
            # The first of a test run waits until every service is read.
            self._processes.wait_ready("moto", file.exists, seconds=180)
            self._endpoint = file.read_text()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it and everything in it; stopping twice is fine."""
        if self._processes is not None:
            self._processes.close()
        self._processes = None
        self._endpoint = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def reset(self) -> None:
        """Empty every account, and forget all calls and faults."""
        self._request("POST", "/moto-api/reset")
        self.heal()
        self.forget_calls()

    def fail(
        self,
        service: str,
        operation: str,
        *,
        code: str = "AccessDenied",
        status: int = 403,
        region: str = "",
        times: int = -1,
    ) -> None:
        """Let an operation fail from now on, such as `fail("ec2", "DescribeVolumes", code="UnauthorizedOperation")`.

        `service` is boto3's name. In every region unless one is given; `times` times, or until `heal`.
        """
        fault = Fault(_signing_name(service), operation, region, code, status, times)
        self._request("POST", "/tagwarden/faults", json.dumps(asdict(fault)).encode())

    def heal(self) -> None:
        """Let every operation work again."""
        self._request("DELETE", "/tagwarden/faults")

    def calls(self, service: str = "", region: str = "") -> list[Call]:
        """Return what clients asked for since the last reset, of one service (boto3's name) or of all."""
        signing_name = _signing_name(service) if service else ""
        return [
            call
            for call in (Call(**each) for each in json.loads(self._request("GET", "/tagwarden/calls")))
            if signing_name in {"", call.service} and region in {"", call.region}
        ]

    def forget_calls(self) -> None:
        """Start counting calls anew."""
        self._request("DELETE", "/tagwarden/calls")

    def _request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"{self.endpoint}{path}", method=method, data=body)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return bytes(answer.read())

    def login(self, account_id: str = DEFAULT_ACCOUNT) -> Login:
        """Return credentials of an account; every number of twelve digits is an account."""
        if account_id == DEFAULT_ACCOUNT:
            return DEFAULT_LOGIN
        role = f"arn:aws:iam::{account_id}:role/tester"
        answer = self.client("sts").assume_role(RoleArn=role, RoleSessionName="tester")["Credentials"]
        return Login(account_id, answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])

    def client(self, service: str, region: str = DEFAULT_REGION, login: Login = DEFAULT_LOGIN) -> Any:
        """Return the boto3 client of a service; without retries, so that a failure shows at once."""
        return _client(self.endpoint, service, region, login)

    def environment(self, login: Login = DEFAULT_LOGIN, **extra: str) -> dict[str, str]:
        """Return the variables for a program that shall use this AWS, and can find no other."""
        variables = {"AWS_ENDPOINT_URL": self.endpoint, "AWS_DEFAULT_REGION": DEFAULT_REGION}
        return clean_environment(**(variables | login.environment() | extra))


@cache
def _session() -> Any:  # the stubs want the service as a literal
    """Return the one session of all logins, which reads the model of a service once."""
    return boto3.Session()


@cache
def _client(endpoint: str, service: str, region: str, login: Login) -> Any:
    config = Config(retries={"total_max_attempts": 1}, proxies={}, s3={"addressing_style": "path"})
    return _session().client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        config=config,
        aws_access_key_id=login.access_key_id,
        aws_secret_access_key=login.secret_access_key,
        aws_session_token=login.session_token,
    )


@cache
def _signing_name(service: str) -> str:
    """Return the name that requests to a service are signed with, which is all that a request tells of it."""
    return str(botocore.session.get_session().get_service_model(service).signing_name)
