"""Writes docs/reference/permissions.md: every endpoint, what it asks for, and which built-in roles may use it.

    .venv/bin/python tools/permission_matrix.py

A test fails while the page is stale, so that nobody changes who may do what without seeing it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from yuelai.entrypoints.web.app import create_app
from yuelai.entrypoints.web.openapi import PUBLIC, SIGNED_IN, operations
from yuelai.identity.permissions import ROLES
from yuelai.platform.config import Settings

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "permissions.md"

HEAD = """# Who may do what

Made by `tools/permission_matrix.py` from the endpoints themselves; do not edit. A dot: the built-in role may. Tenants
may have roles of their own. What a role may see is narrowed further by the scope of its grant, and by ownership.

"""


def allowed(permission: str, role: str) -> bool:
    return permission in (PUBLIC, SIGNED_IN) or permission in ROLES[role]


def page() -> str:
    """Return the whole page."""
    with tempfile.TemporaryDirectory() as home:
        found = sorted(operations(create_app(Settings(home=Path(home)))))
    lines = [f"| endpoint | asks for | {' | '.join(ROLES)} |", f"|---|---|{':-:|' * len(ROLES)}"]
    for path, method, permission in found:
        marks = " | ".join("•" if allowed(permission, role) else " " for role in ROLES)
        lines.append(f"| `{method.upper()} {path}` | {permission} | {marks} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
