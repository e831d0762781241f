"""Default paths of files."""

import os
from pathlib import Path


def state_folder() -> Path:
    """Give the folder for snapshots, plans and the journal, below XDG_STATE_HOME."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "tagwarden"
