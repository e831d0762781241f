"""Messages about the state of Tagwarden: the database and the journal."""

from tagwarden.model.messages.message import message

UNAVAILABLE = message("state in {database}: {cause}", database="sqlite:///tagwarden.db", cause="database is locked")
NEWER_TABLES = message(
    "state in {database} was written by a newer version (tables {found}, this version knows {known});"
    " upgrade, or use another database",
    database="sqlite:///tagwarden.db",
    found=12,
    known=11,
)
ANOTHER_ACTION = message("{resource}: another action is in progress", resource="aws_ebs_volume data")
ENTRY_CLOSED = message(
    "journal entry {entry}: cannot change to {state}: unknown or already ended", entry="5f1e", state="Verified"
)
