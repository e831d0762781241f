"""From what holds at one look to states with a beginning and an end.

Pure: tables in, tables out. A row is known by its key, and its fingerprint covers every value whose change begins a new
state.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tagwarden.inventory.lake.tables import FINGERPRINT, INSTANT, KEY

Still = Callable[[pa.Table], npt.NDArray[np.bool_]]
"""Says, for each open row that a look did not find, whether it may exist all the same."""


def no_longer(missed: pa.Table) -> npt.NDArray[np.bool_]:
    """Say that whatever a look did not find has ended."""
    return np.zeros(len(missed), dtype=bool)


def advance(before: pa.Table | None, seen: pa.Table, at: datetime, still: Still = no_longer) -> tuple[pa.Table, Any]:
    """Give the open states after a look, and the states that it ended, None if none.

    `before` are the open states so far, `seen` the rows found at `at`, with keys and fingerprints but without validity.
    A row that was not found stays open where `still` says so: a listing that failed ends nothing (S3).
    """
    begun = pa.array([at] * len(seen), INSTANT)
    if before is None or not len(before):
        return _open(seen, begun, at), None
    number = {key: place for place, key in enumerate(before.column(KEY).to_pylist())}
    old = before.column(FINGERPRINT).to_numpy()
    new = seen.column(FINGERPRINT).to_numpy()
    places = np.fromiter((number.get(key, -1) for key in seen.column(KEY).to_pylist()), np.int64, len(seen))
    same = (places >= 0) & (old[places] == new) if len(old) else np.zeros(len(seen), dtype=bool)
    first = np.where(same, before.column("valid_from").cast(pa.int64()).to_numpy()[places], begun.cast(pa.int64()))
    opened = _open(seen, pa.array(first, pa.int64()).cast(INSTANT), at)

    found = np.zeros(len(before), dtype=bool)
    found[places[places >= 0]] = True
    missed = np.flatnonzero(~found)
    stays = missed[still(before.take(missed))] if len(missed) else missed
    ended = np.ones(len(before), dtype=bool)
    ended[places[same]] = False
    ended[stays] = False
    if len(stays):
        opened = pa.concat_tables([opened, before.take(stays)]).unify_dictionaries()
    if not ended.any():
        return opened, None
    closed = before.filter(pa.array(ended))
    ends = pa.array([at] * len(closed), INSTANT)
    return opened, closed.set_column(closed.schema.get_field_index("valid_to"), "valid_to", ends)


def _open(seen: pa.Table, begun: "pa.Array[Any]", at: datetime) -> pa.Table:
    bookkeeping = [seen.column(KEY), seen.column(FINGERPRINT)]
    names = [name for name in seen.column_names if name not in {KEY, FINGERPRINT}]
    columns = [seen.column(name) for name in names]
    validity = [begun, pa.nulls(len(seen), INSTANT), pa.array([at] * len(seen), INSTANT)]
    return pa.Table.from_arrays(
        [*columns, *validity, *bookkeeping], names=[*names, "valid_from", "valid_to", "last_seen", KEY, FINGERPRINT]
    )
