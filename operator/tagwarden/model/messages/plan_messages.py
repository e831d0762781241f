"""Messages of planning: why a deletion is withheld, and why a plan is stopped or may not run."""

from tagwarden.model.messages.message import message

_INSTANCE = "aws_ec2_instance web (i-0abc)"
_HASH = "3f2a9c51"
_NOON = "2026-09-01T12:00:00Z"

# -- a neighbour that stays: each relation is followed by one of the reasons below -----------------------------------

REQUIRED_BY = message("required by {neighbour}, which {why}", neighbour=_INSTANCE, why="is pending deletion")
OWNED_BY = message("owned by {neighbour}, which {why}", neighbour=_INSTANCE, why="is pending deletion")
MANAGED_BY = message("managed by {neighbour}, which {why}", neighbour="aws_asg web", why="is pending deletion")
USED_BY = message("used by {neighbour}, which {why}", neighbour=_INSTANCE, why="belongs to alice")
USED_BY_PART = message(
    "used by {part}, a part of {neighbour}, which {why}",
    part="aws_lambda_event_source_mapping orders",
    neighbour="aws_lambda_function orders",
    why="belongs to alice",
)
WOULD_TAKE = message("the deletion includes {neighbour}, which {why}", neighbour=_INSTANCE, why="belongs to alice")

STAYS = message("stays: {why}", why="protected: termination protection is on")
IS_PROTECTED = message("is protected: {protection}", protection="termination protection is on")
IS_IRREPLACEABLE = message(
    "cannot be recreated; set an expiry on one of the two, or add the kind to spec.rules.irreplaceable.kinds"
)
IS_CLAIMED = message("is claimed: {claim}", claim="its own owner is alice")
BELONGS_TO = message("belongs to {owner}", owner="alice")
HAS_UNREADABLE_OWNER = message("has an unreadable owner")
HAS_OWN_EXPIRY = message("has its own expiry")
CLAIMED_UNTIL = message("{claim} until {expires}", claim="belongs to alice", expires=_NOON)
IS_BEING_DELETED = message("is already being deleted")
IS_PENDING = message("is pending deletion")
IS_UNDECIDED = message("cannot be judged: {why}", why="the tag response omitted this resource")
IS_UNGOVERNED = message("is not governed by this policy")
IS_MANAGED = message("is managed by {manager} and stays", manager="aws_asg web")
IS_NOT_DELETED = message("is not deleted")
IS_NOT_COLLECTED = message("was not collected")
MORE_OBSTACLES = message("{first}; and {more} more", first="owned by vpc-1, which is pending deletion", more=2)

ANOTHER_RESOURCE = message("another resource")
UNKNOWN = message("unknown")

# -- the resource itself ----------------------------------------------------------------------------------------------

PROTECTED = message("protected: {protection}", protection="environment production")
OF_ENVIRONMENT = message("environment {environment}", environment="production")
NO_NAMED_END = message("cannot be recreated, and no tag of the resource states an expiry")
PARENT_STAYS = message("the parent resource stays")
PARENT_IS_BEING_DELETED = message("the parent resource is already being deleted, and its deletion includes this one")
CANNOT_BE_TAGGED = message(
    "Tagwarden cannot write tags on {kind}; correct the text that states owner and expiry by hand",
    kind="gcp_compute_network",
)
CANNOT_BE_DELETED = message(
    "Tagwarden cannot delete {kind}; delete the resource by hand or remove the kind from the policy",
    kind="gcp_cloudkms_key_ring",
)
CYCLE = message("cyclic dependency, each must be deleted before the next: {ring}", ring="aws_x a -> aws_x b -> aws_x a")
CYCLE_MORE = message("{more} more", more=4)

# -- incomplete lists -------------------------------------------------------------------------------------------------

USED_ACROSS_ACCOUNTS = message("used across accounts: {why}", why="shared with CloudAccount prod, of production")
MAY_BE_THIS_CLUSTER = message(
    "CloudAccount {accounts} may be this cluster; bind Tagwarden there to the ClusterRole"
    " system:service-account-issuer-discovery",
    accounts="test-cluster",
)
NO_ACCOUNT_SNAPSHOT = message("no snapshot of account {account}", account="aws-dev")
NO_CLUSTER_SNAPSHOT = message("no snapshot of cluster {account}", account="test-cluster")
REGIONS_EXCLUDED = message(
    "{kind} can be used from every region, but account {account} excludes {regions}; remove spec.aws.regions from the"
    " CloudAccount",
    kind="aws_iam_role",
    account="aws-dev",
    regions="eu-west-1, us-east-1",
)
REGIONS_UNKNOWN = message(
    "{kind} can be used from every region, and AWS did not list the regions of account {account};"
    " allow ec2:DescribeRegions",
    kind="aws_iam_role",
    account="aws-dev",
)
EVERY_REGION = message("every region")
KIND_NOT_LISTED = message("{kind} was not listed in account {account}", kind="aws_ec2_instance", account="aws-dev")
LIST_INCOMPLETE = message(
    "the list of {kind} in {region} of account {account} is incomplete: {error}",
    kind="aws_ec2_instance",
    region="eu-west-1",
    account="aws-dev",
    error="ec2:DescribeInstances: access denied",
)

# -- limits, the brake and the clock ----------------------------------------------------------------------------------

LIMIT_PER_RUN = message(
    "the plan deletes {deletions} resources, limits.deletionsPerRun allows {limit}", deletions=60, limit=50
)
LIMIT_PERCENT = message(
    "the plan removes {going} of {governed} governed resources, limits.deletionsPercent of {percent} allows {limit}",
    going=60,
    governed=200,
    percent=20,
    limit=40,
)
LIMIT_PER_HOUR = message(
    "the plan deletes {deletions} resources and {before} were deleted within the last hour or are in progress;"
    " limits.deletionsPerHour allows {limit}",
    deletions=20,
    before=90,
    limit=100,
)
OPERATOR_LIMIT = message(
    "the plan deletes {deletions} resources and all policies deleted {before} within the last hour, deletions in"
    " progress included; the operator allows {limit}",
    deletions=20,
    before=190,
    limit=200,
)
ACCOUNT_LIMIT = message(
    "the plan deletes {deletions} resources in account {account}, where {before} were deleted within the last hour or"
    " are in progress; the operator allows {limit}",
    deletions=20,
    account="aws-dev",
    before=90,
    limit=100,
)
CLOCKS_DIFFER = message(
    "the local clock differs from the clock of account {account}: {here} here, {there} there;"
    " synchronize the local clock",
    account="aws-dev",
    here=_NOON,
    there="2026-09-01T11:48:00Z",
)
CLOCK_WENT_BACK = message(
    "the clock moved backwards: now {now}, before {before}; correct the local clock",
    now=_NOON,
    before="2026-09-01T12:30:00Z",
)
NO_NORMAL_PASS = message("the brake stopped all recent passes, so there is none to compare with")
TAGS_DISAPPEARED = message(
    "most tags disappeared: {before} tagged resources in the last pass, {now} now", before=120, now=3
)
UNEXPECTED_DELETIONS = message(
    "unexpected deletions: {share:.0f} % of scope, recent maximum {highest:.0f} %", share=48.0, highest=7.5
)
BRAKED = message(
    "{alarm}; to run this plan, annotate the policy with {annotation}: {hash}",
    alarm="unexpected deletions: 48 % of scope, recent maximum 7 %",
    annotation="tagwarden.io/releasedBrake",
    hash=_HASH,
)

# -- approval ---------------------------------------------------------------------------------------------------------

HOW_TO_APPROVE = message(
    "approve the plan with the annotation {annotation}: {hash}", annotation="tagwarden.io/approvedPlan", hash=_HASH
)
NEEDS_APPROVAL = message("the plan needs approval; {how}", how="approve the plan")
APPROVAL_USED = message(
    "the plan needs approval (the approved plan was carried out at {used}); {how}",
    used=_NOON,
    how="approve the plan",
)
CHANGED_SINCE_APPROVAL = message("the plan changed after its approval; {how}", how="approve the plan")
DIFFERS_FROM_APPROVED = message(
    "the plan changed after its approval: {changes}; {how}", changes="1 added: vpc-1", how="approve the plan"
)
APPROVAL_EXPIRED = message(
    "the approval is older than {hours} hours; remove the annotation, then {how}", hours=24, how="approve the plan"
)

NOTHING_CHANGED = message("nothing changed")
CHANGES = message(
    "{count} {how} ({deletions} of them deletions): {names}",
    count=2,
    how="added",
    deletions=1,
    names="aws_vpc a, aws_vpc b",
)
AND_MORE = message("{names} and {more} more", names="aws_vpc a, aws_vpc b, aws_vpc c", more=4)

# -- saved plans ------------------------------------------------------------------------------------------------------

NOT_A_PLAN = message("not a plan; create a plan with: tagwarden plan -f DIR --output json > plan.json")
UNSUPPORTED_FORMAT = message(
    "unsupported plan format {found}, expected {expected}; create a new plan", found=7, expected=8
)
PLAN_EDITED = message("the plan was edited; create a new plan")
PLAN_UNREADABLE = message("this version cannot read the plan: {error}; create a new plan", error="KeyError('uid')")
HASH_DIFFERS = message("the actions of the plan do not match its hash; create a new plan")
