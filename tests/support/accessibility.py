"""What axe-core finds wrong with a page for people who cannot see, point or tell colours apart."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page, *rules: str) -> list[str]:
    """Return what is serious or critical on the page as it is, one line each; only by these rules if any are named."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE.read_text())  # through the debugger: the page's own policy forbids foreign scripts
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [
        f"{page.url} {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
