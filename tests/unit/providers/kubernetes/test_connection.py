"""Credentials, time limits and retries towards an API server."""

import base64
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tagwarden.errors import AccessDenied, CredentialsInvalid, ServerFault, Throttled, Unreachable
from tagwarden.providers.api_server.connection import PAUSES, Call, Connection
from tests.unit.providers.kubernetes.objects import Answer, ApiServer, kubeconfig_of, status

READ = Call("GET", "/version", "get version")
WRITE = Call("DELETE", "/version", "delete version")
BUSY = status(429, "TooManyRequests", "try again later")


def certify(name: str, folder: Path) -> None:
    """Write a key and a certificate that it signed itself into `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.key").write_bytes(private)
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(encoding))


def test_requests_carry_the_token(api_server: ApiServer) -> None:
    """The kubeconfig's token goes into the header."""
    api_server.give("/version", {"major": "1"})

    assert {"major": "1"} == api_server.connection().send(READ)
    assert "Bearer secret-token" == api_server.requests[0].headers["authorization"]


def test_reads_are_repeated_while_the_server_is_busy(api_server: ApiServer) -> None:
    """A short overload ends in an answer, after growing pauses."""
    api_server.give("/version", BUSY, status(503, "ServiceUnavailable", "not yet"), {"major": "1"})
    pauses: list[float] = []
    connection = Connection(api_server.kubeconfig, pause=pauses.append)

    assert {"major": "1"} == connection.send(READ)
    assert list(PAUSES[:2]) == pauses
    assert 3 == connection.api_calls


def test_a_server_that_stays_busy_is_named(api_server: ApiServer) -> None:
    """After the last pause the refusal is an error."""
    api_server.give("/version", BUSY)

    with pytest.raises(Throttled, match="try again later"):
        api_server.connection().send(READ)

    assert len(PAUSES) + 1 == len(api_server.requests)


def test_writes_are_never_repeated(api_server: ApiServer) -> None:
    """Whether a write arrived is found out by reading, not by writing again (S11)."""
    api_server.give("/version", status(503, "ServiceUnavailable", "not now"), {})

    with pytest.raises(ServerFault):
        api_server.connection().send(WRITE)

    assert 1 == len(api_server.requests)


def test_answers_that_are_no_json_are_the_servers_fault(api_server: ApiServer) -> None:
    """A login page of a proxy is no list of objects."""
    api_server.give("/version", Answer(b"<html>Please log in</html>"))

    with pytest.raises(ServerFault, match="not JSON"):
        api_server.connection().send(READ)


def test_redirects_are_not_followed(api_server: ApiServer) -> None:
    """The token is sent to the server of the kubeconfig alone."""
    api_server.give("/version", Answer(b"", 302, {"Location": "/elsewhere"}))

    with pytest.raises(Exception, match="302"):
        api_server.connection().send(READ)

    assert ["/version"] == [request.path for request in api_server.requests]


def test_errors_carry_the_audit_id(api_server: ApiServer) -> None:
    """The id by which the cluster's audit log knows the request is kept."""
    refused = status(403, "Forbidden", "no")
    api_server.give("/version", Answer(refused.body, 403, {"Audit-Id": "abc"}))

    with pytest.raises(AccessDenied) as error:
        api_server.connection().send(READ)

    assert "abc" == error.value.request_id


def test_a_refused_connection_is_unreachable() -> None:
    """Nobody listens: the address is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        connection = Connection(kubeconfig_of(f"http://127.0.0.1:{taken.getsockname()[1]}"), pause=lambda _: None)

        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:\d+ refuses the connection"):
            connection.send(READ)


def test_a_server_that_hangs_up_is_unreachable() -> None:
    """A connection that is closed without an answer leaves open whether a write arrived."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = Connection(kubeconfig_of(f"http://127.0.0.1:{server.getsockname()[1]}"), pause=lambda _: None)
        server.settimeout(10)

        def hang_up() -> None:
            server.accept()[0].close()

        thread = Thread(target=hang_up)
        thread.start()
        with pytest.raises(Unreachable):
            connection.send(WRITE)
        thread.join()


def test_plain_http_where_tls_is_expected_is_unreachable(api_server: ApiServer) -> None:
    """The message says that the server does not speak TLS."""
    connection = Connection(kubeconfig_of(api_server.url.replace("http", "https")), pause=lambda _: None)

    with pytest.raises(Unreachable, match="TLS"):
        connection.send(WRITE)


def test_a_certificate_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """A certificate that the kubeconfig's authority did not sign is a matter of credentials: a person must look."""
    for name in ("server", "other"):
        certify(name, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    authority = base64.b64encode((tmp_path / "other.crt").read_bytes()).decode()
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}"

        def shake_hands() -> None:
            accepted = server.accept()[0]
            with accepted, pytest.raises(ssl.SSLError):
                context.wrap_socket(accepted, server_side=True)

        thread = Thread(target=shake_hands)
        thread.start()
        connection = Connection(kubeconfig_of(url, **{"certificate-authority-data": authority}))
        with pytest.raises(CredentialsInvalid, match="not signed by"):
            connection.send(WRITE)
        thread.join()


@pytest.mark.parametrize(
    ("kubeconfig", "said"),
    [
        ("", "is empty"),
        ("[]", "is empty"),
        ("{clusters: [", "not YAML"),
        ("kind: Config", "current-context"),
        ('{"clusters": [], "users": [], "contexts": [], "current-context": "x"}', "x"),
        (kubeconfig_of("https://127.0.0.1:1", **{"certificate-authority": "/nowhere/ca.crt"}), "nowhere"),
        (kubeconfig_of("https://127.0.0.1:1", **{"certificate-authority-data": "a"}), "cannot be used"),
        ('{"clusters": 3, "users": 3, "contexts": 3, "current-context": "x"}', "kubeconfig"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_says_why(kubeconfig: str, said: str) -> None:
    """Wrong YAML, missing parts and missing files are named in one line."""
    with pytest.raises(CredentialsInvalid, match=said) as error:
        Connection(kubeconfig, is_trusted=True).send(READ)

    assert "\n" not in str(error.value)


def test_mistakes_in_a_kubeconfig_do_not_show_its_secrets() -> None:
    """The text around a mistake may hold a token."""
    with pytest.raises(CredentialsInvalid) as error:
        Connection("users: [{token: top-secret\n  }: [")

    assert "top-secret" not in str(error.value)


def test_outside_of_a_pod_a_kubeconfig_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a kubeconfig the service account of the Pod is used; elsewhere there is none."""
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)

    with pytest.raises(CredentialsInvalid, match="no kubeconfig given, and not running in a Pod"):
        Connection(None)
