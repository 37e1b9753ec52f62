"""Write the description of the HTTP API (OpenAPI 3.1) without a server, a database or the network.

Usage: python tools/openapi.py FILE
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from yuelai.entrypoints.web.app import create_app
from yuelai.platform.config import Settings


def main(target: Path) -> None:
    # The application only has to know its routes: nothing in the folder is opened.
    with tempfile.TemporaryDirectory() as folder:
        document = create_app(Settings(home=Path(folder))).openapi()
    # The number of the version is no part of the contract, yet would make every release look like a change.
    document["info"]["version"] = "1"
    target.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
