import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.support.web import Site, add_person
from yuelai.identity.relays import IceServer, ice_servers

PERSON = UUID("01890000-0000-7000-8000-000000000001")
NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


def test_a_relay_gets_a_password_of_a_day_that_its_secret_makes() -> None:
    servers, expires_at = ice_servers("turn:a.example:3478?transport=udp, turns:b.example", "north", PERSON, NOW)
    assert expires_at == datetime(2026, 1, 3, 3, 4, 5, tzinfo=UTC)
    username = f"1767409445:{PERSON}"
    digest = hmac.new(b"north", username.encode(), hashlib.sha1).digest()
    assert servers == [
        IceServer(["turn:a.example:3478?transport=udp", "turns:b.example"], username, base64.b64encode(digest).decode())
    ]


def test_what_a_browser_would_refuse_is_not_told() -> None:
    assert ice_servers("", "north", PERSON, NOW)[0] == []
    assert ice_servers("turn:a.example", None, PERSON, NOW)[0] == []
    assert ice_servers("http://a.example,stun:s.example", None, PERSON, NOW)[0] == [IceServer(["stun:s.example"])]


async def test_who_is_signed_in_is_told_the_relays(site: Site) -> None:
    await add_person(site.database, "leader01", "supervisor")
    client = await site.client("leader01")
    assert (await client.get("/api/v1/session/ice")).json()["ice_servers"] == []
    site.app.state.settings = site.settings.model_copy(update={"turn_urls": "turn:a.example", "turn_secret": "north"})
    answer = (await client.get("/api/v1/session/ice")).json()
    (server,) = answer["ice_servers"]
    assert server["urls"] == ["turn:a.example"]
    left = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(days=1)
    assert (await site.http.get("/api/v1/session/ice")).status_code == 401
