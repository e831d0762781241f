"""Messages about the lake: the inventory as tables with history."""

from tagwarden.model.messages.message import message

BAD_ROOT = message(
    "{root}: not a place for the lake: {problem}; write a folder, or s3://BUCKET/PATH or gs://BUCKET/PATH",
    root="ftp://host/lake",
    problem="Unrecognized filesystem type in URI",
)
LAKE_PROBLEM = message("the lake is behind: {problem}", problem="cannot write lake/v1: No space left on device")
NO_BUCKET = message("the name of a bucket is missing")
DAMAGED = message(
    "{file}: damaged and left out: {problem}",
    file="lake/v1/resources/account=aws-dev/open.parquet",
    problem="Parquet magic bytes not found in footer",
)
BUSY = message(
    "{folder}: another process has been writing for {seconds:g} s; try again", folder="lake/v1/edges", seconds=60.0
)
CANNOT = message(
    "cannot {verb} {path}: {problem}", verb="write", path="lake/v1/actions", problem="No space left on device"
)
NO_QUESTION = message("the query is empty; write a SELECT")
SEVERAL_QUESTIONS = message("the query has {count} statements; write one SELECT", count=2)
NOT_A_QUESTION = message("{found} is not allowed: the inventory is read only; write a SELECT", found="COPY")
NO_SUCH_TABLE = message(
    "{table}: no such table and no resource of such a kind; list the tables with: tagwarden query --list", table="vms"
)
QUERY_FAILED = message("query: {problem}", problem="Binder Error: no such column")
QUERY_WRONG = message(
    "query, line {line}, at {near!r}: {problem}", line=1, near="selct 1", problem="Parser Error: syntax error"
)
