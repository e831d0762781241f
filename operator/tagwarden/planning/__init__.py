"""Pure: what goes with what, in which order, within which limits, under which hash."""

from tagwarden.planning.budget import Budget, PassSummary, remembered

__all__ = ["Budget", "PassSummary", "remembered"]
