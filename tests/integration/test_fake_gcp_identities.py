"""The simulated Google Cloud's identities: projects, tags, and the ways by which programs get their tokens."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import google.auth.transport.requests
import google.oauth2.credentials
import pytest
import requests
from google.oauth2 import service_account

from tests.integration.gcp_clients import Google, refused
from tests.support.fake_gcp import FakeGCP


@pytest.fixture
def cloud(fake_gcp: FakeGCP) -> Iterator[Google]:
    fake_gcp.new_project("dev-a", "481516234200")
    with Google(fake_gcp, "dev-a") as client:
        yield client


def test_a_key_file_gets_a_token_and_nothing_answers_without_one(cloud: Google) -> None:
    """The token endpoint checks the signature; google-auth finds it by the key file."""
    info = cloud.gcp.key_file("deployer@dev-a.iam.gserviceaccount.com", "dev-a")
    credentials = service_account.Credentials.from_service_account_info(
        info, scopes=["https://www.googleapis.com/auth/cloud-platform"]
    )
    url = f"{cloud.gcp.endpoint}/pubsub.googleapis.com/v1/projects/dev-a/topics"

    with google.auth.transport.requests.AuthorizedSession(credentials) as session:
        assert session.get(url, timeout=30).json() == {}
    assert cloud.gcp.calls()[-1].principal == "deployer@dev-a.iam.gserviceaccount.com"
    assert requests.get(url, timeout=30).status_code == 401
    forged = cloud.gcp.key_file("deployer@dev-a.iam.gserviceaccount.com", "dev-a") | {
        "private_key": info["private_key"]
    }
    with pytest.raises(google.auth.exceptions.RefreshError):
        service_account.Credentials.from_service_account_info(forged, scopes=["x"]).refresh(
            google.auth.transport.requests.Request()
        )


def test_a_service_account_may_be_impersonated(cloud: Google) -> None:
    """IAM Credentials issues tokens for accounts that exist."""
    cloud.gcp.add("iam.projects.serviceAccounts.create", "projects/dev-a", {"accountId": "reader"})
    accounts = cloud.client("iamcredentials").projects().serviceAccounts()
    name = "projects/-/serviceAccounts/reader@dev-a.iam.gserviceaccount.com"
    body = {"scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "600s"}

    token = accounts.generateAccessToken(name=name, body=body).execute()["accessToken"]

    assert Google(cloud.gcp, "dev-a", token).get("pubsub.googleapis.com/v1/projects/dev-a/topics").status_code == 200
    assert cloud.gcp.calls()[-1].principal == "reader@dev-a.iam.gserviceaccount.com"


def test_a_machine_finds_its_token_at_the_metadata_server(cloud: Google) -> None:
    """Workload identity: the node's or the pod's service account."""
    email = "481516234200-compute@developer.gserviceaccount.com"
    assert cloud.gcp.be_machine(email, "dev-a")["GCE_METADATA_HOST"] == cloud.gcp.endpoint.removeprefix("http://")
    answer = requests.get(
        f"{cloud.gcp.endpoint}/computeMetadata/v1/instance/service-accounts/default/token",
        headers={"Metadata-Flavor": "Google"},
        timeout=30,
    )

    token = answer.json()["access_token"]

    assert answer.headers["Metadata-Flavor"] == "Google"
    assert Google(cloud.gcp, "dev-a", token).get("pubsub.googleapis.com/v1/projects/dev-a/topics").status_code == 200
    assert cloud.gcp.calls()[-1].principal == email


@pytest.mark.parametrize("kind", ["key file", "metadata server"])
def test_a_program_finds_its_credentials_by_the_environment(cloud: Google, tmp_path: Path, kind: str) -> None:
    """Application default credentials, as the operator and the command line use them."""
    machine = cloud.gcp.be_machine("node@dev-a.iam.gserviceaccount.com", "dev-a")
    variables = cloud.gcp.environment(tmp_path, "dev-a") if kind == "key file" else machine
    program = (
        "import google.auth, google.auth.transport.requests as t\n"
        "credentials, project = google.auth.default(scopes=['https://www.googleapis.com/auth/cloud-platform'])\n"
        "with t.AuthorizedSession(credentials) as session:\n"
        f"    url = '{cloud.gcp.endpoint}/pubsub.googleapis.com/v1/projects/dev-a/topics'\n"
        "    print(project, session.get(url).status_code)\n"
    )

    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["dev-a", "200"], done.stderr


def test_tokens_of_users_and_of_other_providers_are_exchanged(cloud: Google) -> None:
    """Refresh tokens, and workload identity federation."""
    cloud.gcp.state.tokens.trust("1//refresh", "alice@example.com")
    cloud.gcp.state.tokens.trust("foreign", "principal://iam.googleapis.com/projects/1/pools/p/subject/s")
    user = google.oauth2.credentials.Credentials(
        None, refresh_token="1//refresh", token_uri=f"{cloud.gcp.endpoint}/token", client_id="c", client_secret="s"
    )
    user.refresh(google.auth.transport.requests.Request())
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": "foreign"}
    exchanged = requests.post(f"{cloud.gcp.endpoint}/sts.googleapis.com/v1/token", data=form, timeout=30).json()

    for token in (user.token, exchanged["access_token"]):
        assert Google(cloud.gcp, "dev-a", token).get("pubsub.googleapis.com/v1/projects/dev-a/topics").ok
    assert cloud.gcp.calls()[0].principal == "alice@example.com"


def test_a_project_has_an_id_and_a_number(cloud: Google) -> None:
    """Resource Manager answers both, and paths may name either."""
    old = cloud.client("cloudresourcemanager", "v1").projects().get(projectId="dev-a").execute()
    new = cloud.client("cloudresourcemanager", "v3").projects().get(name="projects/481516234200").execute()
    enabled = cloud.client("serviceusage").services().list(parent="projects/dev-a", filter="state:ENABLED").execute()

    assert (old["projectId"], old["projectNumber"]) == ("dev-a", "481516234200")
    assert (new["projectId"], new["name"]) == ("dev-a", "projects/481516234200")
    assert "compute.googleapis.com" in {each["config"]["name"] for each in enabled["services"]}
    missing = cloud.client("cloudresourcemanager", "v1").projects().get(projectId="dev-z")
    assert refused(missing.execute)[0] == 403


def test_tag_bindings_are_listed_by_full_resource_name(cloud: Google) -> None:
    """Resource Manager tags stand beside labels."""
    name = "//compute.googleapis.com/projects/481516234200/zones/europe-west1-b/instances/1"
    cloud.gcp.bind_tag(name, "481516234200/protect", "yes")
    manager = cloud.client("cloudresourcemanager", "v3")

    bindings = manager.tagBindings().list(parent=name).execute()["tagBindings"]
    effective = manager.effectiveTags().list(parent=name).execute()["effectiveTags"]

    assert bindings[0]["tagValueNamespacedName"] == "481516234200/protect/yes"
    assert effective[0]["namespacedTagKey"] == "481516234200/protect"
