"""`python -m yuelai`: the command line."""

from __future__ import annotations

from yuelai.entrypoints.cli import main

if __name__ == "__main__":
    main()
