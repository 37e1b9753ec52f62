"""The only place that wires rooms together."""

from yuelai.bootstrap.core import run_core

__all__ = ["run_core"]
