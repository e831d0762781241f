"""Which files of ended states are valid, told by their names alone.

An ended file is named `<instant>_<instant before>.parquet`: the look that ended its states, and the ended file that
came before. The file of open states names the last of them, so the valid files are a chain from there. Files beside the
chain are leftovers: of a writer that was killed or overtaken, or of many files that one has replaced. So a kill at any
moment, two writers, and a reader amid a compaction neither lose nor double a state.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

START = "start"
"""The name before the first ended file."""
_FORM = "%Y%m%dT%H%M%S.%fZ"


def instant_name(at: datetime) -> str:
    """Name an instant so that names sort by time."""
    return at.astimezone(UTC).strftime(_FORM)


def instant_of(name: str) -> datetime:
    """Read the instant of a name."""
    return datetime.strptime(name, _FORM).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Ended:
    """An ended file: states that ended after `before` and up to `at`, both names of instants."""

    at: str
    before: str

    @property
    def path(self) -> str:
        """The path below the folder of the division."""
        return f"closed/month={self.at[:4]}-{self.at[4:6]}/{self.at}_{self.before}.parquet"

    @classmethod
    def parse(cls, path: str) -> "Ended | None":
        """Read a path; None for the path of anything else."""
        at, found, before = path.rpartition("/")[2].removesuffix(".parquet").partition("_")
        return cls(at, before) if found and at and before else None


@dataclass(frozen=True, slots=True)
class Chain:
    """The valid ended files, newest first, and the leftovers. `gaps` names files that the chain misses."""

    valid: tuple[Ended, ...]
    leftovers: tuple[Ended, ...]
    gaps: tuple[str, ...] = ()


def chain_of(files: Iterable[Ended], last: str) -> Chain:
    """Follow the names from the last ended file; of files with the same end the longest is taken.

    Where a file is missing, as after somebody removed one, the chain goes on with the newest file before it.
    """
    found = sorted(files)
    longest: dict[str, Ended] = {}
    for each in found:  # ascending, and `START` sorts after digits, so it is asked for by name
        held = longest.get(each.at)
        if held is None or (_rank(each.before) < _rank(held.before)):
            longest[each.at] = each
    valid: list[Ended] = []
    gaps: list[str] = []
    ends = sorted(longest)
    while last != START:
        if last not in longest:
            gaps.append(last)
            earlier = [end for end in ends if end < last]
            if not earlier:
                break
            last = earlier[-1]
        valid.append(longest[last])
        last = longest[last].before
    kept = set(valid)
    return Chain(tuple(valid), tuple(each for each in found if each not in kept), tuple(gaps))


def _rank(before: str) -> str:
    return "" if before == START else before
