"""The language of `tagwarden search`, over the lake."""

from tagwarden.inventory.search.as_policy import policy_expression
from tagwarden.inventory.search.running import Found, search

__all__ = ["Found", "policy_expression", "search"]
