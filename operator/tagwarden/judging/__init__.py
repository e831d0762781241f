"""Pure: judges each resource under a policy with a chain of small checks."""

from tagwarden.judging.chain import CHECKS
from tagwarden.judging.check import CheckInput
from tagwarden.judging.compiled_account import CompiledAccount, compile_account
from tagwarden.judging.compiled_policy import CompiledPolicy, compile_policy
from tagwarden.judging.evaluator import judge, judge_all
from tagwarden.judging.observing import observed
from tagwarden.judging.schedule import Schedule
from tagwarden.judging.tag_judgement import TaggedResource, TagJudgement, TagSource, judge_tags

__all__ = [
    "CHECKS",
    "CheckInput",
    "CompiledAccount",
    "CompiledPolicy",
    "Schedule",
    "TagJudgement",
    "TagSource",
    "TaggedResource",
    "compile_account",
    "compile_policy",
    "judge",
    "judge_all",
    "judge_tags",
    "observed",
]
