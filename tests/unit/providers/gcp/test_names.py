import pytest

from tagwarden.providers.gcp.names import Project, location_of, name_in, region_of, row_of, shape_of

DISK = "projects/my-project/zones/europe-west1-b/disks/data"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (f"https://www.googleapis.com/compute/v1/{DISK}", "compute.googleapis.com"),
        (f"https://compute.googleapis.com/compute/v1/{DISK}", "compute.googleapis.com"),
        (f"//compute.googleapis.com/{DISK}", "compute.googleapis.com"),
        (DISK, ""),
    ],
)
def test_one_resource_has_one_name_however_it_is_written(text: str, host: str) -> None:
    """Self links, asset names and plain names lead to the same name."""
    assert (host, DISK) == name_in(text)


def test_the_number_of_the_project_stands_for_its_id() -> None:
    """Google writes names with either; those of another project stay."""
    project = Project("my-project", "123456789")

    assert "projects/my-project/topics/orders" == project.own("projects/123456789/topics/orders")
    assert "projects/987654321/topics/orders" == project.own("projects/987654321/topics/orders")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (DISK, "gcp_compute_disk"),
        ("projects/p/regions/europe-west1/disks/data", "gcp_compute_region_disk"),
        ("projects/p/global/networks/default", "gcp_compute_network"),
        ("b/my-bucket", "gcp_storage_bucket"),
        ("projects/p/locations/europe-west1/clusters/c/nodePools/n", "gcp_container_node_pool"),
        ("projects/p/serviceAccounts/me@p.iam.gserviceaccount.com", "gcp_iam_service_account"),
    ],
)
def test_a_name_tells_its_kind(name: str, kind: str) -> None:
    """By its shape alone, where one API has names of that shape."""
    row = row_of("", name) or row_of("container.googleapis.com", name)

    assert row is not None
    assert kind == row.kind


def test_several_apis_may_have_names_of_one_shape() -> None:
    """Then the host decides."""
    name = "projects/p/locations/europe-west1/instances/x"

    assert row_of("", name) is None
    assert "gcp_redis_instance" == getattr(row_of("redis.googleapis.com", name), "kind", "")


def test_the_place_of_a_resource_is_in_its_name() -> None:
    """Zones belong to regions; global resources have none."""
    assert "europe-west1-b" == location_of(DISK)
    assert "europe-west1" == region_of("europe-west1-b")
    assert "" == location_of("projects/p/locations/global/keyRings/k")
    assert "projects/zones/disks" == shape_of(DISK)
