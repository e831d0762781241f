"""Views below the indicators: one row per resource now, per life of a resource, and per judgement within the period.

They stand on the views of `lake/sql.py` and on two tables: `period` (since, until) and `teams` (owner, team).
"""

NO_TEAM = "(no team)"
NO_OWNER = "(no owner)"
EXEMPT = ("Protected", "Managed", "Undecidable", "Conflict")
"""Verdicts that ask nobody for tags: they count neither as compliant nor as not."""

_EXEMPT = ", ".join(f"'{verdict}'" for verdict in EXEMPT)

VIEWS = f"""
create temp view first_looks as select account, min(taken) as first_look from snapshots group by account;

create temp view present as
  select
    resource.account, resource.provider, resource.kind, resource.category, resource.region, resource.uid, resource.id,
    resource.name, resource.created, resource.policy, resource.verdict, resource.expires, resource.goes,
    resource.withheld, resource.cost_per_month, resource.text,
    coalesce(resource.owner::varchar, '{NO_OWNER}') as owner,
    coalesce(resource.tags[team_key.name], teams.team, '{NO_TEAM}') as team,
    resource.verdict is not null and resource.verdict not in ({_EXEMPT}) as governed,
    resource.verdict = 'Compliant' as compliant,
    case when resource.valid_from > first_look then resource.valid_from else resource.created end as updated
  from resources_now as resource
  cross join team_key
  left join teams on teams.owner = resource.owner
  left join first_looks using (account);

create temp view lives as
  select
    account, uid, created, arg_max(kind, valid_from) as kind,
    min(valid_from) as began,
    case when count(*) = count(valid_to) then max(valid_to) end as ended,
    coalesce(created, min(valid_from)) >= any_value(first_look)
      and min(valid_from) > any_value(first_look) as birth_seen
  from resources left join first_looks using (account)
  group by account, uid, created;

create temp view judged as
  select
    policy, account, uid, verdict, owner, expires, cost_per_month, valid_from, valid_to,
    verdict = 'Compliant' as compliant,
    epoch(least(coalesce(valid_to, until), until) - greatest(valid_from, since)) / 3600 as hours
  from judgements cross join period
  where verdict not in ({_EXEMPT}) and valid_from < until and (valid_to is null or valid_to > since);
"""  # noqa: S608 - only names of ours are put in
"""`present` has one row per resource; `judged` one per judgement of a governed resource, clipped to the period by
`hours`; `lives` one per resource that ever was, where `birth_seen` says that it was made after the first look."""

TABLES = {
    "period": "since and until, the instants that the indicators cover",
    "teams": "owner and team, as given by a file",
    "present": "one row per resource now, with owner, team, `governed` and `compliant`",
    "lives": "one row per resource that ever was: `began`, `ended`, and whether its birth was seen",
    "judged": "one row per judgement of a governed resource, with the `hours` of it within the period",
}
"""The tables that only indicators have, with one line each."""
