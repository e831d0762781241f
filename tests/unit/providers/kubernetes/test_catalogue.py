"""Kinds are rows, and every row is sound."""

import jmespath
import pytest

from tagwarden.providers.kubernetes import catalogue, dependents_of, is_irreplaceable
from tagwarden.providers.kubernetes.catalogue import IGNORED, is_ignored, row_of
from tagwarden.providers.kubernetes.row import Row

ROWS = catalogue()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_every_row_is_sound(row: Row) -> None:
    """Its paths are JMESPath, its links lead to kinds that there are, and it says what it needs."""
    paths = [row.state, row.pod_spec, row.precedes_namespace, *row.attributes.values()]
    paths += [when for when, _ in (*row.category_when, *row.protected_when)]
    paths += [link.names for link in (*row.links, *row.held_by)]

    for path in filter(None, paths):
        jmespath.compile(path)

    assert {link.kind for link in (*row.links, *row.held_by)} <= {other.kind for other in ROWS}
    assert row.category
    assert row.kind.startswith("k8s_")
    assert any(permission.startswith("list ") for permission in row.permissions)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_every_row_reads_an_empty_object(row: Row) -> None:
    """A path that finds nothing finds nothing, and never fails: fields of foreign objects come and go."""
    for path in filter(None, [row.state, row.pod_spec, *row.attributes.values()]):
        assert jmespath.search(path, {"metadata": {}}) is None
    for link in (*row.links, *row.held_by):
        assert not [name for name in jmespath.search(link.names, {"metadata": {}}) or () if name]
    if row.foreign:
        assert [] == list(row.foreign({"metadata": {}}))


def test_no_kind_has_two_rows() -> None:
    """Names and API resources are each used once."""
    kinds = [row.kind for row in ROWS]
    resources = [(row.group, row.plural) for row in ROWS]

    assert sorted(set(kinds)) == kinds
    assert len(set(resources)) == len(resources)


def test_what_is_ignored_has_no_row() -> None:
    """Nobody's objects are told with the reason, and are not listed."""
    assert all(ignored.why for ignored in IGNORED)
    assert [] == [row.kind for row in ROWS if is_ignored(row.group, row.object_kind)]


def test_an_unknown_kind_gets_the_default_row() -> None:
    """Custom resources need no row."""
    row = row_of("example.com", "Widget", "widgets", namespaced=True)

    assert ("k8s_widget.example.com", "custom_resource") == (row.kind, row.category)


def test_custom_resources_are_read_whole_but_for_mirrors_and_reports() -> None:
    """Any field of theirs may name a Secret (S18); what controllers write by the thousand names none."""
    rows = {
        kind: row_of(group, kind, "x", namespaced=True)
        for group, kind in (
            ("example.com", "Widget"),
            ("cilium.io", "CiliumEndpoint"),
            ("aquasecurity.github.io", "VulnerabilityReport"),
        )
    }

    assert {"Widget": True, "CiliumEndpoint": False, "VulnerabilityReport": False} == {
        kind: row.needs_whole_object for kind, row in rows.items()
    }


def test_an_old_group_gets_the_row_of_the_new_one() -> None:
    """Ingresses of `extensions` are those of `networking.k8s.io`."""
    assert row_of("networking.k8s.io", "Ingress", "ingresses", namespaced=True) == row_of(
        "extensions", "Ingress", "ingresses", namespaced=True
    )


def test_parts_of_the_cluster_are_never_deleted() -> None:
    """Rows of infrastructure say why, and ask for no permission to delete."""
    infrastructure = [row for row in ROWS if not row.can_delete]

    assert {"k8s_node", "k8s_customresourcedefinition", "k8s_storageclass"} <= {row.kind for row in infrastructure}
    assert not [row for row in infrastructure if any(text.startswith("delete") for text in row.permissions)]


class TestDependents:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("k8s_persistentvolumeclaim", {"k8s_pod", "k8s_statefulset", "k8s_deployment"}),
            ("k8s_persistentvolume", {"k8s_persistentvolumeclaim"}),
            ("k8s_serviceaccount", {"k8s_pod", "k8s_cronjob"}),
            ("k8s_secret", {"k8s_pod", "k8s_ingress", "k8s_serviceaccount"}),
            ("k8s_service", {"k8s_ingress", "k8s_statefulset"}),
            ("k8s_clusterrole", {"k8s_clusterrolebinding", "k8s_rolebinding"}),
            ("k8s_deployment", {"k8s_replicaset", "k8s_pod", "k8s_horizontalpodautoscaler"}),
        ],
    )
    def test_holders_must_be_known(self, kind: str, expected: set[str]) -> None:
        """Whatever could hold an object in use, or die with it, must be listed before it goes (S3)."""
        assert expected <= dependents_of(kind)

    def test_a_namespace_may_hold_every_kind(self) -> None:
        """Built-in kinds of namespaces, and whatever else there is (S3)."""
        dependents = dependents_of("k8s_namespace", ["k8s_widget.example.com", "k8s_node"])

        assert {"k8s_pod", "k8s_secret", "k8s_role", "k8s_widget.example.com"} <= dependents
        assert not {"k8s_node", "k8s_namespace", "k8s_persistentvolume"} & dependents

    def test_a_custom_resource_may_own_every_kind(self) -> None:
        """What its controller made for it cannot be told from its kind (S3)."""
        assert {"k8s_secret", "k8s_job"} <= dependents_of("k8s_widget.example.com")

    def test_what_selects_pods_is_used_by_workloads(self) -> None:
        """A disruption budget exists for Pods that a selector names, so these must be known (S18)."""
        assert {"k8s_pod", "k8s_deployment", "k8s_cronjob"} <= dependents_of("k8s_poddisruptionbudget")
        assert {"k8s_service", "k8s_networkpolicy"} <= dependents_of("k8s_deployment")

    def test_a_binding_is_used_by_its_service_accounts(self) -> None:
        """Without them nobody knows whether it gives anybody a right (S18, S20)."""
        assert {"k8s_serviceaccount"} == dependents_of("k8s_clusterrolebinding")

    def test_custom_resources_may_name_what_pods_use(self) -> None:
        """Those of mirrors, and those of groups that only measure, name nothing (S18)."""
        others = ["k8s_widget.example.com", "k8s_ciliumendpoint.cilium.io", "k8s_*.metrics.k8s.io", "k8s_node"]

        assert {"k8s_widget.example.com"} == dependents_of("k8s_secret", others) & set(others)
        assert not dependents_of("k8s_role", others) & set(others)

    def test_a_leaf_has_no_dependents(self) -> None:
        """Nothing hangs on a quota."""
        assert frozenset() == dependents_of("k8s_resourcequota")


def test_claims_volumes_snapshots_and_secrets_cannot_be_made_again() -> None:
    """Data and keys are not deleted for being untagged alone (S19); of an unknown kind nobody says that it has any."""
    assert {
        "k8s_persistentvolume",
        "k8s_persistentvolumeclaim",
        "k8s_secret",
        "k8s_volumesnapshot.snapshot.storage.k8s.io",
        "k8s_volumesnapshotcontent.snapshot.storage.k8s.io",
    } == {row.kind for row in ROWS if is_irreplaceable(row.kind)}
    assert not is_irreplaceable("k8s_widget.example.com")
