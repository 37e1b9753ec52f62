"""Signing in at a provider of OpenID Connect, against a real one on a port of its own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, Provider, other_key, provider, shared_secret
from tests.support.web import Site, add_person, serve
from yuelai.identity import jobs
from yuelai.platform.db import Database


@pytest.fixture
async def corp() -> AsyncIterator[Provider]:
    async with provider() as running:
        yield running


@pytest.fixture
async def joined(
    database: Database, home: Path, corp: Provider, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    """A web process that knows the provider as `corp`, and one that does not answer as `away`."""
    for name, value in {
        "CORP_ISSUER": corp.issuer,
        "CORP_CLIENT_ID": CLIENT_ID,
        "CORP_CLIENT_SECRET": CLIENT_SECRET,
        "CORP_NAME": "Corporate account",
        "CORP_CLAIM": "preferred_username",
        "AWAY_ISSUER": "http://127.0.0.1:1",
        "AWAY_CLIENT_ID": CLIENT_ID,
    }.items():
        monkeypatch.setenv(f"YUELAI_OIDC_{name}", value)
    async with serve(database, home) as running:
        corp.client.redirect_uri = f"http://127.0.0.1:{running.port}/api/v1/session/oidc/corp/callback"
        await add_person(database, "agent01", "agent", number="8001")
        yield running


def browser(site: Site) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=str(site.http.base_url))


async def go(client: httpx.AsyncClient) -> str:
    """Go to the provider and come back as far as its redirection; return where that leads."""
    there = await client.get("/api/v1/session/oidc/corp/start")
    assert there.status_code == 302, there.text
    back = await client.get(there.headers["location"])
    assert back.status_code == 302, back.text
    return back.headers["location"]


async def arrive(client: httpx.AsyncClient, location: str) -> dict[str, str]:
    """Follow it; return what the page finds in its address."""
    answer = await client.get(location)
    assert answer.status_code == 302
    path, _, fragment = answer.headers["location"].partition("#")
    assert path == "/"
    return {name: values[0] for name, values in parse_qs(fragment).items()}


async def test_somebody_who_is_known_there_and_here_signs_in(joined: Site, corp: Provider) -> None:
    corp.claims = {"sub": "42", "preferred_username": "Agent01"}
    async with browser(joined) as client:
        offered = (await client.get("/api/v1/session/oidc")).json()["items"]
        assert offered == [{"code": "corp", "name": "Corporate account"}, {"code": "away", "name": "away"}]
        found = await arrive(client, await go(client))
        assert set(found) == {"ticket"}
        opened = await client.post("/api/v1/session/oidc", json={"ticket": found["ticket"]})
        assert opened.status_code == 200, opened.text
        assert (opened.json()["person"]["username"], opened.json()["person"]["number"]) == ("agent01", "8001")
        again = await client.post("/api/v1/session/oidc", json={"ticket": found["ticket"]})
        assert (again.status_code, again.json()["code"]) == (401, "ticket_invalid")
        headers = {"Authorization": f"Bearer {opened.json()['token']}"}
        assert (await client.get("/api/v1/session", headers=headers)).status_code == 200
    async with joined.database.transaction(None) as conn:
        data = await conn.fetchval("SELECT data FROM audit WHERE action = 'session.opened'")
        assert data == {"source": "127.0.0.1", "provider": "corp"}
        assert await conn.fetchval("SELECT count(*) FROM oidc_logins") == 0


async def test_the_way_there_is_guarded_by_state_nonce_and_pkce(joined: Site, corp: Provider) -> None:
    async with browser(joined) as client:
        there = await client.get("/api/v1/session/oidc/corp/start")
        query = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["location"]).query).items()}
        assert there.headers["location"].startswith(f"{corp.issuer}/authorize?")
        assert query["redirect_uri"] == corp.client.redirect_uri
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        assert len({query["state"], query["nonce"], query["code_challenge"]}) == 3
        cookie = there.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "path=/api/v1/session/oidc" in cookie
        async with joined.database.transaction(None) as conn:
            kept = await conn.fetchval("SELECT string_agg(l::text, ' ') FROM oidc_logins l")
        assert query["state"] not in kept


WHO_IS_MEANT: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("email", {"email": "LIN@example.com", "email_verified": True}, True),
    ("email", {"email": "lin@example.com", "email_verified": False}, False),
    ("email", {"email": "lin@example.com"}, False),
    ("email", {"email": "twice@example.com", "email_verified": True}, False),
    ("email", {"email": "left@example.com", "email_verified": True}, False),
    # Who is known by address is not let in under a name that they may have chosen for themselves.
    ("email", {"preferred_username": "agent01"}, False),
    ("preferred_username", {"email": "lin@example.com", "email_verified": True}, False),
    ("preferred_username", {"preferred_username": "Agent01"}, True),
    ("preferred_username", {"preferred_username": "nobody"}, False),
    ("preferred_username", {"preferred_username": "left"}, False),
    ("preferred_username", {"preferred_username": ["agent01"]}, False),
    ("preferred_username", {"preferred_username": "agent\x0001"}, False),
    ("preferred_username", {}, False),
)


async def test_who_is_meant_is_told_by_a_verified_address_or_the_user_name(joined: Site, corp: Provider) -> None:
    for name in ("agent02", "agent03", "left"):
        await add_person(joined.database, name, "agent")
    async with joined.database.transaction(None) as conn:
        await conn.execute("UPDATE people SET email = 'Lin@Example.com' WHERE username = 'agent01'")
        await conn.execute("UPDATE people SET email = 'twice@example.com' WHERE username IN ('agent02', 'agent03')")
        await conn.execute("UPDATE people SET email = 'left@example.com', active = false WHERE username = 'left'")
    corp.user_info = {"sub": "42"}
    async with browser(joined) as client:
        oidc = joined.app.state.sessions.elsewhere.oidc
        for by, claims, known in WHO_IS_MEANT:
            oidc.providers = {**oidc.providers, "corp": oidc.providers["corp"].model_copy(update={"claim": by})}
            corp.claims = {"sub": "42", **claims}
            found = await arrive(client, await go(client))
            assert set(found) == {"ticket"} if known else found == {"error": "oidc_unknown_person"}, claims
    async with joined.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM people") == 4
        refused = await conn.fetch("SELECT person_id, data FROM audit WHERE action = 'session.refused'")
    expected = (None, {"provider": "corp", "reason": "oidc_unknown_person"})
    assert [tuple(row) for row in refused] == [expected] * 11


async def test_what_the_id_token_leaves_out_is_asked_for_of_the_same_subject(joined: Site, corp: Provider) -> None:
    corp.claims, corp.user_info = {"sub": "42"}, {"sub": "42", "preferred_username": "agent01"}
    async with browser(joined) as client:
        assert set(await arrive(client, await go(client))) == {"ticket"}
        corp.user_info["sub"] = "43"
        assert await arrive(client, await go(client)) == {"error": "oidc_failed"}


def _spoil(**claims: Any) -> Any:
    return lambda token: token.update(claims)


async def test_an_id_token_that_is_not_quite_right_opens_nothing(joined: Site, corp: Provider) -> None:
    corp.claims = {"sub": "42", "preferred_username": "agent01"}
    spoilt = {
        "issuer": _spoil(iss="http://127.0.0.1:9"),
        "audience": _spoil(aud="another client"),
        "several audiences, none authorised": _spoil(aud=[CLIENT_ID, "another"]),
        "authorised party": _spoil(azp="another client"),
        "nonce": _spoil(nonce="another"),
        "no nonce": lambda token: token.pop("nonce"),
        "expired": _spoil(exp=1_600_000_000),
        "no end": lambda token: token.pop("exp"),
        "from the future": _spoil(iat=4_000_000_000),
        "access token": _spoil(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    }
    async with browser(joined) as client:
        for name, tamper in spoilt.items():
            corp.tamper = tamper
            assert await arrive(client, await go(client)) == {"error": "oidc_failed"}, name
        corp.tamper = None
        for name, header, key in (
            ("another key", {"alg": "RS256", "kid": "k1"}, other_key()),
            ("a shared secret", {"alg": "HS256"}, shared_secret()),
        ):
            corp.header, corp.signed_by = header, key
            assert await arrive(client, await go(client)) == {"error": "oidc_failed"}, name
        corp.header, corp.signed_by = {"alg": "RS256", "kid": "k1"}, None
        assert set(await arrive(client, await go(client))) == {"ticket"}


async def test_a_login_that_another_browser_began_or_that_was_finished_is_refused(joined: Site, corp: Provider) -> None:
    corp.claims = {"sub": "42", "preferred_username": "agent01"}
    async with browser(joined) as client, browser(joined) as victim:
        location = await go(client)
        assert await arrive(victim, location) == {"error": "ticket_invalid"}
        assert set(await arrive(client, location)) == {"ticket"}
        assert await arrive(client, location) == {"error": "ticket_invalid"}
        for query in ("", "?code=x", "?state=x&code=x", "?state=&code="):
            assert await arrive(client, f"/api/v1/session/oidc/corp/callback{query}") == {"error": "ticket_invalid"}
        # RFC 9207: the answer of another provider; RFC 6749 §4.1.2.1: the person declined.
        assert await arrive(client, f"{await go(client)}&iss=http://127.0.0.1:9") == {"error": "oidc_failed"}
        there = await client.get("/api/v1/session/oidc/corp/start")
        state = parse_qs(urlsplit(there.headers["location"]).query)["state"][0]
        declined = f"/api/v1/session/oidc/corp/callback?error=access_denied&state={state}"
        assert await arrive(client, declined) == {"error": "oidc_failed"}


async def test_a_ticket_opens_a_session_only_in_the_browser_that_came_back_with_it(
    joined: Site, corp: Provider
) -> None:
    corp.claims = {"sub": "42", "preferred_username": "agent01"}
    async with browser(joined) as client, browser(joined) as victim:
        ticket = await arrive(client, await go(client))
        for cookie in (b"", b"yuelai_oidc=x", b"yuelai_oidc=\xc3\xa9"):
            sent = await victim.post("/api/v1/session/oidc", json=ticket, headers={b"Cookie": cookie})
            assert (sent.status_code, sent.json()["code"]) == (401, "ticket_invalid"), cookie
        # Nor did the attempts use it up.
        assert (await client.post("/api/v1/session/oidc", json=ticket)).status_code == 200


async def test_a_login_or_a_ticket_does_not_wait_for_ever(joined: Site, corp: Provider) -> None:
    corp.claims = {"sub": "42", "preferred_username": "agent01"}
    async with browser(joined) as client:
        location = await go(client)
        async with joined.database.transaction(None) as conn:
            await conn.execute("UPDATE oidc_logins SET expires_at = now()")
        assert await arrive(client, location) == {"error": "ticket_invalid"}
        ticket = (await arrive(client, await go(client)))["ticket"]
        async with joined.database.transaction(None) as conn:
            await conn.execute("UPDATE sign_in_tickets SET expires_at = now()")
        late = await client.post("/api/v1/session/oidc", json={"ticket": ticket})
        assert (late.status_code, late.json()["code"]) == (401, "ticket_invalid")


async def test_what_was_never_finished_is_forgotten(joined: Site, corp: Provider) -> None:
    corp.claims = {"sub": "42", "preferred_username": "agent01"}
    async with browser(joined) as client:
        await arrive(client, await go(client))
        await client.get("/api/v1/session/oidc/corp/start")

    async def left() -> tuple[int, int]:
        async with joined.database.transaction(None) as conn:
            row = await conn.fetchrow(
                "SELECT (SELECT count(*) FROM oidc_logins), (SELECT count(*) FROM sign_in_tickets)"
            )
        assert row is not None
        return row[0], row[1]

    await jobs._forget_expired(joined.database, {})
    assert await left() == (1, 1)
    async with joined.database.transaction(None) as conn:
        await conn.execute("UPDATE oidc_logins SET expires_at = now() - interval '1 s'")
        await conn.execute("UPDATE sign_in_tickets SET expires_at = now() - interval '1 s'")
    await jobs._forget_expired(joined.database, {})
    assert await left() == (0, 0)


async def test_a_provider_that_turns_its_key_over_is_followed(
    joined: Site, corp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yuelai.identity.sign_in.oidc.REFRESH_SECONDS", 0.0)
    corp.claims = {"sub": "42", "preferred_username": "agent01"}
    async with browser(joined) as client:
        assert set(await arrive(client, await go(client))) == {"ticket"}
        corp.turn_key_over("k2")
        assert set(await arrive(client, await go(client))) == {"ticket"}
    assert (corp.asked.count("description"), corp.asked.count("keys")) == (1, 2)


async def test_a_provider_that_is_away_unknown_or_not_who_it_says_is_told_apart(joined: Site, corp: Provider) -> None:
    corp.says_it_is = "http://127.0.0.1:9"
    async with browser(joined) as client:
        for code in ("away", "corp"):
            assert await arrive(client, f"/api/v1/session/oidc/{code}/start") == {"error": "oidc_failed"}
        for path in ("/api/v1/session/oidc/nowhere/start", "/api/v1/session/oidc/nowhere/callback?code=x&state=y"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "no_such_provider")


async def test_whoever_signs_in_elsewhere_has_no_password_to_change_here(joined: Site, corp: Provider) -> None:
    async with joined.database.transaction(None) as conn:
        await conn.execute("UPDATE people SET password_hash = NULL, must_change_password = true")
    corp.claims = {"sub": "42", "preferred_username": "agent01"}
    async with browser(joined) as client:
        ticket = (await arrive(client, await go(client)))["ticket"]
        opened = (await client.post("/api/v1/session/oidc", json={"ticket": ticket})).json()
        assert opened["person"]["must"] is None
        client.headers["Authorization"] = f"Bearer {opened['token']}"
        body = {"old": "anything", "new": "seven grey geese at noon"}
        answer = await client.put("/api/v1/session/password", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_password")
