"""The screens: files of the built console, its hashed assets for ever, its pages asked for each time."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException

import yuelai
from yuelai.identity.access import public

router = APIRouter()

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NEVER_PAGES = ("health", "metrics", "assets")


class Screen(Convertor[str]):
    """Any path but those of the API and the web sockets, which have a right to be unknown."""

    regex = r"(?!(?:api|ws)(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("screen", Screen())


def find_root() -> Path | None:
    """Return the folder of the built console: packaged beside the program, else of a source checkout."""
    package = Path(yuelai.__file__).parent
    for candidate in (package / "webroot", package.parent.parent / "web" / "dist"):
        if (candidate / "index.html").is_file():
            return candidate
    return None


@lru_cache(maxsize=1024)
def _etag(path: Path, modified: int, size: int) -> str:
    return f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:24]}"'


def _file(root: Path, path: str) -> Path | None:
    wanted = (root / path).resolve()
    return wanted if wanted.is_relative_to(root.resolve()) and wanted.is_file() else None


def _answer(request: Request, path: Path, *, immutable: bool) -> Response:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = {"Cache-Control": IMMUTABLE if immutable else REVALIDATE, "Vary": "Accept-Encoding"}
    accepted = request.headers.get("accept-encoding", "")
    served = path
    for encoding, suffix in _ENCODINGS:
        compressed = path.with_name(path.name + suffix)
        if encoding in accepted and compressed.is_file():
            served, headers["Content-Encoding"] = compressed, encoding
            break
    stat = served.stat()
    etag = headers["ETag"] = _etag(served, stat.st_mtime_ns, stat.st_size)
    if etag in (each.strip() for each in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return FileResponse(served, headers=headers, media_type=media_type)


@router.api_route("/{path:screen}", methods=["GET", "HEAD"], dependencies=[Depends(public)], include_in_schema=False)
def console(request: Request, path: str) -> Response:
    """Answer with the file, or for a path of the console's own with its page."""
    first = path.split("/", 1)[0]
    root: Path | None = request.app.state.webroot or find_root()
    if root is None:
        return PlainTextResponse("The console has not been built yet (make web).", 503)
    found = _file(root, path) if path and not path.endswith((".br", ".gz")) else None
    if found is not None:
        return _answer(request, found, immutable=first == "assets")
    if first in _NEVER_PAGES or "." in path.rsplit("/", 1)[-1]:
        raise HTTPException(404, "There is nothing here.")
    return _answer(request, root / "index.html", immutable=False)
