"""Deletions that Google refuses whoever uses the resource: protection, contents, the last of its type."""

from tests.support.fake_gcp.errors import Refusal, in_use
from tests.support.fake_gcp.state import Request, State
from tests.support.fake_gcp.store import Record

# Type → field and its protecting value.
PROTECTED: dict[str, tuple[str, object]] = {
    "bigtableadmin.authorizedViews": ("deletionProtection", True),
    "bigtableadmin.logicalViews": ("deletionProtection", True),
    "bigtableadmin.materializedViews": ("deletionProtection", True),
    "bigtableadmin.tables": ("deletionProtection", True),
    "compute.instances": ("deletionProtection", True),
    "file.instances": ("deletionProtectionEnabled", True),
    "firestore.databases": ("deleteProtectionState", "DELETE_PROTECTION_ENABLED"),
    "notebooks.instances": ("enableDeletionProtection", True),
    "redis.clusters": ("deletionProtectionEnabled", True),
    "spanner.databases": ("enableDropProtection", True),
    "sqladmin.instances": ("settings.deletionProtectionEnabled", True),
}
# Type → the last collection of what must be gone first, the refusal's status, HTTP status and reason.
# The query parameter that deletes the contents too stands last, "" where there is none.
CONTAINERS: dict[str, tuple[str, str, int, str, str]] = {
    "apigateway.apis": ("configs", "FAILED_PRECONDITION", 400, "failedPrecondition", ""),
    "bigquery.datasets": ("tables", "FAILED_PRECONDITION", 400, "resourceInUse", "deleteContents"),
    "cloudkms.keyRings": ("cryptoKeys", "FAILED_PRECONDITION", 400, "failedPrecondition", ""),
    "dns.managedZones": ("rrsets", "FAILED_PRECONDITION", 400, "containerNotEmpty", ""),
    "privateca.caPools": ("certificateAuthorities", "FAILED_PRECONDITION", 400, "failedPrecondition", ""),
    "spanner.instances": ("backups", "FAILED_PRECONDITION", 400, "failedPrecondition", ""),
    "storage.b": ("o", "ABORTED", 409, "conflict", ""),
}


def check_deletable(state: State, record: Record, request: Request) -> None:
    """Raise the Refusal of a protected, locked or filled resource."""
    _check_protection(record)
    _check_agent(record)
    _check_contents(state, record, request)
    if record.type == "container.nodePools":
        pools = [each for each in state.store.all() if each.type == record.type and _parent(each) == _parent(record)]
        if len(pools) == 1:
            raise Refusal(
                "FAILED_PRECONDITION", f"Cluster must have at least one node pool; {record.name} is the last."
            )
    if record.type == "compute.firewallPolicies" and record.body.get("associations"):
        raise in_use(record.key, record.body["associations"][0]["attachmentTarget"])
    if record.type == "storage.b" and (record.body.get("retentionPolicy") or {}).get("isLocked"):
        raise Refusal("FAILED_PRECONDITION", f"Bucket '{record.name}' has a locked retention policy.", http=412)
    if record.type == "logging.buckets" and (record.body.get("locked") or record.name in {"_Default", "_Required"}):
        raise Refusal("FAILED_PRECONDITION", f"Bucket {record.name} cannot be deleted.")
    if record.type == "compute.instances" and record.body.get("status") == "STOPPING":
        raise Refusal("FAILED_PRECONDITION", f"The resource '{record.key}' is not ready", reason="resourceNotReady")


def _check_protection(record: Record) -> None:
    path, value = PROTECTED.get(record.type, ("", None))
    inner: object = record.body
    for name in path.split("."):
        inner = inner.get(name) if isinstance(inner, dict) else None
    if not path or inner != value:
        return
    if record.api == "compute":
        message = (
            f"Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion. {record.key}'"
        )
        raise Refusal("INVALID_ARGUMENT", message, reason="invalidResourceUsage")
    message = f"The resource {record.key} is protected against deletion; disable {path} and retry."
    raise Refusal("FAILED_PRECONDITION", message)


def _check_agent(record: Record) -> None:
    """Service agents live in Google's own projects; nobody else deletes them."""
    if record.type != "iam.serviceAccounts":
        return
    domain = record.name.partition("@")[2]
    own = (f"{record.project}.iam.gserviceaccount.com", "appspot.gserviceaccount.com", "developer.gserviceaccount.com")
    if domain not in own:
        message = f"Permission 'iam.serviceAccounts.delete' denied on resource {record.key} (or it may not exist)."
        raise Refusal("PERMISSION_DENIED", message)


def _check_contents(state: State, record: Record, request: Request) -> None:
    below = [each for each in state.store.below(record) if not _is_born_with(each)]
    if record.type in CONTAINERS:
        collection, status, http, reason, parameter = CONTAINERS[record.type]
        full = any(each.type == f"{record.api}.{collection}" for each in below)
        if full and not (parameter and request.first(parameter) == "true"):
            noun = "bucket" if record.type == "storage.b" else record.type.rpartition(".")[2].removesuffix("s")
            raise Refusal(status, f"The {noun} you tried to delete is not empty.", reason=reason, http=http)
    elif below and "force" in request.method.parameters and request.first("force") != "true":
        names = ", ".join(each.key for each in below[:3])
        raise Refusal("FAILED_PRECONDITION", f"{record.key} has nested resources ({names}); delete them or set force.")


def _is_born_with(record: Record) -> bool:
    """A zone's SOA and NS records cannot be deleted and count as nothing."""
    return record.type == "dns.rrsets" and record.name in {"NS", "SOA"}


def _parent(record: Record) -> str:
    return record.key.rsplit("/", 2)[0]
