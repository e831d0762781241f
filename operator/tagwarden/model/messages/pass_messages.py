"""Messages of a pass: problems of its snapshots, declarations that cannot be trusted, and the last check of a plan."""

from tagwarden.model.messages.message import message

_NOON = "2026-09-01T12:00:00Z"

# -- snapshots --------------------------------------------------------------------------------------------------------

ACCOUNT_PROBLEM = message("account {account}: {problem}", account="aws-dev", problem="sts: the token has expired")
GAP = message(
    "account {account}: {kind} in {region}: {error}",
    account="aws-dev",
    kind="aws_ec2_instance",
    region="eu-west-1",
    error="access denied",
)
GLOBAL = message("global")
NO_SNAPSHOT_YET = message("account {account}: no snapshot yet", account="aws-dev")
OLD_SNAPSHOT = message("account {account}: the last snapshot is from {taken}", account="aws-dev", taken=_NOON)
STALE = message("the last snapshot is from {taken}", taken=_NOON)
NOTHING_TO_JUDGE = message(
    "no snapshot to judge: {problems}; collect first with: tagwarden collect -f DIR",
    problems="account aws-dev: no snapshot yet",
)

# -- declarations -----------------------------------------------------------------------------------------------------

UNREADABLE_POLICY = message(
    "CleanupPolicy {policy} is unreadable: {problem}", policy="newer", problem="spec.newerField: unknown field"
)
NO_MATCHING_ACCOUNT = message(
    "CleanupPolicy {policy}: spec.scope.accounts matches none of the accounts ({accounts})",
    policy="test-accounts",
    accounts="aws-dev, aws-qa",
)
NO_ACCOUNTS = message("no account is declared")

# -- a plan that was shown --------------------------------------------------------------------------------------------

PLAN_TOO_OLD = message("the plan of {made} is older than {limit}; create a new plan", made=_NOON, limit="1d")
PLAN_OF_UNDECLARED = message(
    "the plan belongs to CleanupPolicy {policy}, which is not declared; add its file with -f", policy="test-accounts"
)
SNAPSHOTS_MISSING = message(
    "snapshots of the plan are not stored here: {snapshots}; create a new plan", snapshots="aws-dev.20260901T120000Z"
)
DECLARATIONS_CHANGED = message(
    "{names} changed since the plan was created; create a new plan", names="CloudAccount aws-dev"
)

# -- the review right before an action --------------------------------------------------------------------------------

NO_LONGER_LISTED = message("the vendor no longer lists this resource")
PARENT_NO_LONGER_DELETED = message("the parent resource is no longer deleted")
CHANGED_SINCE = message("changed since the plan: {why}", why="required by aws_subnet a, which belongs to alice")
NOT_IN_PLAN = message("the deletion includes {resources}, outside of the plan", resources="aws_subnet a, aws_subnet b")
MORE_NOT_IN_PLAN = message(
    "the deletion includes {resources} and {more} more, outside of the plan", resources="aws_subnet a", more=2
)
NEW_USER = message("used by {user} since the plan was created", user="aws_iam_instance_profile web")
