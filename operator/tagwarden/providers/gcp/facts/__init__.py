"""Curated facts about Google Cloud's kinds, which no discovery document states.

A kind without a row here is collected when it takes labels; it holds data until somebody knows better (S19), so that an
untagged one is only reported. Sources are Google's documentation pages of each product.
"""

from collections.abc import Mapping

from tagwarden.providers.gcp.facts.compute import COMPUTE_FACTS
from tagwarden.providers.gcp.facts.never import NEVER_FACTS
from tagwarden.providers.gcp.facts.plain import PLAIN_FACTS
from tagwarden.providers.gcp.facts.services import SERVICE_FACTS
from tagwarden.providers.gcp.facts.vocabulary import OTHER, Facts

__all__ = ["FACTS", "OTHER", "Facts"]

FACTS: Mapping[str, Facts] = {**PLAIN_FACTS, **COMPUTE_FACTS, **SERVICE_FACTS, **NEVER_FACTS}
"""By kind; `tests/unit/providers/gcp/test_facts.py` finds a kind with two."""
