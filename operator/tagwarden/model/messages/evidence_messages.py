"""Messages about the evidence of a deletion, one line for each, and about costs."""

from tagwarden.model.messages.message import message

_CREATED = "created 2026-08-30T12:00Z"
_USER = "aws_ec2_instance web (i-0abc)"

# -- evidence ---------------------------------------------------------------------------------------------------------

DELETED_WITH = message("deleted with {root}", root="aws_vpc test (vpc-1)")
EXPIRED = message("expired {at}", at="2026-09-01T12:00Z")
CREATED = message("created {at}", at="2026-08-30T12:00Z")
CREATED_AT_UNKNOWN_TIME = message("creation time unknown")
UNTAGGED = message("untagged, {age}", age=_CREATED)
BY_RULE = message("{rule}, {age}", rule="missing owner", age=_CREATED)
NO_USER_IN_KIND = message("no user found among 1 kind")
NO_USER_IN_KINDS = message("no user found among {kinds} kinds", kinds=40)
DELETED_TOO = message("{role} {resource} is deleted too", role="user", resource=_USER)
SEVERAL_DELETED_TOO = message("{count} {role}s ({names}) are deleted too", count=2, role="user", names="web, worker")
STAYS = message("{role} {resource} stays", role="parent", resource="aws_vpc test (vpc-1)")
SEVERAL_STAY = message("{count} {role}s ({names}) stay", count=2, role="user", names="web, worker")
AND_MORE = message("{names} and {more} more", names="web, worker, batch", more=2)

# -- costs ------------------------------------------------------------------------------------------------------------

NO_PRICES = message("no price list; see tagwarden prices")
SUM = message("{usd:.2f} USD", usd=120.45)
SUM_OF_SOME = message(
    "{usd:.2f} USD, for {priced} of {gone} resources with a known price", usd=120.45, priced=8, gone=12
)
SAVES = message("saves {usd:,.2f} USD a month by list prices", usd=1120.45)
SAVES_OF_SOME = message(
    "saves {usd:,.2f} USD a month by list prices, for {priced} of {gone} resources with a known price",
    usd=1120.45,
    priced=8,
    gone=12,
)
SAVES_UNKNOWN = message("saves an unknown amount")
COST_UNKNOWN = message("cost unknown: {why}", why="no price list; see tagwarden prices")
COSTS = message("{usd:,.2f} USD a month by list prices", usd=1120.45)
UNKNOWN = message("unknown: {why}", why="no price list; see tagwarden prices")
CHARGED_BY_USAGE = message("charged by usage, or by properties that the vendor does not report")
PRICE_MISSING = message(
    "the price list lacks a price for {items} in {region}", items="t3.micro by hour", region="eu-west-1"
)
ITEM = message("{item} by {unit}", item="t3.micro", unit="hour")
NO_REGION = message("no region")
