"""The lake as tables and views of DuckDB, read only and cut off from files and networks."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tagwarden.inventory.lake.lake import Lake
from tagwarden.inventory.lake.tables import BOOKKEEPING, STATES

# The command line freezes what it imports; DuckDB would report its frozen objects as leaks at the end.
atexit.register(gc.unfreeze)

_HIDDEN = ", ".join(name for name, _ in BOOKKEEPING)
_MEMORY = "70%"

# Only names of columns of ours are put in.
_VIEWS = f"""
create temp view resources as select * exclude ({_HIDDEN}) from _resources;
create temp view edges as
  select account, null as policy, * exclude (account, {_HIDDEN}) from _edges
  union all select null, * exclude ({_HIDDEN}) from _joins;
create temp view judgements as select * exclude ({_HIDDEN}) from _judgements;
create temp view findings as
  select policy, account, uid, verdict, valid_from, valid_to, finding.reason, finding.message
  from (select *, unnest(findings) as finding from judgements);

create temp view judgements_now as
  select * exclude (valid_to, {_HIDDEN}) from _judgements_open
  qualify row_number() over (partition by account, uid order by goes desc, verdict = 'Compliant', policy) = 1;
create temp view resources_now as
  select
    resource.* exclude (valid_to, cost_per_month, {_HIDDEN}),
    judged.policy, judged.verdict, judged.expires, judged.environment, judged.deletion, judged.withheld, judged.goes,
    coalesce(judged.owner, resource.tags['owner']) as owner,
    coalesce(resource.cost_per_month, judged.cost_per_month) as cost_per_month,
    coalesce(resource.cost_per_month, judged.cost_per_month) / 730 as cost_per_hour
  from _resources_open as resource left join judgements_now as judged using (account, uid);

create temp view _edges_now as
  with resources as (select uid, kind || '/' || id as reference from _resources_open),
  names as (select reference, any_value(uid) as uid from resources group by reference having count(*) = 1),
  found as (
    select source, meaning, target, collected from _edges_open
    union select source, meaning, target, collected from _joins_open
  )
  select source, meaning, target from found where collected
  union
  select coalesce(sources.uid, source), meaning, coalesce(targets.uid, target)
  from (from found where not collected)
  left join names as sources on source = sources.reference
  left join names as targets on target = targets.reference;

create temp view tags as
  select account, uid, kind, entry.key as key, entry.value as value
  from (select account, uid, kind, unnest(map_entries(tags)) as entry from _resources_open);
"""  # noqa: S608
"""`resources_now` and `edges_now` are the newest state. A resource that several policies judge is shown with the
judgement that deletes, else with one that is not compliant. Ends of edges that name `kind/id` are looked up among all
accounts, where one resource alone has that name."""

TABLES = {
    "resources_now": "one row per resource, as last seen, with owner, expiry, verdict and cost",
    "edges_now": "one row per edge: source owns, needs or uses target (uids)",
    "tags": "one row per tag of a resource, as last seen",
    "resources": "one row per state of a resource, from valid_from to valid_to (null: now)",
    "edges": "one row per state of an edge",
    "judgements": "one row per state of a resource's judgement by a policy",
    "findings": "one row per finding of a judgement",
    "snapshots": "one row per snapshot of an account",
    "actions": "one row per action in the journal",
}
"""What a query may read, with one line each."""


@contextmanager
def connected(lake: Lake, *, walks: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the tables of a lake for any SELECT.

    Files, networks, extensions and settings are out of reach, whatever the SQL says: the tables are Arrow datasets that
    were opened before. With `walks` the edges are joined once, for questions that go along them again and again.
    """
    with duckdb.connect(":memory:") as connection:
        # Kept until the end: DuckDB reads the Python objects while it answers.
        datasets = {
            **{f"_{table.name}": lake.all_states(table) for table in STATES},
            **{f"_{table.name}_open": lake.open_states(table) for table in STATES},
            "snapshots": lake.snapshots(),
            "actions": lake.actions(),
        }
        for name, dataset in datasets.items():
            connection.register(name, dataset)
        connection.execute(_VIEWS)
        connection.execute(f"create temp {'table' if walks else 'view'} edges_now as from _edges_now")
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        connection.execute("set timezone = 'UTC'")
        for fence in (
            "set enable_progress_bar = false",
            "set python_enable_replacements = false",
            "set autoinstall_known_extensions = false",
            "set autoload_known_extensions = false",
            "set enable_external_access = false",
            "set lock_configuration = true",
        ):
            connection.execute(fence)
        yield connection
