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
