"""Messages of judging: the finding of each check, and why a deletion or a write is withheld."""

from tagwarden.model.messages.message import message

_NOON = "2026-09-01T12:00:00Z"
_PARENT = "aws_vpc test"

# -- accounts and policies that cannot be trusted ---------------------------------------------------------------------

DUPLICATE_ACCOUNT = message(
    "CloudAccount {accounts} declares the same account or cluster; keep one of them, until then nothing is changed or"
    " deleted there",
    accounts="aws-twin",
)
SNAPSHOT_OF_ANOTHER = message(
    "the snapshot is of {found}, expected {expected}; collect the account again", found="3f2a", expected="9b1c"
)
UNREADABLE_ACCOUNT = message(
    "unreadable CloudAccount {account} may declare the same account or cluster; correct or delete {account}: {mistake}",
    account="newer",
    mistake="spec.newerField: unknown field",
)
UNREADABLE_POLICY = message(
    "may be governed by an unreadable CleanupPolicy; correct or delete {policies}",
    policies="newer: spec.newerField: unknown field",
)
SAME_PRIORITY = message(
    "policies {policies} have the same priority {priority}; change the priority of one", policies="a, b", priority=0
)
UNMATCHED_SCOPE = message(
    "{names}; deletions are blocked until this is corrected or removed",
    names="spec.scope.kinds[0]: 'buckets' matches no kind or category",
)
MORE = message("{first}; and {more} more", first="spec.scope.kinds[0]: 'buckets' matches no kind", more=2)
NO_ACCOUNT = message("{field}: account {account} does not exist", field="spec.scope.accounts.names[0]", account="'aws'")
NO_LABELS = message(
    "{field}: no account has the labels {labels}", field="spec.scope.accounts.labels", labels="team: data"
)
NO_MATCH = message(
    "{field}: {glob} matches no {noun}", field="spec.scope.kinds[0]", glob="'buckets'", noun="kind or category"
)
KIND_OR_CATEGORY = message("kind or category")
EXPRESSION_FAILED = message("{source} failed: {error}", source="'resource.tags.x == \"1\"'", error="no such key: x")
EXPRESSION_RETURNED = message("{source} returned {answer} instead of true or false", source="'resource.age'", answer=7)
NO_SUCH_KEY = message("no such key: {key}", key="x")

# -- unreadable evidence ----------------------------------------------------------------------------------------------

UNREADABLE_TAGS = message("cannot read the tags: {why}", why="access denied")
UNREADABLE_PARENT = message("cannot read the tags of the parent {parent}", parent=_PARENT)
UNCOLLECTED_PARENT = message("the parent {parent} was not collected and may state an owner and expiry", parent=_PARENT)
LIST_INCOMPLETE = message(
    "the list of {kind} in account {account} is incomplete", kind="aws_ec2_instance", account="aws-dev"
)

# -- exemptions -------------------------------------------------------------------------------------------------------

PROTECTED_BY_TAG = message("protected by tag {tag}", tag="tagwarden.io/protect=true")
PART_OF_TAGWARDEN = message("part of Tagwarden")
EXCLUDED = message("excluded by {exclusion} of policy {policy}", exclusion="spec.scope.exclude[0]", policy="test")
ENVIRONMENT_FORBIDS = message("nothing is deleted or shortened in environment {environment}", environment="production")
IRREPLACEABLE = message(
    "{kind} is irreplaceable and not deleted for missing tags; tag the resource, or add {category} or {kind} to"
    " spec.rules.irreplaceable.kinds",
    kind="aws_ebs_volume",
    category="volume",
)
BOUND_BY_PARENT = message("belongs to {parent}, which {why}", parent=_PARENT, why="is protected")
PARENT_IS_PROTECTED_BY_TAG = message("is protected")
PARENT_IS_PROTECTED = message("is protected: {protection}", protection="termination protection is on")
PARENT_OF_ENVIRONMENT = message("is in environment {environment}", environment="production")
PARENT_IS_EXCLUDED = message("is excluded by {exclusion}", exclusion="spec.scope.exclude[0]")
PARENT_MAY_BE_EXCLUDED = message("may be excluded: {error}", error="'resource.age' returned 7")
MANAGED = message("managed by {manager}, which would recreate the resource", manager="aws_autoscaling_group web")
MANAGER_NOT_FOUND = message(
    "manager {manager} was not found but may exist elsewhere; only an expiry of the resource itself"
    " allows its deletion",
    manager="aws_autoscaling_group web",
)
ORPHANED = message(
    "manager {manager} no longer exists, so the tags of the resource apply", manager="aws_autoscaling_group web"
)
UNTAGGABLE = message("cannot be tagged and no parent states an owner or expiry")
CHANGES_OUTSIDE = message(
    "{controller} changes {target} when this object is deleted; {why}",
    controller="Crossplane",
    target="AWS account 123456789012",
    why="to allow the deletion, list k8s_bucket in spec.scope.kinds",
)
TARGET_UNIDENTIFIED = message("the target cannot be identified; delete the object at its source or manually")
KIND_NOT_NAMED = message("to allow the deletion, list {kind} in spec.scope.kinds", kind="k8s_bucket")
TARGET_UNDECLARED = message(
    "no CloudAccount declares the target; declare it with environment test, or delete the object manually"
)
TARGET_IN_DOUBT = message(
    "CloudAccount {account} cannot be trusted: {doubt}", account="aws-dev", doubt="two accounts declare the target"
)
TARGET_NOT_FOR_TESTS = message(
    "CloudAccount {account} is not entirely for tests; delete the object manually", account="aws-dev"
)
UNKNOWN_TARGET = message("something outside this cluster")

# -- own claims and inheritance ---------------------------------------------------------------------------------------

CLAIMED_UNTIL = message("own tags name {owner} until {expires}", owner="alice", expires=_NOON)
CLAIMED_WITH_UNREADABLE_EXPIRY = message("own tags name {owner} with an unreadable expiry", owner="alice")
CLAIMED_BY = message("own tags name owner {owner}", owner="alice")
CLAIMED_BY_UNREADABLE = message("own tags name an unreadable owner")
PERHAPS_CLAIMED = message("own tags may name an owner: {guess}", guess="maintainer='alice' looks like an owner")
UNKNOWN_OWNER = message("an unknown owner")
PERHAPS_OWNED_BY_PARENT = message("the parent {parent} has a key that looks like an owner", parent=_PARENT)
OWNER_INHERITED = message("owner {owner} inherited from {parent}", owner="alice", parent=_PARENT)
UNREADABLE_OWNER_INHERITED = message("unreadable owner inherited from {parent}", parent=_PARENT)
EXPIRY_INHERITED = message("expiry inherited from {parent}", parent=_PARENT)

# -- deletions --------------------------------------------------------------------------------------------------------

EXPIRED = message("expired")
EXPIRED_AT = message("{finding} at {expires}", finding="expired", expires=_NOON)
UNTAGGED = message("missing {owner} and {expiry}", owner="owner", expiry="expiration")
MISSING_OWNER = message("missing {owner}; set {owner} to a person or team", owner="owner")
MISSING_EXPIRY = message("missing {expiry}; set {expiry} to a date or a duration such as 48h", expiry="expiration")
RECREATED = message(
    "recreated {times} times within {days} days of deletion; stop the tool that recreates the resource",
    times=3,
    days=7,
)
RECREATED_ONCE = message(
    "recreated once within {days} days of deletion; stop the tool that recreates the resource", days=7
)
IN_GRACE_PERIOD = message("grace period of {grace} ends at {until}", grace="2h", until=_NOON)
ONE_SNAPSHOT_NEEDED = message(
    "1 more complete snapshot needed ({agreed} of {needed} agree), next at {at}", agreed=1, needed=2, at=_NOON
)
SNAPSHOTS_NEEDED = message(
    "{missing} more complete snapshots needed ({agreed} of {needed} agree), next at {at}",
    missing=2,
    agreed=1,
    needed=3,
    at=_NOON,
)

# -- tags -------------------------------------------------------------------------------------------------------------

NEVER_EXPIRES = message("never expires; the policy allows {allowed}", allowed=_NOON)
TOO_LONG = message("expires at {expires}; the policy allows {allowed}", expires="2026-09-30T12:00:00Z", allowed=_NOON)
TOO_LONG_BUT_SOON = message(
    "expires at {expires}; the policy allows {allowed}, but the remaining time is within the minimum that"
    " repairs leave",
    expires="2026-09-01T13:00:00Z",
    allowed=_NOON,
)
CHANGED_BACK = message(
    "{keys} was changed back after Tagwarden corrected the tag at {at}; correct the tag at its source",
    keys="owner",
    at=_NOON,
)
CHANGED_BACK_BUT_HOLDS = message(
    "{keys} was changed back after Tagwarden corrected the tag at {at}; correct the tag at its source; {expires} holds",
    keys="expiration",
    at="2026-08-30T12:00:00Z",
    expires=_NOON,
)
NEEDS_STACK_UPDATE = message(
    "changing the tags means updating the stack; correct the template, or set spec.rules.stacks: Fix"
)
