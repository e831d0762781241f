"""The kinds that are never deleted, each with its reason; they are collected, so that people see them."""

from collections.abc import Mapping

from tagwarden.providers.catalogue.kind_row import Holding
from tagwarden.providers.gcp.details import Detail
from tagwarden.providers.gcp.facts.vocabulary import Facts, facts

_BY_DEPLOYMENT = "its deletion deletes resources that it does not name"
_ORDERED = "it is ordered by contract, and cannot be had again at once"
_MEMBERS = Detail(
    "cloudresourcemanager.projects.getIamPolicy",
    "{id}:getIamPolicy",
    "bindings[].members[] | [?!ends_with(@, '@{project}.iam.gserviceaccount.com')]",
    "members",
    posts=True,
    permission="resourcemanager.projects.getIamPolicy",
    is_of_neighbours=True,
)
"""Who may act in a project: a role is no use of a service account of the same project, which its deletion just ends."""

NEVER_FACTS: Mapping[str, Facts] = {
    "gcp_cloudresourcemanager_project": facts("project", holds=Holding.DATA, has_labels=True,
                                              permission="resourcemanager.projects", never="it is the project itself",
                                              details=(_MEMBERS,)),
    "gcp_cloudkms_key_ring": facts("key", holds=Holding.KEYS, never="key rings hold keys that encrypt other data"),
    "gcp_cloudkms_crypto_key": facts("key", holds=Holding.KEYS, never="keys encrypt other data"),
    "gcp_domains_registration": facts("domain", holds=Holding.NAMES, never="the domain would be lost"),
    "gcp_baremetalsolution_nfs_share": facts("file_system", holds=Holding.DATA, never=_ORDERED),
    "gcp_compute_interconnect": facts("connection", holds=Holding.NAMES, never=_ORDERED),
    "gcp_bigqueryreservation_capacity_commitment": facts("reservation", never="it is paid for until its term ends"),
    "gcp_oracledatabase_cloud_exadata_infrastructure": facts("cluster", holds=Holding.DATA, never=_ORDERED),
    "gcp_config_deployment": facts("stack", holds=Holding.DATA, never=_BY_DEPLOYMENT),
    "gcp_config_deployment_group": facts("stack", holds=Holding.DATA, never=_BY_DEPLOYMENT),
    "gcp_deploymentmanager_deployment": facts("stack", holds=Holding.DATA, never=_BY_DEPLOYMENT),
    "gcp_hypercomputecluster_cluster": facts("cluster", holds=Holding.DATA, never=_BY_DEPLOYMENT),
    "gcp_saasservicemgmt_tenant": facts("stack", holds=Holding.DATA, never=_BY_DEPLOYMENT),
    "gcp_saasservicemgmt_unit": facts("stack", holds=Holding.DATA, never=_BY_DEPLOYMENT),
    "gcp_gkehub_feature": facts("policy", never="it switches a service on for the whole fleet"),
    "gcp_gkehub_fleet": facts("group", never="every project with clusters has one"),
}  # fmt: skip
"""By kind."""
