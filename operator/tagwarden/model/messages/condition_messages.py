"""Messages of the conditions and events of policies and accounts."""

from tagwarden.model.messages.message import message

_WHY = "sts: the token has expired"

# -- running and done -------------------------------------------------------------------------------------------------

SUSPENDED = message("spec.suspend is true; unset the field to resume")
ENFORCING = message("enforcing, {cause}", cause="scheduled")
PLANNING = message("planning, {cause}", cause="the spec changed")
COLLECTING = message("collecting")
COLLECTED = message("collected")
RESOURCES_FOUND = message("{resources} resources found", resources=1200)
ALL_COMPLIANT = message("all {scanned} resources are compliant", scanned=1200)
NOT_COMPLIANT = message("{open} of {scanned} resources are not compliant", open=17, scanned=1200)
PASS_DONE = message(
    "{scanned} resources: {deleted} deleted, {fixed} fixed, {shortened} shortened",
    scanned=1200,
    deleted=12,
    fixed=3,
    shortened=2,
)
SOME_FAILED = message("{text}, {failed} failed", text="1200 resources: 12 deleted, 3 fixed, 2 shortened", failed=1)
STILL_PLANNED = message(
    "{text}; planned: {deletions} deletions, {fixes} fixes, {shortenings} shortenings",
    text="1200 resources: 12 deleted, 3 fixed, 2 shortened",
    deletions=5,
    fixes=1,
    shortenings=0,
)
SAVING = message("{text}; saving {sum} a month", text="1200 resources: 12 deleted", sum="120.45 USD")
ACTIONS_FAILED = message("{failed} failed: {failures}", failed=1, failures="aws-dev: Failed Delete aws_vpc test")
MORE = message("{shown}; and {more} more", shown="account aws-dev: no snapshot yet", more=2)

# -- obstacles --------------------------------------------------------------------------------------------------------

TIMED_OUT = message("the pass exceeded its time limit and was stopped")
INTERRUPTED = message("the pass was interrupted; the next pass starts from a new snapshot")
WAITING_FOR_SNAPSHOT = message("waiting for the first snapshot of {accounts}", accounts="aws-dev, aws-qa")
NO_SNAPSHOT = message("account {account} has no snapshot", account="aws-dev")
NO_SNAPSHOT_SINCE = message("account {account} has no snapshot: {why}", account="aws-dev", why=_WHY)
OLD_SNAPSHOT = message("the last snapshot of account {account} is too old", account="aws-dev")
OLD_SNAPSHOT_SINCE = message("the last snapshot of account {account} is too old: {why}", account="aws-dev", why=_WHY)
UNREADABLE_SPEC = message("spec: {mistake}", mistake="mode: 'Enforced' is not allowed; write Audit or Enforce")
NO_SUCH_ACCOUNT = message(
    "spec.scope.accounts.names: no CloudAccount {accounts}; create the account or correct the name", accounts="aws-qa"
)
NO_SUCH_CONFIG_MAP = message(
    "spec.owner.known.configMap: ConfigMap {name} is not in the namespace {namespace}; create the ConfigMap there or"
    " correct the name",
    name="owners",
    namespace="tagwarden",
)
NO_SUCH_SECRET = message(
    "Secret {name} is not in the namespace {namespace}; create the Secret there or correct the name",
    name="aws-dev-credentials",
    namespace="tagwarden",
)
NO_LABELLED_ACCOUNT = message("spec.scope.accounts.labels: no CloudAccount has all of these labels")
