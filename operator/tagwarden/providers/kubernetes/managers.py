"""The manager that creates and would recreate an object, from the marks of tools (S13)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tagwarden.model.resource import Manager
from tagwarden.providers.kubernetes.catalogue import (
    HELM_RELEASE,
    IN_EVERY_NAMESPACE,
    NAMESPACE,
    SECRET,
    SERVICE_ACCOUNT,
)
from tagwarden.providers.kubernetes.names import group_of, kind_name, object_id

ARGO_APPLICATION = kind_name("argoproj.io", "Application")
_CERTIFICATE = kind_name("cert-manager.io", "Certificate")
_FLUX = (
    ("kustomize.toolkit.fluxcd.io", kind_name("kustomize.toolkit.fluxcd.io", "Kustomization")),
    ("helm.toolkit.fluxcd.io", kind_name("helm.toolkit.fluxcd.io", "HelmRelease")),
)

_THIS_CLUSTER = "https://kubernetes.default.svc"
_TRACKING_ID = "argocd.argoproj.io/tracking-id"
_HELM_NAME = "meta.helm.sh/release-name"
_HELM_NAMESPACE = "meta.helm.sh/release-namespace"

_OPENSHIFT = frozenset({"builder", "deployer"})


@dataclass(frozen=True, slots=True)
class Owner:
    """An entry of `metadata.ownerReferences`."""

    kind: str
    name: str
    uid: str
    is_controller: bool

    @classmethod
    def of(cls, reference: Mapping[str, Any]) -> "Owner":
        """Parse an entry."""
        kind = kind_name(group_of(str(reference.get("apiVersion") or "")), str(reference.get("kind") or ""))
        return cls(
            kind, str(reference.get("name") or ""), str(reference.get("uid") or ""), reference.get("controller") is True
        )


@dataclass(frozen=True, slots=True)
class Marked:
    """The part of an object with the marks of tools."""

    kind: str
    object_kind: str
    namespace: str
    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


def manager_of(marked: Marked) -> Manager | None:
    """Give the manager that the marks name, if any.

    Owner references are ignored here: they take precedence, and are resolved when all objects are known.
    """
    for read in (_every_namespace, _argo, _flux, _helm, _certificate, _token):
        if manager := read(marked):
            return manager
    return None


def _every_namespace(marked: Marked) -> Manager | None:
    if (marked.kind, marked.name) not in IN_EVERY_NAMESPACE:
        return None
    if marked.name in _OPENSHIFT and "openshift.io/internal-registry-pull-secret-ref" not in marked.annotations:
        return None
    return Manager(NAMESPACE, marked.namespace, f"{NAMESPACE}/{marked.namespace}")


def _argo(marked: Marked) -> Manager | None:
    """Read `<application>:<group>/<Kind>:<namespace>/<name>`.

    An id that names another object was copied with that object's annotations; Argo CD and Tagwarden ignore such ids.
    The label `app.kubernetes.io/instance` proves nothing: Helm charts set it as well.
    """
    application, _, rest = marked.annotations.get(_TRACKING_ID, "").partition(":")
    what, _, where = rest.partition(":")
    namespace, _, name = where.rpartition("/")
    if not application or what.rpartition("/")[2] != marked.object_kind or name != marked.name:
        return None
    # For cluster-scoped objects, Argo CD records its target namespace.
    if marked.namespace and namespace != marked.namespace:
        return None
    # `<namespace>_<name>` for applications outside Argo CD's own namespace.
    home, _, plain = application.rpartition("_")
    reference = f"{ARGO_APPLICATION}/{object_id(home, plain)}" if home else ""
    return Manager(ARGO_APPLICATION, plain, reference)


def managed_by(application: Mapping[str, Any]) -> Iterator[str]:
    """Give the `kind/id` of resources that an Argo CD Application manages in the same cluster."""
    destination = (application.get("spec") or {}).get("destination") or {}
    if destination.get("server") not in {None, "", _THIS_CLUSTER} or destination.get("name") not in {
        None,
        "",
        "in-cluster",
    }:
        return
    for entry in (application.get("status") or {}).get("resources") or ():
        # Objects deleted from Git are no longer restored.
        if not entry.get("requiresPruning"):
            kind = kind_name(str(entry.get("group") or ""), str(entry.get("kind") or ""))
            yield f"{kind}/{object_id(str(entry.get('namespace') or ''), str(entry.get('name') or ''))}"


def _flux(marked: Marked) -> Manager | None:
    for prefix, kind in _FLUX:
        name, home = marked.labels.get(f"{prefix}/name"), marked.labels.get(f"{prefix}/namespace")
        # Copies keep the labels: the labels of objects applied by Flux itself name the object's own namespace.
        if name and home:
            return Manager(kind, name, f"{kind}/{object_id(home, name)}")
    return None


def _helm(marked: Marked) -> Manager | None:
    if marked.kind == SECRET and marked.labels.get("owner") == "helm" and marked.name.startswith("sh.helm.release."):
        release, home = marked.labels.get("name", ""), marked.namespace
    elif marked.labels.get("app.kubernetes.io/managed-by") == "Helm":
        release, home = (
            marked.annotations.get(_HELM_NAME, ""),
            marked.annotations.get(_HELM_NAMESPACE, marked.namespace),
        )
    else:
        return None
    return Manager(HELM_RELEASE, release, f"{HELM_RELEASE}/{object_id(home, release)}") if release else None


def _certificate(marked: Marked) -> Manager | None:
    name = marked.annotations.get("cert-manager.io/certificate-name") if marked.kind == SECRET else None
    return Manager(_CERTIFICATE, name, f"{_CERTIFICATE}/{object_id(marked.namespace, name)}") if name else None


def _token(marked: Marked) -> Manager | None:
    name = marked.annotations.get("kubernetes.io/service-account.name") if marked.kind == SECRET else None
    return Manager(SERVICE_ACCOUNT, name, f"{SERVICE_ACCOUNT}/{object_id(marked.namespace, name)}") if name else None
