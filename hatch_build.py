"""Builds the console into the wheel as `yuelai/webroot`. A source checkout needs no copy: it serves `web/dist`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        web = Path(self.root) / "web"
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("building the console needs Node 20 or newer with npm on the PATH")
        for command in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *command], cwd=web, check=True)  # noqa: S603 - the npm of this machine
        build_data["force_include"][str(web / "dist")] = "yuelai/webroot"
