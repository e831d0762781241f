"""Messages of providers of clouds: why they refuse an action, and what a listing lacks."""

from tagwarden.model.messages.message import message

RESOURCE_IS_GONE = message("{resource} is gone", resource="gcp_compute_disk data")
CHANGED_SINCE_READ = message("{resource} changed since the last read", resource="gcp_compute_disk data")

# -- labels -----------------------------------------------------------------------------------------------------------
RESERVED_LABELS = message("labels that begin with {prefix} belong to Google's services", prefix="goog-")
TAKES_NO_LABELS = message("{kind} takes no labels", kind="gcp_compute_route")
NO_LABEL_FINGERPRINT = message("the response has no label fingerprint; labels cannot be written safely")
TAGS_UNREADABLE = message(
    "the tags bound to {resource} cannot be read: {error}",
    resource="//pubsub.googleapis.com/projects/my-dev-123/topics/orders",
    error="Resource not found",
)
PROTECTED_BY_BINDING = message("bound tag {tag}={value}", tag="123456789012/protect", value="yes")

# -- deletions --------------------------------------------------------------------------------------------------------
BLOCKED_BY = message(
    "{error}; blocked by {blockers}", error="the network is being used", blockers="gcp_compute_subnetwork front"
)

# -- listings ---------------------------------------------------------------------------------------------------------
INCOMPLETE_LISTING = message("{field}: {told}", field="unreachable", told="europe-west1")
NO_LIST = message("field {field} of the response is no list", field="items")
NO_JSON = message("the response is not JSON: {error}", error="unexpected character: line 1 column 1")
SERVICES_INCOMPLETE = message(
    "the list of enabled services is incomplete: {service} is missing", service="serviceusage.googleapis.com"
)
NOT_GOOGLES = message("the response has the status {status} and no error of a Google API", status=404)
TURN_TOO_LATE = message("the API is throttled: the turn of this write comes in {seconds:.0f} s, too late", seconds=20)
NO_JSON_OBJECT = message("the response is not a JSON object")

# -- projects and kinds -----------------------------------------------------------------------------------------------
PROJECT_CHANGED = message(
    "project {project} changed from number {known} to {found}",
    project="my-dev-123", known="123456789012", found="210987654321",
)  # fmt: skip
UNKNOWN_KIND = message("no kind {kind} of Google Cloud is known to this version", kind="gcp_compute_teapot")
NEVER_DELETED = message(
    "{kind} is never deleted: {why}", kind="gcp_cloudkms_crypto_key", why="it encrypts other resources"
)
UNKNOWN_USERS = message("managers and users of the kind are not known")

# -- backups ----------------------------------------------------------------------------------------------------------
NO_BACKUP_KIND = message(
    "Google Cloud makes no backup of {kind} that outlives the resource", kind="gcp_sqladmin_instance"
)
PARTIAL_BACKUP = message(
    "a backup of {kind} holds one part and would lack {part}", kind="gcp_filestore_instance", part="['logs']"
)
LACKS_FOR_BACKUP = message("the resource has no {path}, which its backup needs", path="fileShares[0].name")
BACKUPS_INCOMPLETE = message("the list of backups is incomplete: {gaps}", gaps="{'unreachable': ['europe-west1']}")

# -- Cloud Asset Inventory --------------------------------------------------------------------------------------------
INVENTORY_FAILED = message("Cloud Asset Inventory: {error}", error="cloudasset.assets.list: the service is unavailable")
INVENTORY_DENIED = message(
    "Cloud Asset Inventory: {error}; grant roles/cloudasset.viewer on the project, or remove spec.gcp.source",
    error="the caller lacks permission (PERMISSION_DENIED)",
)
INVENTORY_DISABLED = message(
    "Cloud Asset Inventory: {error}; enable cloudasset.googleapis.com in the project, or remove spec.gcp.source",
    error="the API is disabled (SERVICE_DISABLED)",
)
INVENTORY_UNREADABLE = message(
    "cannot parse a response from Cloud Asset Inventory: {error!r}", error="KeyError('assets')"
)
ASSET_ELSEWHERE = message(
    "Cloud Asset Inventory returned {asset}, which is in another project",
    asset="//pubsub.googleapis.com/projects/other-dev-1/topics/orders",
)
ASSET_WITHOUT_FIELDS = message(
    "Cloud Asset Inventory returned {asset} without its fields",
    asset="//pubsub.googleapis.com/projects/my-dev-123/topics/orders",
)
ASSET_UNREADABLE = message(
    "cannot parse {asset} in Cloud Asset Inventory: {error!r}",
    asset="projects/my-dev-123/topics/orders", error="KeyError('name')",
)  # fmt: skip
ASSET_MISNAMED = message(
    "Cloud Asset Inventory returned {resource} under the name {asset}",
    resource="projects/other-dev-1/topics/orders", asset="projects/my-dev-123/topics/orders",
)  # fmt: skip
