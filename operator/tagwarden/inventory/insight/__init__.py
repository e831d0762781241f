"""Indicators of the inventory, each defined once: for the report, the live pages, the metrics and docs/insight.md."""

from tagwarden.inventory.insight.indicators import INDICATORS, Indicator
from tagwarden.inventory.insight.reading import Insight, Period, TeamsOf, insight_of, load_teams

__all__ = ["INDICATORS", "Indicator", "Insight", "Period", "TeamsOf", "insight_of", "load_teams"]
