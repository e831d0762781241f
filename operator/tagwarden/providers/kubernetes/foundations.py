"""Namespaces in which clouds, distributions and operators keep what a cluster runs on: nobody's leftovers (S20).

Adding a vendor is adding a row here. A row holds the namespaces that the vendor's own documentation or manifests use.
A name that is no brand (`monitoring`, `operators`, `local`) has a row only where it is a vendor's documented default;
a glob has one only where its prefix is a brand.
"""

import re
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Foundation:
    """Namespaces of one vendor, as globs, and where it says so."""

    vendor: str
    namespaces: tuple[str, ...]
    source: str


_MADE = "[bcdfghjklmnpqrstvwxz2456789]"
"""One character of the endings that the API server makes for `generateName`: no vowels, so no words."""

_K8S = "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/"

# One row a vendor, so that the table can be read as one.
# fmt: off
FOUNDATIONS: tuple[Foundation, ...] = (
    # Distributions and clouds
    Foundation("Kubernetes", ("kube-*", "kubernetes-dashboard"), _K8S),
    Foundation("OpenShift", ("openshift", "openshift-*", "hypershift", "open-cluster-management*",
               "multicluster-engine"),
               "https://docs.openshift.com/container-platform/latest/applications/projects/working-with-projects.html"),
    Foundation("Google Kubernetes Engine", ("gke-managed-*", "gke-connect", "gke-gmp-system", "gke-mcs",
               "gke-system", "gmp-*", "asm-system", "anthos-*",
               "config-management-*", "cnrm-system", "configconnector-operator-system", "resource-group-system"),
               "https://cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed"),
    Foundation("Amazon EKS", ("amazon-*", "aws-*", "eks-connector", "ack-system", "karpenter",
               "sagemaker-*-system"),
               "https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html"),
    Foundation("Azure Kubernetes Service", ("azure-*", "aks-command", "aks-istio-*", "app-routing-system",
               "dataprotection-*", "azureserviceoperator-system"),
               "https://learn.microsoft.com/azure/aks/core-aks-concepts"),
    Foundation("IBM Cloud", ("ibm-*",), "https://cloud.ibm.com/docs/containers?topic=containers-service-arch"),
    Foundation("Alibaba Cloud", ("ack-*", "arms-prom"), "https://www.alibabacloud.com/help/en/ack/"),
    Foundation("Rancher", ("cattle-*", "fleet-*", "cluster-fleet-*", "rancher-*", "local", f"p-{_MADE * 5}",
               f"c-{_MADE * 5}", "c-m-????????", f"user-{_MADE * 5}"),
               "https://ranchermanager.docs.rancher.com/how-to-guides/new-user-guides/manage-clusters/projects-and-namespaces"),
    Foundation("VMware Tanzu", ("tanzu-*", "tkg-*", "vmware-system-*", "tkr-system", "kapp-controller",
               "secretgen-controller", "avi-system", "nsx-system", "pinniped-*"),
               "https://techdocs.broadcom.com/us/en/vmware-tanzu.html"),
    Foundation("MicroK8s", ("container-registry",), "https://microk8s.io/docs/registry-built-in"),
    Foundation("kind and k3s", ("local-path-storage", "system-upgrade"), "https://kind.sigs.k8s.io/"),
    Foundation("Gardener", ("garden", "garden-*", "shoot--*"), "https://gardener.cloud/docs/"),
    Foundation("KubeSphere", ("kubesphere-*", "kubekey-system"), "https://kubesphere.io/docs/"),
    Foundation("Harvester", ("harvester-*",), "https://docs.harvesterhci.io/"),
    # Networks
    Foundation("Calico", ("calico-*", "tigera-*"),
               "https://docs.tigera.io/calico/latest/getting-started/kubernetes/quickstart"),
    Foundation("Cilium", ("cilium", "cilium-*"), "https://docs.cilium.io/en/stable/installation/k8s-install-helm/"),
    Foundation("Weave Net", ("weave", "weave-*"), "https://github.com/weaveworks/weave"),
    Foundation("Antrea", ("antrea-*",), "https://antrea.io/docs/"),
    Foundation("MetalLB", ("metallb", "metallb-system"), "https://metallb.io/installation/"),
    Foundation("Submariner", ("submariner-*",), "https://submariner.io/getting-started/"),
    Foundation("Tailscale", ("tailscale",), "https://tailscale.com/kb/1236/kubernetes-operator"),
    # Meshes and gateways
    Foundation("Istio", ("istio-*",),
               "https://istio.io/latest/docs/setup/install/istioctl/"),
    Foundation("Linkerd", ("linkerd", "linkerd-*"), "https://linkerd.io/2/getting-started/"),
    Foundation("Consul", ("consul", "consul-*"), "https://developer.hashicorp.com/consul/docs/k8s/installation/install"),
    Foundation("Kuma and Kong", ("kuma-*", "kong", "kong-*"), "https://kuma.io/docs/latest/"),
    Foundation("Open Service Mesh", ("osm-system",), "https://release-v1-2.docs.openservicemesh.io/"),
    Foundation("ingress-nginx", ("ingress-nginx", "nginx-ingress", "nginx-gateway"),
               "https://kubernetes.github.io/ingress-nginx/deploy/"),
    Foundation("Traefik", ("traefik", "traefik-*"), "https://doc.traefik.io/traefik/getting-started/kubernetes/"),
    Foundation("Contour", ("projectcontour", "contour-*"), "https://projectcontour.io/getting-started/"),
    Foundation("Envoy Gateway", ("envoy-gateway-system",), "https://gateway.envoyproxy.io/docs/install/"),
    Foundation("kgateway and Gloo", ("kgateway-system", "gloo-system"), "https://kgateway.dev/docs/latest/quickstart/"),
    Foundation("Emissary", ("emissary", "emissary-system", "ambassador"), "https://www.getambassador.io/docs/emissary"),
    Foundation("HAProxy", ("haproxy-controller", "haproxy-ingress"), "https://www.haproxy.com/documentation/kubernetes-ingress/"),
    Foundation("Gateway API", ("gateway-system",), "https://gateway-api.sigs.k8s.io/guides/"),
    Foundation("external-dns", ("external-dns",), "https://kubernetes-sigs.github.io/external-dns/"),
    # Certificates, secrets, identities
    Foundation("cert-manager", ("cert-manager", "cert-manager-*"), "https://cert-manager.io/docs/installation/"),
    Foundation("Vault", ("vault", "vault-secrets-operator-system"),
               "https://developer.hashicorp.com/vault/docs/platform/k8s/helm"),
    Foundation("External Secrets", ("external-secrets",), "https://external-secrets.io/latest/introduction/getting-started/"),
    Foundation("Sealed Secrets", ("sealed-secrets",), "https://github.com/bitnami-labs/sealed-secrets"),
    Foundation("Teleport", ("teleport-agent", "teleport-cluster"),
               "https://goteleport.com/docs/zero-trust-access/deploy-a-cluster/helm-deployments/kubernetes-cluster/"),
    Foundation("Reloader", ("reloader",), "https://github.com/stakater/Reloader"),
    Foundation("SPIRE", ("spire", "spire-*"), "https://spiffe.io/docs/latest/try/getting-started-k8s/"),
    # Storage and backups
    Foundation("Rook", ("rook-*",), "https://rook.io/docs/rook/latest/Getting-Started/quickstart/"),
    Foundation("Longhorn", ("longhorn", "longhorn-*"), "https://longhorn.io/docs/latest/deploy/install/"),
    Foundation("OpenEBS", ("openebs", "mayastor"), "https://openebs.io/docs/quickstart-guide/installation"),
    Foundation("Portworx", ("portworx", "px-*"), "https://docs.portworx.com/"),
    Foundation("NetApp Trident", ("trident",), "https://docs.netapp.com/us-en/trident/"),
    Foundation("Ceph CSI, LINSTOR and StorageOS", ("ceph-csi-*", "piraeus-*", "linstor", "storageos"),
               "https://piraeus.io/docs/stable/"),
    Foundation("MinIO Operator", ("minio-operator", "directpv"), "https://min.io/docs/minio/kubernetes/upstream/"),
    Foundation("CSI drivers", ("csi-addons-system", "csi-driver-*", "nfs-provisioner", "snapshot-controller"),
               "https://kubernetes-csi.github.io/docs/drivers.html"),
    Foundation("Velero", ("velero",), "https://velero.io/docs/main/basic-install/"),
    Foundation("Kasten and Stash", ("kasten-io", "stash"), "https://docs.kasten.io/latest/install/requirements.html"),
    # Delivery and provisioning
    Foundation("Argo", ("argocd", "argocd-*", "argo", "argo-cd", "argo-events", "argo-rollouts"),
               "https://argo-cd.readthedocs.io/en/stable/getting_started/"),
    Foundation("Flux and Flagger", ("flux-system", "flux", "flagger-system"), "https://fluxcd.io/flux/installation/"),
    Foundation("KubeVela and OpenKruise", ("vela-system", "kruise-*"), "https://kubevela.io/docs/installation/kubernetes/"),
    Foundation("Karmada and Kamaji", ("karmada-*", "kamaji-system"), "https://karmada.io/docs/installation/"),
    Foundation("Tekton", ("tekton-*",), "https://tekton.dev/docs/installation/"),
    Foundation("Crossplane", ("crossplane-system", "upbound-system"), "https://docs.crossplane.io/latest/software/install/"),
    Foundation("Cluster API", ("capi-*", "capa-*", "capz-*", "capg-*", "capv-*", "capd-*"),
               "https://cluster-api.sigs.k8s.io/user/quick-start"),
    Foundation("Terraform and Pulumi operators", ("tfc-operator-system", "terraform-system",
               "pulumi-kubernetes-operator"),
               "https://developer.hashicorp.com/terraform/cloud-docs/integrations/kubernetes"),
    Foundation("Operator Lifecycle Manager", ("olm", "operators", "olmv1-system"),
               "https://olm.operatorframework.io/docs/getting-started/"),
    Foundation("Actions Runner Controller", ("actions-runner-system", "arc-systems"),
               "https://docs.github.com/en/actions/hosting-your-own-runners"),
    Foundation("GitLab Agent", ("gitlab-agent", "gitlab-agent-*"), "https://docs.gitlab.com/user/clusters/agent/install/"),
    Foundation("Kubernetes SIGs", ("node-feature-discovery", "kueue-system", "jobset-system", "lws-system",
               "descheduler", "metrics-server"), "https://kueue.sigs.k8s.io/docs/installation/"),
    # Policies and security
    Foundation("Gatekeeper", ("gatekeeper-system",), "https://open-policy-agent.github.io/gatekeeper/website/docs/install/"),
    Foundation("Open Policy Agent", ("opa",), "https://www.openpolicyagent.org/docs/latest/kubernetes-tutorial/"),
    Foundation("Kyverno", ("kyverno", "kyverno-*", "policy-reporter"),
               "https://kyverno.io/docs/installation/installation/"),
    Foundation("Kubewarden", ("kubewarden", "kubewarden-*"), "https://docs.kubewarden.io/quick-start"),
    Foundation("Falco", ("falco", "falco-*"), "https://falco.org/docs/setup/kubernetes/"),
    Foundation("Trivy", ("trivy-system", "trivy-operator"), "https://aquasecurity.github.io/trivy-operator/latest/"),
    Foundation("NeuVector, Kubescape and StackRox", ("neuvector", "kubescape", "stackrox", "rhacs-operator"),
               "https://open-docs.neuvector.com/deploying/kubernetes"),
    Foundation("CrowdStrike Falcon", ("falcon-*",), "https://github.com/CrowdStrike/falcon-helm"),
    Foundation("Prisma Cloud", ("twistlock",), "https://docs.prismacloud.io/en/compute-edition"),
    Foundation("sigstore", ("cosign-system", "sigstore-system"), "https://docs.sigstore.dev/policy-controller/installation/"),
    Foundation("Capsule, vCluster and HNC", ("capsule-system", "vcluster-platform", "loft", "hnc-system"),
               "https://projectcapsule.dev/docs/operating/setup/installation/"),
    # Observing
    Foundation("Prometheus Operator", ("monitoring", "prometheus", "prometheus-operator"),
               "https://github.com/prometheus-operator/kube-prometheus"),
    Foundation("Grafana", ("grafana", "grafana-*", "loki", "loki-*", "tempo", "mimir", "alloy"),
               "https://grafana.com/docs/loki/latest/setup/install/helm/"),
    Foundation("OpenTelemetry", ("opentelemetry-*",),
               "https://opentelemetry.io/docs/platforms/kubernetes/operator/"),
    Foundation("Elastic", ("elastic-system",), "https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s"),
    Foundation("Logging operator and Fluent", ("logging", "fluent", "fluent-bit", "fluent-operator"),
               "https://kube-logging.dev/docs/install/"),
    Foundation("Datadog", ("datadog", "datadog-*"), "https://docs.datadoghq.com/containers/kubernetes/installation/"),
    Foundation("New Relic", ("newrelic", "newrelic-*", "px-operator"),
               "https://docs.newrelic.com/docs/kubernetes-pixie/kubernetes-integration/installation/"),
    Foundation("Dynatrace", ("dynatrace",), "https://docs.dynatrace.com/docs/ingest-from/setup-on-k8s"),
    Foundation("Splunk, Sysdig and Instana", ("splunk-*", "sysdig-*", "instana-*"),
               "https://docs.sysdig.com/en/docs/installation/"),
    Foundation("Jaeger", ("jaeger", "jaeger-operator", "observability"),
               "https://www.jaegertracing.io/docs/1.60/operator/"),
    Foundation("Kubecost, OpenCost and CAST AI", ("kubecost", "opencost", "castai-*"),
               "https://www.opencost.io/docs/installation/install"),
    # Platforms and operators
    Foundation("Knative", ("knative-*", "kourier-system"), "https://knative.dev/docs/install/"),
    Foundation("KEDA", ("keda", "keda-*"), "https://keda.sh/docs/latest/deploy/"),
    Foundation("Dapr", ("dapr-*",), "https://docs.dapr.io/operations/hosting/kubernetes/kubernetes-deploy/"),
    Foundation("KubeVirt", ("kubevirt", "kubevirt-*", "cdi"), "https://kubevirt.io/user-guide/cluster_admin/installation/"),
    Foundation("Kubeflow", ("kubeflow", "kubeflow-*", "kserve"), "https://www.kubeflow.org/docs/started/installing-kubeflow/"),
    Foundation("NVIDIA and AMD GPU operators", ("gpu-operator", "nvidia-*", "network-operator", "kube-amd-gpu"),
               "https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/getting-started.html"),
    Foundation("Schedulers", ("volcano-*", "yunikorn", "spark-operator"), "https://volcano.sh/en/docs/installation/"),
    Foundation("OpenFaaS", ("openfaas", "openfaas-fn"), "https://docs.openfaas.com/deployment/kubernetes/"),
    Foundation("Database operators", ("cnpg-system", "postgres-operator", "pgo", "mysql-operator", "strimzi-system",
               "mongodb-operator", "rabbitmq-system", "cass-operator", "k8ssandra-operator",
               "psmdb-operator", "pxc-operator"),
               "https://cloudnative-pg.io/documentation/current/installation_upgrade/"),
    Foundation("Chaos Mesh and Litmus", ("chaos-mesh", "litmus"), "https://chaos-mesh.org/docs/quick-start/"),
)
# fmt: on

_REMEMBERED = 4_096
_PATTERNS = tuple(
    (foundation, re.compile("|".join(map(translate, foundation.namespaces)))) for foundation in FOUNDATIONS
)


@lru_cache(_REMEMBERED)
def foundation_of(namespace: str) -> Foundation | None:
    """Give the vendor whose namespace this is, the first in the table; None where it is nobody's but people's."""
    return next((foundation for foundation, pattern in _PATTERNS if pattern.match(namespace)), None)
