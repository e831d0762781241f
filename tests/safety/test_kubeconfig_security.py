"""Kubeconfigs from Secrets are data: nothing in them runs here or reads our disk."""

import json
from pathlib import Path
from typing import Any

import pytest

from tagwarden.errors import CredentialsInvalid
from tagwarden.model.account import CloudAccount, NamespaceSelector
from tagwarden.model.reasons import Reason
from tagwarden.pipeline import Access, Declarations, open_provider
from tagwarden.providers.base import Provider
from tagwarden.providers.kubernetes.listing import Lister
from tagwarden.providers.kubernetes.protected_objects import Protections
from tagwarden.providers.kubernetes.scope import NamespaceScope
from tests.unit.providers.kubernetes.objects import CONFIG_MAPS, ApiServer, item_of, kubeconfig_of


def from_secret(kubeconfig: str) -> Provider:
    account = CloudAccount.model_validate(
        {
            "name": "theirs",
            "spec": {
                "provider": "Kubernetes",
                "environment": "test",
                "kubernetes": {"kubeconfigSecret": {"name": "access", "key": "kubeconfig"}},
            },
        }
    )
    return open_provider(account, Declarations(secrets={"access": {"kubeconfig": kubeconfig}}), Access())


def from_file(kubeconfig: str, folder: Path) -> Provider:
    account = CloudAccount.model_validate({"name": "own", "spec": {"provider": "Kubernetes", "kubernetes": {}}})
    file = folder / "config"
    file.write_text(kubeconfig)
    return open_provider(account, Declarations(), Access(kubeconfig=file))


@pytest.fixture
def server() -> Any:
    with ApiServer() as server:
        server.give("/api/v1/namespaces/kube-system", item_of("kube-system", ""))
        yield server


def running(command: Path) -> dict[str, Any]:
    """Return a user whose token a program prints."""
    command.parent.joinpath("ran").unlink(missing_ok=True)
    credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "t"}}
    command.write_text(f"#!/bin/sh\ntouch {command.parent}/ran\necho '{json.dumps(credential)}'\n")
    command.chmod(0o755)
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": str(command),
            "interactiveMode": "Never",
        }
    }


def test_no_program_of_a_secrets_author_runs(server: ApiServer, tmp_path: Path) -> None:
    """Who may write the Secret would otherwise run what he likes with the rights of the operator."""
    kubeconfig = kubeconfig_of(server.url, running(tmp_path / "plugin"))

    with pytest.raises(CredentialsInvalid, match=r"users\[0\]\.user\.exec: programs are not allowed"):
        from_secret(kubeconfig).identify()

    assert not (tmp_path / "ran").exists()
    assert [] == server.requests


def test_a_file_of_the_users_own_may_run_programs(server: ApiServer, tmp_path: Path) -> None:
    """Clouds log in that way, and the file is named by who runs the command."""
    from_file(kubeconfig_of(server.url, running(tmp_path / "plugin")), tmp_path).identify()

    assert (tmp_path / "ran").exists()


def test_our_own_token_is_not_sent_to_a_server_of_the_authors_choice(server: ApiServer, tmp_path: Path) -> None:
    """`tokenFile` may name the token of our own service account."""
    (tmp_path / "token").write_text("our-own-token")
    kubeconfig = kubeconfig_of(server.url, {"tokenFile": str(tmp_path / "token")})

    with pytest.raises(CredentialsInvalid, match=r"users\[0\]\.user\.tokenFile: files are not allowed"):
        from_secret(kubeconfig).identify()

    assert [] == server.requests


def test_a_kubeconfig_without_credentials_gets_none_of_ours(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a Pod, too, the request of a Secret's kubeconfig carries only what the Secret holds."""
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")

    from_secret(kubeconfig_of(server.url, {})).identify()

    assert all("authorization" not in map(str.lower, request.headers) for request in server.requests)


@pytest.mark.parametrize(
    ("user", "cluster", "field"),
    [
        ({"auth-provider": {"name": "gcp", "config": {"cmd-path": "/bin/sh"}}}, {}, "users[0].user.auth-provider"),
        ({"auth-provider": {"name": "oidc"}}, {}, "users[0].user.auth-provider"),
        ({"token": "t", "tokenFile": "x"}, {}, "users[0].user.tokenFile"),
        ({"client-certificate": "/etc/passwd"}, {}, "users[0].user.client-certificate"),
        ({"client-key": "/etc/passwd"}, {}, "users[0].user.client-key"),
        ({"token": "t", "as": "system:admin"}, {}, "users[0].user.as"),
        ({"token": "t", "never-heard-of": "x"}, {}, "users[0].user.never-heard-of"),
        ({"token": "t"}, {"certificate-authority": "/etc/passwd"}, "clusters[0].cluster.certificate-authority"),
        ({"token": "t"}, {"insecure-skip-tls-verify": True}, "clusters[0].cluster.insecure-skip-tls-verify"),
        ({"token": "t"}, {"never-heard-of": "x"}, "clusters[0].cluster.never-heard-of"),
    ],
)
def test_the_refused_field_is_named(server: ApiServer, user: Any, cluster: Any, field: str) -> None:
    """One clear word says where the field stands, and no value is shown."""
    with pytest.raises(CredentialsInvalid) as error:
        from_secret(kubeconfig_of(server.url, user, **cluster)).identify()

    assert f"{field}: " in str(error.value)
    assert "/etc/passwd" not in str(error.value)
    assert [] == server.requests


def test_users_whom_no_context_names_are_refused_as_well(server: ApiServer) -> None:
    """A Secret that holds more than it needs is told so."""
    parsed = json.loads(kubeconfig_of(server.url))
    parsed["users"].append({"name": "other", "user": {"exec": {"command": "x"}}})

    with pytest.raises(CredentialsInvalid, match=r"users\[1\]"):
        from_secret(json.dumps(parsed)).identify()


@pytest.mark.parametrize("section", ["users", "clusters", "contexts"])
@pytest.mark.parametrize("value", [3, {"exec": {}}, ["x"], [{"user": "x", "cluster": "x", "context": "x"}]])
def test_a_shape_that_nobody_foresaw_is_refused(server: ApiServer, section: str, value: Any) -> None:
    """It never comes to a traceback, nor to a request."""
    parsed = {**json.loads(kubeconfig_of(server.url)), section: value}

    with pytest.raises(CredentialsInvalid):
        from_secret(json.dumps(parsed)).identify()

    assert [] == server.requests


def test_data_and_tokens_are_taken(server: ApiServer) -> None:
    """That is all that a Secret needs."""
    from_secret(kubeconfig_of(server.url, {"token": "theirs"})).identify()

    assert "Bearer theirs" == server.requests[0].headers["authorization"]


def test_a_page_that_keeps_more_and_gives_no_token_is_incomplete(server: ApiServer) -> None:
    """What is not seen may use what would be deleted (S3)."""
    server.give("/api/v1/configmaps", {"metadata": {"remainingItemCount": 7}, "items": [item_of("a")]})
    lister = Lister(server.connection(), NamespaceScope.of(NamespaceSelector()), Protections())

    listed = lister.list_kind(CONFIG_MAPS)

    assert [] == listed.objects
    assert [Reason.ServerFault] == [failure.reason for failure in listed.failures]
    assert "has 7 more" in listed.failures[0].message
