import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.web import Site, serve
from yuelai.platform.db import Database

PAGE = "<!doctype html><title>悦来</title><script type=module src=/assets/app-1a2b3c.js></script>"
SCRIPT = "console.log('悦来')\n" * 50


@pytest.fixture
async def console(home: Path) -> AsyncIterator[Site]:
    root = home / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text(PAGE)
    (root / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (root / "assets" / "app-1a2b3c.js").write_text(SCRIPT)
    (root / "assets" / "app-1a2b3c.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (home / "secret.txt").write_text("not for everybody")
    (root / "way-out.txt").symlink_to(home / "secret.txt")
    nowhere = await Database.open("postgresql://nobody@127.0.0.1:1/none")
    async with serve(nowhere, home, root) as site:
        yield site


@pytest.mark.parametrize("path", ["/", "/desk", "/desk/interactions/42", "/sign-in?next=/desk"])
async def test_every_path_of_the_console_gives_its_page(console: Site, path: str) -> None:
    answer = await console.http.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_page_is_asked_for_each_time_but_sent_only_when_it_changed(console: Site) -> None:
    first = await console.http.get("/")
    again = await console.http.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert console.app.state.webroot is not None
    (console.app.state.webroot / "index.html").write_text(PAGE + "<p>new</p>")
    changed = await console.http.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.text.endswith("<p>new</p>")


async def test_hashed_assets_are_kept_for_ever_and_come_compressed_where_understood(console: Site) -> None:
    packed = await console.http.get("/assets/app-1a2b3c.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.text == SCRIPT
    assert int(packed.headers["content-length"]) < len(SCRIPT)
    plain = await console.http.get("/assets/app-1a2b3c.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT
    assert plain.headers["content-type"].startswith("text/javascript")


async def test_a_missing_asset_is_not_answered_with_the_page(console: Site) -> None:
    for path in ("/assets/app-old.js", "/missing.png", "/assets/app-1a2b3c.js.br"):
        answer = await console.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/way-out.txt", "//secret.txt"]
)
async def test_nothing_outside_the_folder_is_served(console: Site, path: str) -> None:
    answer = await console.http.get(path)
    assert "not for everybody" not in answer.text


async def test_a_head_request_gives_the_headers_alone(console: Site) -> None:
    answer = await console.http.head("/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(PAGE.encode()))
