"""Messages about a resource itself: its deletion is in progress, or users that no snapshot shows keep it."""

from tagwarden.model.messages.message import message

IN_PROGRESS = message("already being deleted ({state})", state="shutting-down")
BLOCKED_BY_FINALIZERS = message(
    "already being deleted, blocked by {finalizers}", finalizers="the finalizer foregroundDeletion"
)

# -- users that are not collected -------------------------------------------------------------------------------------

UNSEEN_USERS = message(
    "may be used by {users}, which Tagwarden does not collect; last used on {day}",
    users="people who assume the role",
    day="2026-08-20",
)
UNSEEN_USERS_OF_NEW = message(
    "may be used by {users}, which Tagwarden does not collect; created too recently to be known as unused",
    users="people who assume the role",
)

# -- shared across accounts -------------------------------------------------------------------------------------------

OPEN_TO_ANY_ACCOUNT = message("any account may use this resource; delete the resource manually")
SHARED_WITH_UNDECLARED = message(
    "shared with undeclared account {id}; declare this account with environment test, or delete the resource manually",
    id="210987654321",
)
SHARED_OUTSIDE_OF_TEST = message(
    "shared with CloudAccount {account} of environment {environment}", account="aws-prod", environment="production"
)
SHARED_WITH_UNCOLLECTED = message("shared with CloudAccount {account}, which was not collected", account="aws-qa")
SHARED_BUT_UNLISTED = message(
    "shared with CloudAccount {account}, which does not list this resource; collect {kind} in all its regions",
    account="aws-qa",
    kind="aws_vpc_peering_connection",
)

# -- kinds that cannot be listed --------------------------------------------------------------------------------------

API_DISABLED_SINCE = message(
    "the API of {kind} was disabled, which deletes nothing; enable it until a pass has listed the kind",
    kind="gcp_run_service",
)
