"""The first seen identity of each account, so that another is not mistaken for it (S22)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from tagwarden.state.database import Database
from tagwarden.state.tables import IDENTITIES


class Identities:
    """The pinned identities of accounts in a database, by name of the account. Raises `StateError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pinned(self, account: str) -> str:
        """Give the identity of an account; empty before the first pass."""
        query = select(IDENTITIES.c.identity).where(IDENTITIES.c.account == account)
        with self._database.reading() as connection:
            return str(connection.execute(query).scalar() or "")

    def pin(self, account: str, identity: str, at: datetime) -> str:
        """Pin an account without an identity; give the current identity, which another process may have pinned."""
        with self._database.writing() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            row = insert(IDENTITIES).values(account=account, identity=identity, at=at)
            connection.execute(row.on_conflict_do_nothing(index_elements=["account"]))
        return self.pinned(account)

    def replace(self, account: str, identity: str, at: datetime) -> None:
        """Pin an account to the identity that a person accepted."""
        with self._database.writing() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            row = insert(IDENTITIES).values(account=account, identity=identity, at=at)
            changed = {"identity": identity, "at": at}
            connection.execute(row.on_conflict_do_update(index_elements=["account"], set_=changed))
