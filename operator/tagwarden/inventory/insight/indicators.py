"""Every indicator, declared once: name, sentence, formula and the SQL that computes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row: `sql` gives a table over the views of the lake and of `views.py`.

    Money is US dollars by list prices. Unpriced resources are counted in a column `unpriced` and never as zero dollars.
    """

    name: str
    title: str
    sentence: str
    formula: str
    sql: str


_COST = "sum(cost_per_month) as usd_per_month, count(*) - count(cost_per_month) as unpriced"
_AGE = """count(*) as resources,
  avg(epoch(until - created)) / 86400 as mean_days,
  median(epoch(until - created)) / 86400 as median_days,
  avg((updated > until - interval 7 days)::int) as updated_in_7_days,
  count(*) - count(created) as unknown_age"""


def _ages(by: str) -> str:
    return f"""select {by},
  {_AGE}
from present cross join period
group by {by} order by resources desc, {by}"""  # noqa: S608


def _leading(by: str) -> str:
    return f"""select {by}, count(*) as resources,
  avg(compliant::int) filter (where governed) as compliance,
  sum(cost_per_month) as usd_per_month,
  sum(cost_per_month) filter (where governed and not compliant) as usd_at_risk,
  count(*) - count(cost_per_month) as unpriced,
  count(*) filter (where governed and not compliant and cost_per_month is null) as unpriced_at_risk
from present
group by {by} order by usd_per_month desc nulls last, resources desc, {by}"""  # noqa: S608


INDICATORS = (
    Indicator(
        "age",
        "Age",
        "A low age is a sign of much development, or of diligent cleaning: read it with the churn.",
        "mean and median of now - created; share of resources created or changed within 7 days",
        f"""select
  {_AGE}
from present cross join period""",  # noqa: S608
    ),
    Indicator(
        "age_by_kind",
        "Age by kind",
        "The kinds that nobody cleans up are old.",
        "as age, for each kind",
        _ages("kind"),
    ),
    Indicator(
        "age_by_owner",
        "Age by owner",
        "Owners whose resources are old and unchanged may have left.",
        "as age, for each owner",
        _ages("owner"),
    ),
    Indicator(
        "compliance",
        "Compliance now",
        "Governed resources are those of which a policy asks for tags; protected, managed and undecidable ones are not"
        " governed.",
        "resources with verdict Compliant ÷ governed resources",
        """select count(*) as governed, count(*) filter (where compliant) as compliant,
  avg(compliant::int) as compliance
from present where governed""",
    ),
    Indicator(
        "compliance_by_day",
        "Compliance over time",
        "Weighted by time, so that tagging right before a look does not flatter.",
        "hours that governed resources were Compliant ÷ hours that they were governed, for each day (UTC)",
        """select day, sum(hours) filter (where compliant) / sum(hours) as compliance,
  count(distinct (account, uid)) as governed
from (
  select day, account, uid, compliant,
    epoch(least(coalesce(valid_to, until), until, day + interval 1 day) - greatest(valid_from, since, day)) / 3600
      as hours
  from judged cross join period
  cross join (
    select unnest(generate_series(date_trunc('day', since), until, interval 1 day)) as day from period
  )
  where valid_from < day + interval 1 day and (valid_to is null or valid_to > day)
)
where hours > 0
group by day order by day""",
    ),
    Indicator(
        "time_to_compliance",
        "Time to compliance",
        "From the first judgement that was not Compliant until the resource was corrected or gone.",
        "Kaplan-Meier median over episodes that were not Compliant; episodes that still last are censored",
        """with marked as (
  select *, coalesce(not lag(compliant) over one and valid_from = lag(valid_to) over one, false) as goes_on
  from judged window one as (partition by policy, account, uid order by valid_from)
),
numbered as (
  select *, sum((not goes_on)::int) over (partition by policy, account, uid order by valid_from) as episode from marked
),
spans as (
  select min(valid_from) as began,
    case when count(*) = count(valid_to) then max(valid_to) end as ended
  from numbered where not compliant group by policy, account, uid, episode
),
ages as (
  select epoch(coalesce(ended, until) - began) / 3600 as age, ended is not null as is_end from spans cross join period
),
steps as (
  select age, count(*) filter (where is_end) as ends,
    sum(count(*)) over (order by age desc rows unbounded preceding) as at_risk
  from ages group by age
),
curve as (select age, product(1 - ends / at_risk) over (order by age rows unbounded preceding) as left_over from steps)
select (select min(age) from curve where left_over <= 0.5 + 1e-12) as median_hours,
  (select count(*) from ages) as episodes, (select count(*) from ages where not is_end) as lasting""",
    ),
    Indicator(
        "lifetimes",
        "Lifetimes, asked and used",
        "The plain median misleads while many still live. Of resources made before the first look the birth is unknown,"
        " so they are left out. Empty: more than half still live.",
        "used: Kaplan-Meier median of ended - began, living ones censored; asked: median of first expiry - began",
        """with asked as (
  select account, uid, arg_min(expires, valid_from) as expires from judgements
  where expires is not null group by account, uid
),
ages as (
  select kind, epoch(coalesce(ended, until) - began) / 3600 as age, ended is not null as is_end,
    epoch(expires - began) / 3600 as asked
  from lives cross join period left join asked using (account, uid)
  where birth_seen and began < until
),
steps as (
  select kind, age, count(*) filter (where is_end) as ends,
    sum(count(*)) over (partition by kind order by age desc rows unbounded preceding) as at_risk
  from ages group by kind, age
),
curve as (
  select kind, age, product(1 - ends / at_risk) over (partition by kind order by age rows unbounded preceding) as living
  from steps
),
medians as (select kind, min(age) as used_hours from curve where living <= 0.5 + 1e-12 group by kind)
select kind, median(asked) as asked_hours, any_value(used_hours) as used_hours,
  count(*) as made, count(*) filter (where not is_end) as living
from ages left join medians using (kind)
group by kind order by made desc, kind""",
    ),
    Indicator(
        "churn",
        "Churn",
        "The share of the resources that is replaced in a week; the first look at an account makes nothing."
        " Empty: fewer than seven days since that look.",
        "(made + ended) ÷ 2 ÷ mean number of resources, per week",
        """with counted as (
  select account,
    count(*) filter (where birth_seen and began >= since) as made,
    count(*) filter (where ended >= since and ended <= until) as ended,
    sum(greatest(epoch(least(coalesce(ended, until), until) - greatest(began, since)), 0)) as seconds,
    any_value(epoch(until - greatest(since, coalesce(first_look, since)))) as covered
  from lives cross join period left join first_looks using (account)
  where began < until and (ended is null or ended > since)
  group by account
)
select account, made, ended, seconds / nullif(covered, 0) as mean_resources,
  case when covered >= 604800 then (made + ended) / 2 / nullif(seconds, 0) * 604800 end as per_week
from counted order by account""",
    ),
    Indicator(
        "cost",
        "Cost a month",
        "List prices of the running resources. At risk is the cost of those without a valid owner or expiry.",
        "Σ cost a month of all resources; of governed ones that are not Compliant",
        f"""select {_COST}, count(*) as resources,
  sum(cost_per_month) filter (where governed and not compliant) as usd_at_risk,
  count(*) filter (where governed and not compliant and cost_per_month is null) as unpriced_at_risk,
  (count(*) - count(cost_per_month)) / nullif(count(*), 0) as unpriced_share
from present""",  # noqa: S608
    ),
    Indicator(
        "avoided",
        "Cost avoided by deletions",
        "A deletion is credited for 30 days at most, since its owner might have deleted the resource later anyway.",
        "Σ over verified deletions of cost a month ÷ 730 * min(hours since, 730); cost as in its last state",
        """with deleted as (
  select action.policy, action.account, action.uid, action.finished,
    arg_max(state.cost_per_month, state.valid_from) as cost_per_month
  from actions as action
  left join resources as state
    on state.account = action.account and state.uid = action.uid and state.valid_from <= action.finished
  where action.action = 'Delete' and action.state = 'Verified'
  group by all
)
select count(*) as deletions, sum(cost_per_month) as usd_per_month,
  sum(cost_per_month / 730 * least(epoch(until - finished) / 3600, 730)) as usd_so_far,
  count(*) - count(cost_per_month) as unpriced
from deleted cross join period
where finished <= until""",
    ),
    Indicator(
        "bridge",
        "Cost bridge",
        "Why the cost differs from that at the start: the lines add up exactly to the last one."
        " Found resources are older than the start, but were first seen later.",
        "opening + found + made - deleted by Tagwarden - gone otherwise ± changed = closing",
        """with states as (
  select account, uid, created, valid_from, valid_to,
    coalesce(cost_per_month, 0)::decimal(28, 6) as usd, cost_per_month is null as unpriced,
    valid_from <= since as opens, valid_to is null or valid_to > until as closes
  from resources cross join period
  where valid_from <= until and (valid_to is null or valid_to > since)
),
spans as (
  select account, uid, created,
    arg_min(usd, valid_from) as first_usd, arg_max(usd, valid_from) as last_usd,
    arg_min(unpriced, valid_from) as first_unpriced, arg_max(unpriced, valid_from) as last_unpriced,
    bool_or(opens) as opens, bool_or(closes) as closes
  from states group by all
),
ours as (
  select distinct account, uid, created, true as by_us from actions cross join period
  where action = 'Delete' and state = 'Verified' and finished > since and finished <= until
),
lines as (
  select spans.*, coalesce(by_us, false) as by_us, coalesce(spans.created >= since, true) as is_new
  from spans cross join period left join ours on ours.account = spans.account and ours.uid = spans.uid
    and ours.created is not distinct from spans.created
)
select line, usd_per_month, resources, unpriced from (
  select 1 as place, 'opening' as line, sum(first_usd) as usd_per_month, count(*) as resources,
    count(*) filter (where first_unpriced) as unpriced from lines where opens
  union all select 2, 'found', sum(first_usd), count(*), count(*) filter (where first_unpriced)
    from lines where not opens and not is_new
  union all select 3, 'made', sum(first_usd), count(*), count(*) filter (where first_unpriced)
    from lines where not opens and is_new
  union all select 4, 'deleted by Tagwarden', -sum(last_usd), count(*), count(*) filter (where last_unpriced)
    from lines where not closes and by_us
  union all select 5, 'gone otherwise', -sum(last_usd), count(*), count(*) filter (where last_unpriced)
    from lines where not closes and not by_us
  union all select 6, 'changed', sum(last_usd - first_usd), count(*), count(*) filter (where last_unpriced)
    from lines where last_usd <> first_usd
  union all select 7, 'closing', sum(last_usd), count(*), count(*) filter (where last_unpriced)
    from lines where closes
)
order by place""",
    ),
    Indicator(
        "efficiency",
        "Efficiency by team",
        "The share of the money that is spent on resources with a valid owner and expiry. Empty: fewer than 20 priced"
        " resources.",
        "Σ cost-hours of Compliant resources ÷ Σ cost-hours of governed resources",
        """select team, count(distinct uid) filter (where judged.cost_per_month is not null) as priced,
  count(distinct uid) filter (where judged.cost_per_month is null) as unpriced,
  case when count(distinct uid) filter (where judged.cost_per_month is not null) >= 20
    then sum(judged.cost_per_month * hours) filter (where judged.compliant)
      / nullif(sum(judged.cost_per_month * hours), 0) end as efficiency
from judged join (select account, uid, team from present) using (account, uid)
where hours > 0
group by team order by efficiency nulls last, team""",
    ),
    Indicator(
        "owners", "Owners", "Owners by cost, the dearest first.", "Σ cost a month, for each owner", _leading("owner")
    ),
    Indicator("teams", "Teams", "Teams by cost, the dearest first.", "Σ cost a month, for each team", _leading("team")),
    Indicator(
        "withheld",
        "Withheld",
        "Deletions that a policy asks for and a safety rule holds back, with the rule.",
        "resources with a withheld deletion, for each reason",
        f"""select withheld as reason, count(*) as resources, {_COST}
from present where withheld is not null
group by withheld order by resources desc, reason""",  # noqa: S608
    ),
    Indicator(
        "unpriced",
        "Without a price",
        "No dollar of these resources is in any sum.",
        "resources without a price ÷ all resources, for each kind",
        """select provider, kind, count(*) as resources, count(*) - count(cost_per_month) as unpriced,
  (count(*) - count(cost_per_month)) / count(*) as unpriced_share
from present
group by provider, kind having count(*) > count(cost_per_month)
order by unpriced desc, kind""",
    ),
    Indicator(
        "by_group",
        "By policy, account, provider, category and team",
        "The rows behind the metrics. The team is `(other)` beyond the hundred largest.",
        "as age, compliance and cost, for each group; times in seconds",
        """with largest as (select team from present group by team order by count(*) desc, team limit 100)
select coalesce(policy, '') as policy, account, provider, category,
  if(largest.team is null, '(other)', present.team) as team, count(*) as resources,
  avg(epoch(until - created)) as age_mean_seconds, median(epoch(until - created)) as age_median_seconds,
  avg(compliant::int) filter (where governed) as compliance_ratio,
  sum(cost_per_month) as usd_per_month,
  sum(cost_per_month) filter (where governed and not compliant) as usd_at_risk,
  count(*) - count(cost_per_month) as unpriced
from present cross join period left join largest on largest.team = present.team
group by all order by all""",
    ),
    Indicator(
        "avoided_by_group",
        "Cost avoided, by policy, account, provider and category",
        "The team of a deleted resource is not kept.",
        "as cost avoided by deletions, for each group",
        """with deleted as (
  select action.policy, action.account, action.provider, action.category, action.uid, action.finished,
    arg_max(state.cost_per_month, state.valid_from) as cost_per_month
  from actions as action
  left join resources as state
    on state.account = action.account and state.uid = action.uid and state.valid_from <= action.finished
  where action.action = 'Delete' and action.state = 'Verified'
  group by all
)
select policy, account, provider, category, count(*) as deletions, sum(cost_per_month) as usd_per_month,
  sum(cost_per_month / 730 * least(epoch(until - finished) / 3600, 730)) as usd_so_far,
  count(*) - count(cost_per_month) as unpriced
from deleted cross join period
where finished <= until
group by policy, account, provider, category order by all""",
    ),
    Indicator(
        "looks",
        "Accounts and their last look",
        "What was not listed is not counted.",
        "newest snapshot of each account, its age, and the kinds that it could not list",
        """select account, max(taken) as taken, epoch(any_value(until) - max(taken)) / 3600 as hours_ago,
  arg_max(resources, taken) as resources, arg_max(complete, taken) as complete,
  arg_max(incomplete_kinds, taken) as incomplete_kinds
from snapshots cross join period where taken <= until
group by account order by account""",
    ),
)
"""Each indicator, in the order of the page."""

BY_NAME = {each.name: each for each in INDICATORS}
