"""Objects that represent resources outside their cluster: deleting the objects deletes the resources (S22).

These objects are protected. If an object names its target, a policy may lift the protection (see
`judging.outside_targets`). To add a controller, add a row here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from typing import Any

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.outside_targets import ACTS_ELSEWHERE, ACTS_ON, aws_account, cluster, gcp_project
from tagwarden.providers.kubernetes.row import ForeignEnd, find

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Where an object names its target: `path` (JMESPath) gives a text, from which `named` makes the target."""

    path: str
    named: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Remote:
    """Kinds of a controller by globs over `<kind>.<group>`, and the finalizers for clean-up elsewhere.

    `unless` is true for an object that acts only within the cluster. `acts_on` gives the object's target; several must
    agree. `made` gives the ARN of the created resource.
    """

    controller: str
    kinds: tuple[str, ...]
    source: str
    finalizers: tuple[str, ...] = ()
    unless: Callable[[Item], bool] | None = None
    acts_on: tuple[Target, ...] = ()
    made: str = ""


_HERE = frozenset({None, "", "https://kubernetes.default.svc"})


def _deploys_here(application: Item) -> bool:
    """Whether an Argo CD Application deploys to the same cluster."""
    destination = (application.get("spec") or {}).get("destination") or {}
    return destination.get("server") in _HERE and destination.get("name") in {None, "", "in-cluster"}


def _applies_here(flux: Item) -> bool:
    """Whether a Kustomization or HelmRelease of Flux names no other cluster."""
    return not (flux.get("spec") or {}).get("kubeConfig")


# One row per controller, so that the table is readable as a whole.
# fmt: off
REMOTES: tuple[Remote, ...] = (
    Remote("Argo CD", ("application.argoproj.io",),
           "https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/", unless=_deploys_here,
           acts_on=(Target("!(spec.destination.name) && spec.destination.server", cluster),)),
    Remote("Argo CD", ("applicationset.argoproj.io", "appproject.argoproj.io"),
           "https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Application-Deletion/"),
    Remote("Flux", ("kustomization.kustomize.toolkit.fluxcd.io", "helmrelease.helm.toolkit.fluxcd.io"),
           "https://fluxcd.io/flux/components/kustomize/kustomizations/#kubeconfig-remote-clusters",
           unless=_applies_here),
    Remote("Crossplane", ("*.crossplane.io", "*.upbound.io"),
           "https://docs.crossplane.io/latest/concepts/managed-resources/#deletionpolicy",
           ("*crossplane.io*", "*upbound.io*"),
           acts_on=(Target("status.atProvider.arn", aws_account), Target("status.atProvider.project", gcp_project)),
           made="status.atProvider.arn"),
    Remote("AWS Controllers for Kubernetes", ("*.services.k8s.aws",),
           "https://aws-controllers-k8s.github.io/community/docs/user-docs/deletion-policy/",
           ("*services.k8s.aws*",),
           acts_on=(Target("status.ackResourceMetadata.ownerAccountID", aws_account),
                    Target("status.ackResourceMetadata.arn", aws_account)),
           made="status.ackResourceMetadata.arn"),
    Remote("Config Connector", ("*.cnrm.cloud.google.com",),
           "https://cloud.google.com/config-connector/docs/how-to/managing-deleting-resources",
           ("*cnrm.cloud.google.com*",),
           acts_on=(Target('metadata.annotations."cnrm.cloud.google.com/project-id"', gcp_project),
                    Target("spec.projectRef.external", gcp_project))),
    Remote("Azure Service Operator", ("*.azure.com",),
           "https://azure.github.io/azure-service-operator/guide/annotations/", ("*azure.com*",)),
    Remote("Oracle Service Operator", ("*.oci.oracle.com",),
           "https://github.com/oracle/oci-service-operator", ("*oraclecloud.com*",)),
    Remote("Cluster API", ("*.cluster.x-k8s.io",),
           "https://cluster-api.sigs.k8s.io/", ("*cluster.x-k8s.io*",),
           acts_on=(Target("spec.controlPlaneEndpoint.host && join(':', [spec.controlPlaneEndpoint.host,"
                           " to_string(spec.controlPlaneEndpoint.port)])", cluster),)),
    Remote("Terraform operators", ("*.tf.upbound.io", "*.app.terraform.io", "*.infra.contrib.fluxcd.io",
           "terraform.*", "*.tf.galleybytes.com"),
           "https://flux-iac.github.io/tofu-controller/", ("*terraform*", "*contrib.fluxcd.io*")),
    Remote("Pulumi", ("*.pulumi.com",),
           "https://www.pulumi.com/docs/using-pulumi/continuous-delivery/pulumi-kubernetes-operator/",
           ("*pulumi.com*",)),
    Remote("Ansible Automation Platform", ("*.tower.ansible.com", "*.automationcontroller.ansible.com"),
           "https://docs.redhat.com/en/documentation/red_hat_ansible_automation_platform"),
    Remote("external-dns", ("dnsendpoint.externaldns.k8s.io",),
           "https://kubernetes-sigs.github.io/external-dns/latest/docs/sources/crd/", ("*externaldns*",)),
    Remote("External Secrets", ("pushsecret.external-secrets.io", "clusterpushsecret.external-secrets.io"),
           "https://external-secrets.io/latest/api/pushsecret/", ("pushsecret.externalsecrets*",)),
    Remote("Rancher and Fleet", ("*.fleet.cattle.io", "*.management.cattle.io", "*.provisioning.cattle.io",
           "*.rke.cattle.io", "*.rke-machine.cattle.io"),
           "https://fleet.rancher.io/", ("*cattle.io*",)),
    Remote("Open Cluster Management", ("*.open-cluster-management.io",),
           "https://open-cluster-management.io/docs/concepts/work-distribution/manifestwork/",
           ("*open-cluster-management.io*",)),
    Remote("Karmada", ("*.karmada.io",), "https://karmada.io/docs/", ("*karmada.io*",)),
    Remote("Hive and HyperShift", ("*.hive.openshift.io", "*.hypershift.openshift.io", "*.agent-install.openshift.io"),
           "https://github.com/openshift/hive", ("*hive.openshift.io*", "*hypershift.openshift.io*")),
    Remote("OpenShift machines", ("*.machine.openshift.io",),
           "https://docs.openshift.com/container-platform/latest/machine_management/index.html",
           ("machine.machine.openshift.io",)),
    Remote("Gardener", ("*.core.gardener.cloud", "*.extensions.gardener.cloud", "*.machine.sapcloud.io"),
           "https://gardener.cloud/docs/", ("gardener*", "*gardener.cloud*")),
    Remote("Metal3 and Tinkerbell", ("*.metal3.io", "*.tinkerbell.org"), "https://book.metal3.io/",
           ("*metal3.io*", "*tinkerbell.org*")),
    Remote("Vault operators", ("*.redhatcop.redhat.io",), "https://github.com/redhat-cop/vault-config-operator"),
    Remote("Cloudflare and Akamai operators", ("*.cloudflare-operator.io", "*.cfargotunnel.com"),
           "https://github.com/adyanth/cloudflare-operator"),
)
# fmt: on

_REMEMBERED = 4_096


def _matcher(globs: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, globs)) or r"(?!)")


_PATTERNS = tuple((remote, _matcher(remote.kinds), _matcher(remote.finalizers)) for remote in REMOTES)


@lru_cache(_REMEMBERED)
def _of_kind(kind: str) -> Remote | None:
    return next((remote for remote, kinds, _ in _PATTERNS if kinds.match(kind)), None)


@lru_cache(_REMEMBERED)
def _of_finalizer(finalizer: str) -> Remote | None:
    return next((remote for remote, _, finalizers in _PATTERNS if finalizers.match(finalizer)), None)


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of an object's deletion outside the cluster: the reason of the protection, and the target.

    `target` is empty if the object names none or several.
    """

    controller: str
    why: str
    target: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes stored on the resource."""
        return {ACTS_ELSEWHERE: self.controller} | ({ACTS_ON: self.target} if self.target else {})


def effect_of(kind: str, item: Item) -> Effect | None:
    """Give the effect of an object's deletion outside the cluster; None without a known effect.

    `kind` is the name of the kind, `k8s_application.argoproj.io`.
    """
    told = _remote_of(kind, item)
    if told is None:
        return None
    remote, finalizer = told
    shown = f" (finalizer {finalizer})" if finalizer else ""
    why = f"{remote.controller} acts outside of this cluster on its deletion{shown}"
    return Effect(remote.controller, why, _target_of(remote, item))


def made_elsewhere(kind: str, item: Item) -> Iterator[ForeignEnd]:
    """Give the cloud resource that an object created, which is deleted with it."""
    told = _remote_of(kind, item)
    arn = find(told[0].made, item) if told is not None and told[0].made else None
    if isinstance(arn, str) and arn.startswith("arn:"):
        yield (EdgeMeaning.OWNS, arn)


def _remote_of(kind: str, item: Item) -> tuple[Remote, str] | None:
    """Give the controller that acts elsewhere, with the identifying finalizer for an unknown kind."""
    remote = _of_kind(kind.removeprefix("k8s_"))
    if remote is not None and not (remote.unless and remote.unless(item)):
        return remote, ""
    for finalizer in (item.get("metadata") or {}).get("finalizers") or ():
        if (remote := _of_finalizer(str(finalizer))) is not None:
            return remote, str(finalizer)
    return None


def _target_of(remote: Remote, item: Item) -> str:
    texts = ((target, find(target.path, item)) for target in remote.acts_on)
    told = {target.named(text) for target, text in texts if isinstance(text, str) and text} - {""}
    return told.pop() if len(told) == 1 else ""
