"""What the customers room leaves to the worker."""

from __future__ import annotations

from collections.abc import Sequence

from yuelai.customers.imports import jobs as imports
from yuelai.customers.ports import CustomerUse
from yuelai.customers.sync import jobs as sync
from yuelai.platform.config import Settings
from yuelai.platform.jobs import Jobs


def register(jobs: Jobs, settings: Settings, *, uses: Sequence[CustomerUse] = ()) -> None:
    """`uses` tell which customers other rooms have something about: those are not removed when an import is undone."""
    imports.register(jobs, settings, uses)
    sync.register(jobs, settings)
