"""The pattern of schedules: cron with five fields, a named schedule such as `@daily`, or `@every 30m`.

Errors beyond a pattern (a descending range, the 30th of February) are found when the schedule is parsed.
"""

from tagwarden.model.duration import DURATION_PATTERN
from tagwarden.model.yaml_models import Constraint, seconds_of

NAMED_SCHEDULES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}
EVERY = "@every "
LEAST_EVERY_SECONDS = 60


def _field(value: str, extra: str = "") -> str:
    """Give the pattern of a cron field: a list of `*`, values and ranges, with optional steps."""
    item = rf"(([*]|({value})(-({value}))?)(/[1-9][0-9]?)?{extra})"
    return f"{item}(,{item})*"


_CRON = " +".join(
    (
        _field("[0-5]?[0-9]"),
        _field("[01]?[0-9]|2[0-3]"),
        _field("0?[1-9]|[12][0-9]|3[01]", "|LW?"),
        _field("0?[1-9]|1[0-2]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"),
        _field("[0-7]|(?i:sun|mon|tue|wed|thu|fri|sat)", "|[0-7]L|[0-7]#[1-5]"),
    )
)
_EVERY = DURATION_PATTERN.removeprefix("^").removesuffix("$")

SCHEDULE_CONSTRAINTS = (
    Constraint(
        f"self.matches('^({_CRON}|{'|'.join(NAMED_SCHEDULES)}|{EVERY}{_EVERY})$')",
        'write cron of five fields (minute, hour, day, month, weekday) in quotes, such as "0 * * * *" for every full'
        " hour, or @every 30m",
    ),
    Constraint(
        f"!self.startsWith('{EVERY}') || {seconds_of('self')} >= {LEAST_EVERY_SECONDS}",
        "the interval must be at least 1m; write it like @every 30m",
    ),
)
