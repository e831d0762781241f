"""The known kinds of Kubernetes objects, as rows. Other kinds of a cluster get the default row.

To add a kind, add a row here. Names, plurals and scopes are those of the API reference; a test compares the rows with a
real API server.
"""

from dataclasses import replace

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.kubernetes import cloud_links, selectors
from tagwarden.providers.kubernetes.names import kind_name
from tagwarden.providers.kubernetes.row import DEFAULT_CATEGORY, Ignored, Link, Propagation, Row

NAMESPACE = "k8s_namespace"
PERSISTENT_VOLUME = "k8s_persistentvolume"
PERSISTENT_VOLUME_CLAIM = "k8s_persistentvolumeclaim"
SERVICE_ACCOUNT = "k8s_serviceaccount"
CONFIG_MAP = "k8s_configmap"
SECRET = "k8s_secret"
SERVICE = "k8s_service"
POD = "k8s_pod"
NODE = "k8s_node"
STATEFUL_SET = "k8s_statefulset"
HELM_RELEASE = "k8s_helm_release"

# Controllers create these in every namespace, and recreate deleted ones.
IN_EVERY_NAMESPACE = frozenset(
    {
        (SERVICE_ACCOUNT, "default"),
        (CONFIG_MAP, "kube-root-ca.crt"),
        (CONFIG_MAP, "openshift-service-ca.crt"),
        (CONFIG_MAP, "istio-ca-root-cert"),
        (SERVICE_ACCOUNT, "builder"),
        (SERVICE_ACCOUNT, "deployer"),
    }
)

_CORE = ""
_NETWORKING = "networking.k8s.io"
_STORAGE = "storage.k8s.io"
_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_RESOURCE = "resource.k8s.io"
_FLOW = "flowcontrol.apiserver.k8s.io"
_GATEWAY = "gateway.networking.k8s.io"
_SNAPSHOT = "snapshot.storage.k8s.io"

_USES, _NEEDS, _OWNS = EdgeMeaning.USES, EdgeMeaning.NEEDS, EdgeMeaning.OWNS
_FOREGROUND = Propagation.FOREGROUND
_TEMPLATE = "spec.template.spec"

_NODE_WHY = "cluster infrastructure: workloads run on it"
_API_WHY = "cluster infrastructure: the API itself depends on it"
_CLASS_WHY = "cluster infrastructure: other objects refer to it by name"
_DRIVER_WHY = "cluster infrastructure: volumes depend on it"
_OURS_WHY = "part of Tagwarden"


def _part(group: str, object_kind: str, plural: str, category: str, why: str, links: tuple[Link, ...] = ()) -> Row:
    return Row(group, object_kind, plural, category, namespaced=False, infrastructure=why, links=links)


def _ours(object_kind: str, plural: str) -> Row:
    """Give the row of a kind of Tagwarden: the status lists findings, which are not uses."""
    row = _part("tagwarden.io", object_kind, plural, "policy", _OURS_WHY)
    return replace(row, mentions_nothing=True)


def _place(field: str) -> str:
    """Give the path of `namespace/name` where a field holds both."""
    return f"[{field}][?name && namespace].join('/', [namespace, name])"


_SCALED = tuple(
    Link(_USES, kind_name(group, kind), f"[spec.scaleTargetRef][?kind=='{kind}'].name")
    for group, kind in (
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("apps", "ReplicaSet"),
        (_CORE, "ReplicationController"),
    )
)
_SUBJECTS = (
    Link(_NEEDS, SERVICE_ACCOUNT, "subjects[?kind=='ServiceAccount' && namespace].join('/', [namespace, name])"),
)
_WEBHOOKS = (
    Link(
        _USES,
        SERVICE,
        "webhooks[?clientConfig.service.name].join('/', [clientConfig.service.namespace, clientConfig.service.name])",
    ),
)
_RESERVED = (
    Link(
        _USES,
        PERSISTENT_VOLUME_CLAIM,
        "[@][?status.phase!='Bound' && spec.claimRef].join('/', [spec.claimRef.namespace, spec.claimRef.name])",
    ),
)
_DRIVER_SECRETS = tuple(
    Link(_USES, SECRET, _place(f"spec.csi.{field}"))
    for field in (
        "nodeStageSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
    )
)


# Rows of a line or two, so that the table is readable as a whole.
# fmt: off
_ROWS: tuple[Row, ...] = (
    # Workloads
    Row("apps", "Deployment", "deployments", "workload", attributes={"replicas": "spec.replicas"}, pod_spec=_TEMPLATE,
        propagation=_FOREGROUND),
    Row("apps", "StatefulSet", "statefulsets", "workload", attributes={"replicas": "spec.replicas"}, pod_spec=_TEMPLATE,
        links=(Link(_USES, SERVICE, "[spec.serviceName]"),), propagation=_FOREGROUND),
    Row("apps", "DaemonSet", "daemonsets", "workload", pod_spec=_TEMPLATE, propagation=_FOREGROUND),
    Row("apps", "ReplicaSet", "replicasets", "workload", propagation=_FOREGROUND),
    Row(_CORE, "ReplicationController", "replicationcontrollers", "workload", pod_spec=_TEMPLATE,
        propagation=_FOREGROUND),
    Row(_CORE, "Pod", "pods", "workload", state="status.phase", attributes={"node": "spec.nodeName"}, pod_spec="spec",
        links=(Link(_USES, NODE, "[spec.nodeName]"),)),
    Row(_CORE, "PodTemplate", "podtemplates", "workload", pod_spec="template.spec"),
    Row("batch", "Job", "jobs", "job", pod_spec=_TEMPLATE, propagation=_FOREGROUND,
        state="status.conditions[?status=='True' && (type=='Complete' || type=='Failed')].type | [0]"),
    Row("batch", "CronJob", "cronjobs", "job", attributes={"schedule": "spec.schedule", "suspended": "spec.suspend"},
        pod_spec="spec.jobTemplate.spec.template.spec", propagation=_FOREGROUND),
    # Namespaces and their configuration
    Row(_CORE, "Namespace", "namespaces", "namespace", namespaced=False, state="status.phase"),
    Row(_CORE, "ConfigMap", "configmaps", "config"),
    Row(_CORE, "Secret", "secrets", "secret", is_irreplaceable=True),
    Row(_CORE, "ResourceQuota", "resourcequotas", "policy"),
    Row(_CORE, "LimitRange", "limitranges", "policy"),
    Row("policy", "PodDisruptionBudget", "poddisruptionbudgets", "policy", selector=selectors.of_disruption_budget),
    Row("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "autoscaling",
        links=_SCALED, held_by=_SCALED),
    # Network
    Row(_CORE, "Service", "services", "network", attributes={"type": "spec.type", "hostname": cloud_links.HOSTNAME},
        category_when=(("spec.type == 'LoadBalancer'", "load_balancer"),), foreign=cloud_links.of_service,
        precedes_namespace="spec.type == 'LoadBalancer'", selector=selectors.of_service, may_name_clouds=True),
    Row(_NETWORKING, "Ingress", "ingresses", "load_balancer",
        attributes={"class": "spec.ingressClassName", "hostname": cloud_links.HOSTNAME},
        links=(
            Link(_USES, SERVICE, "[spec.defaultBackend.service.name]"),
            Link(_USES, SERVICE, "spec.rules[].http.paths[].backend.service.name"),
            Link(_USES, SECRET, "spec.tls[].secretName"),
            Link(_USES, SECRET, '[metadata.annotations."nginx.ingress.kubernetes.io/auth-secret"]'),
            Link(_USES, SECRET, '[metadata.annotations."nginx.ingress.kubernetes.io/auth-tls-secret"]'),
            Link(_USES, "k8s_ingressclass", "[spec.ingressClassName]"),
        ),
        foreign=cloud_links.of_ingress, precedes_namespace="length(status.loadBalancer.ingress || `[]`) > `0`",
        may_name_clouds=True),
    _part(_NETWORKING, "IngressClass", "ingressclasses", "network", _CLASS_WHY),
    Row(_NETWORKING, "NetworkPolicy", "networkpolicies", "network", selector=selectors.of_network_policy),
    _part(_NETWORKING, "ServiceCIDR", "servicecidrs", "network", _API_WHY),
    Row(_GATEWAY, "Gateway", "gateways", "load_balancer", attributes={"class": "spec.gatewayClassName"},
        precedes_namespace="`true`"),
    _part(_GATEWAY, "GatewayClass", "gatewayclasses", "network", _CLASS_WHY),
    Row(_GATEWAY, "HTTPRoute", "httproutes", "network",
        links=(Link(_USES, SERVICE, "spec.rules[].backendRefs[].name"),
               Link(_USES, kind_name(_GATEWAY, "Gateway"), "spec.parentRefs[].name"))),
    # The controller removes the Pods from the target group before the binding can be deleted.
    Row("elbv2.k8s.aws", "TargetGroupBinding", "targetgroupbindings", "network",
        links=(Link(_USES, SERVICE, "[spec.serviceRef.name]"),), foreign=cloud_links.of_target_group_binding,
        precedes_namespace="`true`"),
    # Volumes
    Row(_CORE, "PersistentVolumeClaim", "persistentvolumeclaims", "volume", state="status.phase",
        attributes={"size": "spec.resources.requests.storage", "storage_class": "spec.storageClassName",
                    "volume": "spec.volumeName"},
        links=(Link(_NEEDS, PERSISTENT_VOLUME, "[spec.volumeName]"),), precedes_namespace="`true`",
        is_irreplaceable=True),
    Row(_CORE, "PersistentVolume", "persistentvolumes", "volume", namespaced=False, state="status.phase",
        attributes={"size": "spec.capacity.storage", "storage_class": "spec.storageClassName",
                    "reclaim_policy": "spec.persistentVolumeReclaimPolicy"},
        links=_DRIVER_SECRETS, held_by=_RESERVED,
        foreign=cloud_links.of_persistent_volume, is_irreplaceable=True, may_name_clouds=True),
    Row(_SNAPSHOT, "VolumeSnapshot", "volumesnapshots", "snapshot",
        links=(Link(_NEEDS, kind_name(_SNAPSHOT, "VolumeSnapshotContent"), "[status.boundVolumeSnapshotContentName]"),),
        precedes_namespace="`true`", is_irreplaceable=True),
    Row(_SNAPSHOT, "VolumeSnapshotContent", "volumesnapshotcontents", "snapshot", namespaced=False,
        attributes={"deletion_policy": "spec.deletionPolicy"}, foreign=cloud_links.of_volume_snapshot_content,
        is_irreplaceable=True),
    _part(_SNAPSHOT, "VolumeSnapshotClass", "volumesnapshotclasses", "volume", _CLASS_WHY),
    Row(_STORAGE, "StorageClass", "storageclasses", "volume", namespaced=False, infrastructure=_CLASS_WHY,
        may_name_clouds=True),
    _part(_STORAGE, "VolumeAttributesClass", "volumeattributesclasses", "volume", _CLASS_WHY),
    _part(_STORAGE, "VolumeAttachment", "volumeattachments", "volume", _DRIVER_WHY),
    _part(_STORAGE, "CSIDriver", "csidrivers", "volume", _DRIVER_WHY),
    _part(_STORAGE, "CSINode", "csinodes", "volume", _DRIVER_WHY),
    # Access
    Row(_CORE, "ServiceAccount", "serviceaccounts", "access",
        links=(Link(_USES, SECRET, "imagePullSecrets[].name"), Link(_USES, SECRET, "secrets[].name")),
        foreign=cloud_links.of_service_account),
    Row(_RBAC, "Role", "roles", "access"),
    Row(_RBAC, "RoleBinding", "rolebindings", "access",
        links=(Link(_NEEDS, "k8s_role", "[roleRef][?kind=='Role'].name"),
               Link(_NEEDS, "k8s_clusterrole", "[roleRef][?kind=='ClusterRole'].name")), held_by=_SUBJECTS),
    Row(_RBAC, "ClusterRole", "clusterroles", "access", namespaced=False),
    Row(_RBAC, "ClusterRoleBinding", "clusterrolebindings", "access", namespaced=False,
        links=(Link(_NEEDS, "k8s_clusterrole", "[roleRef.name]"),), held_by=_SUBJECTS,
        protected_when=(("subjects[?kind!='ServiceAccount']", "grants rights to users, which a cluster cannot list"),)),
    # The cluster itself
    Row(_CORE, "Node", "nodes", "instance", namespaced=False, infrastructure=_NODE_WHY, foreign=cloud_links.of_node),
    _part("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", "cluster", _API_WHY),
    _part("apiregistration.k8s.io", "APIService", "apiservices", "cluster", _API_WHY,
          (Link(_USES, SERVICE, _place("spec.service")),)),
    _part(_ADMISSION, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", "cluster", _API_WHY,
          _WEBHOOKS),
    _part(_ADMISSION, "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", "cluster", _API_WHY,
          _WEBHOOKS),
    _part(_ADMISSION, "ValidatingAdmissionPolicy", "validatingadmissionpolicies", "cluster", _API_WHY),
    _part(_ADMISSION, "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", "cluster", _API_WHY),
    _part(_ADMISSION, "MutatingAdmissionPolicy", "mutatingadmissionpolicies", "cluster", _API_WHY),
    _part(_ADMISSION, "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings", "cluster", _API_WHY),
    _part(_FLOW, "FlowSchema", "flowschemas", "cluster", _API_WHY),
    _part(_FLOW, "PriorityLevelConfiguration", "prioritylevelconfigurations", "cluster", _API_WHY),
    _part("certificates.k8s.io", "ClusterTrustBundle", "clustertrustbundles", "cluster", _API_WHY),
    _part("scheduling.k8s.io", "PriorityClass", "priorityclasses", "cluster", _CLASS_WHY),
    _part("node.k8s.io", "RuntimeClass", "runtimeclasses", "cluster", _CLASS_WHY),
    _part(_RESOURCE, "DeviceClass", "deviceclasses", "cluster", _CLASS_WHY),
    _part(_RESOURCE, "ResourceSlice", "resourceslices", "cluster", _NODE_WHY),
    Row(_RESOURCE, "ResourceClaim", "resourceclaims", "workload"),
    Row(_RESOURCE, "ResourceClaimTemplate", "resourceclaimtemplates", "workload"),
    # Well-known extensions
    Row("argoproj.io", "Application", "applications", "application",
        attributes={"project": "spec.project", "destination": "spec.destination.namespace"}),
    Row("cert-manager.io", "Certificate", "certificates", "certificate",
        links=(Link(_USES, SECRET, "[spec.secretName]"),)),
    Row("external-secrets.io", "ExternalSecret", "externalsecrets", "config"),
    _part("cert-manager.io", "ClusterIssuer", "clusterissuers", "certificate", _CLASS_WHY),
    _part("karpenter.sh", "NodePool", "nodepools", "instance", _NODE_WHY),
    _part("karpenter.sh", "NodeClaim", "nodeclaims", "instance", _NODE_WHY),
    _part("karpenter.k8s.aws", "EC2NodeClass", "ec2nodeclasses", "instance", _NODE_WHY),
    # Kinds of Tagwarden
    _ours("CleanupPolicy", "cleanuppolicies"),
    _ours("CloudAccount", "cloudaccounts"),
)
# fmt: on

IGNORED: tuple[Ignored, ...] = (
    Ignored(_CORE, "Event", "a message that the API server deletes after an hour"),
    Ignored("events.k8s.io", "Event", "a message that the API server deletes after an hour"),
    Ignored(_CORE, "Endpoints", "maintained from its Service, and deleted with it"),
    Ignored("discovery.k8s.io", "EndpointSlice", "maintained from its Service, and deleted with it"),
    Ignored(_CORE, "ComponentStatus", "computed for each request"),
    Ignored("coordination.k8s.io", "Lease", "a lock that its holder renews every few seconds"),
    Ignored("coordination.k8s.io", "LeaseCandidate", "a candidate for a lock"),
    Ignored("apps", "ControllerRevision", "a revision of a StatefulSet or DaemonSet, and deleted with it"),
    Ignored(
        "certificates.k8s.io", "CertificateSigningRequest", "a request that is removed automatically when completed"
    ),
    Ignored(_STORAGE, "CSIStorageCapacity", "a measurement maintained by the volume driver"),
    Ignored(_NETWORKING, "IPAddress", "an entry of the address table, and deleted with its Service"),
    Ignored("internal.apiserver.k8s.io", "", "internal state of the API servers"),
    Ignored("storagemigration.k8s.io", "", "internal state of the API servers"),
    Ignored("authentication.k8s.io", "", "queries, not objects"),
    Ignored("authorization.k8s.io", "", "queries, not objects"),
    Ignored("metrics.k8s.io", "", "measurements, computed for each request"),
    Ignored("custom.metrics.k8s.io", "", "measurements, computed for each request"),
    Ignored("external.metrics.k8s.io", "", "measurements, computed for each request"),
    Ignored("authorization.openshift.io", "", "another view of the objects of rbac.authorization.k8s.io"),
    Ignored("project.openshift.io", "", "another view of namespaces"),
    Ignored("packages.operators.coreos.com", "", "a package catalog, computed for each request"),
)

# Mirrors and reports that controllers write by the thousand: the texts describe objects and use none.
_SILENT = frozenset(
    {
        "k8s_ciliumendpoint.cilium.io",
        "k8s_ciliumendpointslice.cilium.io",
        "k8s_ciliumidentity.cilium.io",
        "k8s_ciliumnode.cilium.io",
        "k8s_blockaffinity.crd.projectcalico.org",
        "k8s_ipamblock.crd.projectcalico.org",
        "k8s_ipamhandle.crd.projectcalico.org",
        "k8s_*.aquasecurity.github.io",
        "k8s_*.reports.kyverno.io",
        "k8s_*.wgpolicyk8s.io",
        "k8s_*.spdx.softwarecomposition.kubescape.io",
        "k8s_*.tagwarden.io",
    }
)

_ROW_OF = {(row.group, row.object_kind): row for row in _ROWS}
_ROW_BY_KIND = {row.kind: row for row in _ROWS}
_IGNORED = {(ignored.group, ignored.object_kind) for ignored in IGNORED}


def catalogue() -> tuple[Row, ...]:
    """Give every row, in the order of the kinds' names."""
    return tuple(sorted(_ROWS, key=lambda row: row.kind))


def row_of(group: str, object_kind: str, plural: str, *, namespaced: bool) -> Row:
    """Give the row of a served kind; a kind without a row gets the default row.

    A built-in kind is the same in every built-in group of old clusters.
    """
    known = _ROW_OF.get((group, object_kind)) or _ROW_BY_KIND.get(kind_name(group, object_kind))
    if known is not None:
        return known
    silent = not may_mention(kind_name(group, object_kind))
    return Row(group, object_kind, plural, DEFAULT_CATEGORY, namespaced=namespaced, mentions_nothing=silent)


def known_row(kind: str) -> Row | None:
    """Give the row of a kind; None for a kind without a row."""
    return _ROW_BY_KIND.get(kind)


def may_mention(kind: str) -> bool:
    """Whether a kind is a custom resource that may name other objects, or stands for all kinds of an unknown group."""
    group = kind.partition(".")[2]
    return bool(group) and not is_ignored(group) and kind not in _SILENT and f"k8s_*.{group}" not in _SILENT


def is_ignored(group: str, object_kind: str = "") -> bool:
    """Whether a kind, or without `object_kind` a whole group, is ignored."""
    return (group, "") in _IGNORED or (group, object_kind) in _IGNORED


def rows_of_group(group: str) -> tuple[Row, ...]:
    """Give the rows of one API group."""
    return tuple(row for row in _ROWS if row.group == group)


def is_judged_by_name_only(kind: str, namespace: str) -> bool:
    """Whether a policy governs an object only by naming the object's kind: cluster-wide objects (S20).

    Roles, definitions, classes and operator configurations are cluster-scoped and affect the whole cluster. Namespaces
    do not, and volumes and snapshots belong to objects in namespaces.
    """
    return not namespace and kind not in _OF_NAMESPACES


def is_irreplaceable(kind: str) -> bool:
    """Whether objects of a kind hold data or keys that no manifest restores (S19).

    Custom resources never do: the data is in claims and Secrets, which count separately.
    """
    row = known_row(kind)
    return row is not None and row.is_irreplaceable


_OF_NAMESPACES = frozenset({NAMESPACE, PERSISTENT_VOLUME, kind_name(_SNAPSHOT, "VolumeSnapshotContent")})
