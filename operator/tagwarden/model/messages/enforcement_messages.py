"""Messages of enforcing: why an action is withheld, and how it ended. The journal keeps them."""

from tagwarden.model.messages.message import message

_VOLUME = "aws_ebs_volume data"
_ERROR = "ec2:DeleteVolume: access denied (UnauthorizedOperation)"
_NOON = "2026-09-01T12:00:00Z"

# -- the account and the run ------------------------------------------------------------------------------------------

NO_PROVIDER = message("account {account} is not open in this pass", account="gcp-dev")
UNDECLARED_ACCOUNT = message("account {account} is not declared", account="aws-dev")
MAY_NOT_ACT = message("this run was told to stop, or another operator may be active")
DRY_RUN = message("dry run: the action was not carried out")
DRY_RUN_WOULD_WAIT = message("dry run: the action would wait for the backup that is being made")
FORBIDDEN_TO_DELETE = message("resources of environment {environment} are not deleted", environment="production")
FORBIDDEN_TO_SHORTEN = message(
    "the expiry of resources of environment {environment} is not shortened", environment="production"
)
WAITING_FOR = message(
    "{account}: waiting for {resource}, {seconds:.0f} s so far", account="aws-dev", resource=_VOLUME, seconds=30
)
WAITING_FOR_SEVERAL = message(
    "{account}: waiting for {resource} and {more} more, {seconds:.0f} s so far",
    account="aws-dev",
    resource=_VOLUME,
    more=2,
    seconds=30,
)

# -- changes since the plan -------------------------------------------------------------------------------------------

REPLACED = message(
    "replaced by another resource of the same name (created {fresh}, planned {planned})",
    fresh=_NOON,
    planned="2026-08-31T12:00:00Z",
)
AT_UNKNOWN_TIME = message("at an unknown time")
TAGS_CHANGED = message("tags changed: {changes}", changes="owner=alice added")
TAG_STATE_CHANGED = message(
    "tags changed from {before} to {after}: {why}", before="known", after="unreadable", why="access denied"
)
NO_CAUSE = message("no cause is known")
TAG_REMOVED = message("{key} removed", key="owner")
TAG_ADDED = message("{key}={value} added", key="owner", value="alice")
TAG_VALUE_CHANGED = message(
    "{key} changed from {before} to {after}", key="expiration", before=_NOON, after="2026-09-08T12:00:00Z"
)
NOW_PROTECTED = message("now protected: {protection}", protection="termination protection is on")
MANAGER_CHANGED = message("manager changed from {before} to {after}", before="none", after="aws_autoscaling_group web")
NO_MANAGER = message("none")
MANAGER_IS_GONE = message("{manager}, which no longer exists", manager="aws_autoscaling_group web")
NO_LONGER_GOVERNED = message("no longer governed by the policy")
VERDICT_CHANGED = message("verdict changed from {before} to {after}", before="Delete", after="Compliant")
VERDICT_CHANGED_SINCE = message(
    "verdict changed from {before} to {after}: {why}", before="Delete", after="Protected", why="tag protect=true"
)
NOW_WITHHELD = message("now withheld: {why}", why="the grace period ends at 2026-09-02T12:00:00Z")

# -- evidence ---------------------------------------------------------------------------------------------------------

DEPENDS_ON = message(
    "the deletion depends on that of {resource}: {why}", resource="aws_vpc test", why="tags changed: owner=alice added"
)
INCLUDES = message("the deletion includes {resource}: {why}", resource=_VOLUME, why="tags changed: owner=alice added")
PARENT_UNREADABLE = message("cannot read the parent {parent}: {error}", parent="aws_vpc test", error=_ERROR)
PARENT_CHANGED = message("the parent {parent} changed: {difference}", parent="aws_vpc test", difference="owner removed")
USERS_UNLISTED = message("cannot list the users of this resource: {error}", error=_ERROR)
USER_CHANGED = message("the user {user} changed: {difference}", user="aws_vpc test", difference="owner removed")
DEPENDENT_NOT_DELETED = message("{resource} must be deleted first and was not", resource="aws_subnet a")
GROUP_NOT_DELETED = message(
    "{resource} was not deleted, so the resources deleted together with it stay", resource="aws_subnet a"
)
GROUP_NOT_BACKED_UP = message(
    "{resource} has no backup, so the resources deleted together with it stay", resource="aws_db_instance a"
)

# -- outcomes ---------------------------------------------------------------------------------------------------------

UNEXPECTED_ERROR = message("unexpected error: {type}: {error}", type="KeyError", error="'State'")
ACCEPTED = message("accepted, not yet confirmed")
ALREADY_GONE = message("already deleted")
NAME_TAKEN = message("deleted; another resource now has the same name")
STILL_OPEN = message(
    "{action} of run {run} began at {began} and has not ended", action="Delete", run="test.20260901T120000", began=_NOON
)
CHECKED_TOO_LONG_AGO = message("the calls to this account are throttled: the last check is too old")
NOT_CONFIRMED = message("not confirmed within {seconds:g} s, the next pass checks again", seconds=180)
STOPPED_UNCONFIRMED = message("stopped before confirmation, the next pass checks again")
WITH_LAST_ANSWER = message(
    "{text}: {answer}", text="not confirmed within 180 s, the next pass checks again", answer=_ERROR
)
OUTCOME_UNKNOWN = message("{error}; the outcome is unknown, the next pass checks", error=_ERROR)
BLOCKED_BY = message("{error}; blocked by {blockers}", error=_ERROR, blockers="aws_ec2_instance web")

# -- outcomes that a later pass finds ---------------------------------------------------------------------------------

CONFIRMED_LATER = message("confirmed by a later check")
SHOWS_NO_CHANGE = message("a later check shows no change")
SHOWS_NO_BACKUP = message("a later check shows no backup")
DELETED_BEFORE_TAGGED = message("deleted before the tags were confirmed")
UNKNOWN_WHETHER_CREATED = message("interrupted before the creation was confirmed; check whether the resource exists")
IN_PROGRESS = message("in progress: {state}", state="shutting-down")
NEVER_CONFIRMED = message("accepted but not confirmed within {seconds:.0f} s", seconds=3600)

# -- steps of a deletion ----------------------------------------------------------------------------------------------

STEPS_UNDONE = message("undone: {steps}", steps="ec2:DetachInternetGateway")
STEPS_LEFT = message("still changed by {steps}", steps="s3:DeleteObjects (1), which cannot be undone")
IRREVERSIBLE_STEP = message("{step}, which cannot be undone", step="s3:DeleteObjects (1)")
STEP_IN_PROGRESS = message("{step}, still in progress: the next pass continues", step="ec2:DetachInternetGateway")
STEP_NOT_UNDONE = message("{step}, which could not be undone: {error}", step="ec2:DetachInternetGateway", error=_ERROR)
STEPS_UNLISTED = message("cannot list the changes made for the deletion: {error}", error="database is locked")

# -- backups ----------------------------------------------------------------------------------------------------------

BACKUPS_UNSUPPORTED = message("this provider does not support backups")
KEPT_AS = message("kept as {kind} {id}", kind="aws_ec2_snapshot", id="snap-1")
BACKUP_IN_PROGRESS = message(
    "in progress: {kind} {id} is {state}", kind="aws_ec2_snapshot", id="snap-1", state="under way"
)
BACKUP_FAILED_AT_VENDOR = message("{kind} {id} failed at the vendor", kind="aws_ec2_snapshot", id="snap-1")
BACKUP_FAILED_BECAUSE = message(
    "{kind} {id} failed at the vendor: {why}", kind="aws_ec2_snapshot", id="snap-1", why="the quota is exceeded"
)
BACKUP_EXPIRY_DIFFERS = message(
    "the expiry of {kind} {id} differs from the requested one", kind="aws_ec2_snapshot", id="snap-1"
)
NO_BACKUP = message("{resource} has no backup", resource=_VOLUME)
BACKUP_UNREADABLE = message("cannot read the backup of {resource}: {error}", resource=_VOLUME, error=_ERROR)
BACKUP_IS_GONE = message(
    "the backup of {resource} no longer exists: {kind} {id}", resource=_VOLUME, kind="aws_ec2_snapshot", id="snap-1"
)
BACKUP_NOT_READY = message(
    "the backup of {resource} is not ready: {why}", resource=_VOLUME, why="accepted, not yet confirmed"
)
BACKUP_FAILED = message("the backup of {resource} failed: {why}", resource=_VOLUME, why=_ERROR)
BACKUP_NOT_CREATED = message("the backup of {resource} was not created: {why}", resource=_VOLUME, why=_ERROR)

# -- restoring --------------------------------------------------------------------------------------------------------

RECREATED = message("recreated as {uid}", uid="8d1c5e2a-0c55-4a8e-9f3b-2f6f5d1c7b11")
NOTHING_TO_RECREATE = message("nothing to recreate, the action ended as {state}", state="Withheld")
NO_STORED_STATE = message("no backup exists")
RECREATE_ELSEWHERE = message(
    "{kept}; recreate the resource from this backup with the vendor's tools", kept="kept as aws_ec2_snapshot snap-1"
)
ONLY_TAGS_ARE_RESTORED = message("only SetTags can be restored, this is {action}", action="Delete")
RESTORE_LATER_FIRST = message("a later action changed the same tags; restore the later action first")
PREVIOUS_TAGS_UNKNOWN = message("the previous tags are unknown")
TAGS_CHANGED_SINCE = message("changed since: {keys}", keys="expiration")
NO_LONGER_EXISTS = message("the resource no longer exists")
NO_JOURNAL_ENTRY = message("no such journal entry; list entries with: tagwarden journal")
