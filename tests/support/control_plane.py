"""Starts a real Kubernetes control plane: in kind where a Docker daemon answers, else from programs built with Go."""

import os
from pathlib import Path

from tests.support import control_plane_programs, kind_control_plane
from tests.support.built_control_plane import BuiltControlPlane
from tests.support.cluster import Cluster, ControlPlane, KubectlError
from tests.support.go_toolchain import Report, to_stderr
from tests.support.kind_control_plane import KindControlPlane

__all__ = ["Cluster", "ControlPlane", "KubectlError", "new_control_plane", "prepare"]

# `kind` or `built` settles it by hand: for a machine with Docker that shall not be asked, say.
CHOICE = "CONTROL_PLANE"


def prepare(report: Report = to_stderr) -> Path:
    """Get everything that `new_control_plane` starts, which can take minutes, and return the folder it is in."""
    if _uses_kind():
        return kind_control_plane.tools(report).kind.parent
    return control_plane_programs.programs(report)


def new_control_plane(report: Report = to_stderr) -> ControlPlane:
    """Return a control plane of one's own, not started yet: use it in a `with` block."""
    return KindControlPlane(report) if _uses_kind() else BuiltControlPlane(report)


def _uses_kind() -> bool:
    choice = os.environ.get(CHOICE, "")
    if choice not in {"", "kind", "built"}:
        raise ValueError(f"{CHOICE}={choice}: write kind, built, or leave it unset")
    return choice == "kind" or (choice == "" and kind_control_plane.docker_answers())
