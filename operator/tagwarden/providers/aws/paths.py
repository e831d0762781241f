"""The compiler of the paths in AWS's rows, with functions that read ARNs and trust policies."""

from typing import Any

from jmespath import functions

from tagwarden.providers.aws.principals import unseen_in
from tagwarden.providers.catalogue.path_compiler import PathFunctions, path_compiler

_PARTS_OF_ARN = 6


class _AwsFunctions(PathFunctions):
    """AWS's own functions."""

    @functions.signature({"types": ["string", "null"]}, {"types": ["array", "null"]})  # type: ignore[untyped-decorator]
    def _func_in_regions(self, arn: str | None, regions: list[str] | None) -> list[str]:
        """Give the ARN in each of these regions, except the ARN's own region."""
        parts = (arn or "").split(":")
        if len(parts) < _PARTS_OF_ARN:
            return []
        return [":".join((*parts[:3], region, *parts[4:])) for region in regions or () if region != parts[3]]

    @functions.signature({"types": []}, {"types": ["string", "null"]})  # type: ignore[untyped-decorator]
    def _func_unseen(self, trust: Any, role: str | None) -> str | None:
        """Name the principals that may assume a role with this trust policy and are not collected."""
        return unseen_in(trust, role or "")


compile_path = path_compiler(_AwsFunctions())
"""Gives the function that follows a path; the function gives None where the path ends early."""
