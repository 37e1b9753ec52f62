"""What keeps a backup from being made or used; the message is for the operator."""

from __future__ import annotations


class BackupFailed(Exception):
    """The backup could not be made; nothing is left of the attempt."""


class RestoreFailed(Exception):
    """The backup could not be restored; the home is as it was before."""
