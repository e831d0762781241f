"""The tables of the operational state, the same in SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Dialect, Index, Integer, MetaData, String, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

SCHEMA_VERSION = 1
"""Increased with every change that older versions cannot read."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: `timestamptz` in PostgreSQL; in SQLite text of fixed width, which sorts like time."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write an aware instant; a naive instant is a defect of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value if dialect.name == "postgresql" else instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read an aware UTC instant."""
        if value is None:
            return None
        read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return read.astimezone(UTC)


def instant_text(value: datetime) -> str:
    """Write an instant as text of fixed width in UTC, to the microsecond."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


JSON_VALUE = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

METADATA = MetaData()

VERSION = Table("tagwarden_version", METADATA, Column("version", Integer, nullable=False))

MEMORY = Table(
    "tagwarden_memory",
    METADATA,
    Column("policy", String(253), primary_key=True),
    Column("uid", Text, primary_key=True),
    # Part of the key: a recreated resource of the same name starts with an empty history.
    Column("created", String(27), primary_key=True),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("deletion", String(64)),
    Column("since", Instant),
    Column("agreed", Integer, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("repaired", Instant),
    Column("counted", Instant),
    Column("stated", Text),
    Column("stated_since", Instant),
)

JOURNAL = Table(
    "tagwarden_journal",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("run", Text, nullable=False),
    Column("policy", String(253), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("plan_hash", Text, nullable=False),
    Column("snapshots", JSON_VALUE, nullable=False),
    Column("provider", String(32), nullable=False),
    Column("account", String(253), nullable=False),
    Column("region", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("uid", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created", Instant),
    Column("action", String(32), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("because", Text, nullable=False),
    Column("tags_before", JSON_VALUE),
    Column("tags_set", JSON_VALUE, nullable=False),
    Column("tags_removed", JSON_VALUE, nullable=False),
    Column("actor", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("message", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("finished", Instant),
)

OPEN_ENTRY = Index(
    "tagwarden_journal_open",
    JOURNAL.c.account,
    JOURNAL.c.uid,
    unique=True,
    sqlite_where=text("finished IS NULL"),
    postgresql_where=text("finished IS NULL"),
)
"""At most one action on a resource is in progress, across all processes with this database (S11)."""

Index("tagwarden_journal_time", JOURNAL.c.at)
Index("tagwarden_journal_end", JOURNAL.c.finished)
Index("tagwarden_journal_resource", JOURNAL.c.uid, JOURNAL.c.at)
Index("tagwarden_journal_name", JOURNAL.c.kind, JOURNAL.c.name, JOURNAL.c.at)

BACKUPS = Table(
    "tagwarden_backups",
    METADATA,
    Column("entry", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("uid", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("body", Text, nullable=False),
)

STEPS = Table(
    "tagwarden_steps",
    METADATA,
    Column("entry", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("step", Text, nullable=False),
    Column("undo", Text, nullable=False),
    Column("lasts", Boolean, nullable=False),
    Column("shared", Boolean, nullable=False),
)

RESERVATIONS = Table(
    "tagwarden_reservations",
    METADATA,
    Column("holder", String(64), primary_key=True),
    Column("account", String(253), primary_key=True),
    Column("policy", String(253), nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("deletions", Integer, nullable=False),
)

IDENTITIES = Table(
    "tagwarden_identities",
    METADATA,
    Column("account", String(253), primary_key=True),
    Column("identity", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

PASSES = Table(
    "tagwarden_passes",
    METADATA,
    Column("policy", String(253), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("run", Text, nullable=False),
    Column("summary", JSON_VALUE, nullable=False),
)
