"""Composes one pass from the packages below; the only place that knows all steps."""

from tagwarden.pipeline.catalogues import dependents_of
from tagwarden.pipeline.compiling import PolicySet, accounts_of, compile_policies
from tagwarden.pipeline.deciding import Decision, decide, replay
from tagwarden.pipeline.declarations import Declarations, load_declarations
from tagwarden.pipeline.pass_values import Pass, PassDependencies, run_id
from tagwarden.pipeline.passes import carry_out, make_pass
from tagwarden.pipeline.pinning import recognise
from tagwarden.pipeline.shown_plans import adopt_plan
from tagwarden.pipeline.sources import Sources, check_account, collect_account, collect_accounts, open_provider
from tagwarden.pipeline.storing import keeper_of
from tagwarden.providers.base import Access

__all__ = [
    "Access",
    "Decision",
    "Declarations",
    "Pass",
    "PassDependencies",
    "PolicySet",
    "Sources",
    "accounts_of",
    "adopt_plan",
    "carry_out",
    "check_account",
    "collect_account",
    "collect_accounts",
    "compile_policies",
    "decide",
    "dependents_of",
    "keeper_of",
    "load_declarations",
    "make_pass",
    "open_provider",
    "recognise",
    "replay",
    "run_id",
]
