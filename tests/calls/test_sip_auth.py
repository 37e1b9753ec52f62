"""Who is it? Digest with MD5 and SHA-256, by us and of us, old nonces and wrong passwords (RFC 3261 §22, RFC 8760)."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from tests.support.centre import free_sip_port
from tests.support.plain import Plain, Talk, authorize, challenge, offered, over, register, sdp
from tests.support.switched import Switched, switched
from yuelai.wire.sip import Response
from yuelai.wire.sip.digest import parse_auth

pytestmark = [pytest.mark.calls, pytest.mark.asyncio(loop_scope="module")]
REGISTRAR = "sip:127.0.0.1"


async def asked(talk: Talk, algorithm: str = "MD5") -> dict[str, str]:
    """Register without credentials; return the challenge."""
    talk.send("REGISTER")
    return challenge(await talk.response(401), algorithm)


async def shown(talk: Talk, *headers: str) -> Response:
    """Register with these; return the answer."""
    talk.send("REGISTER", headers=headers)
    return await talk.response("final", "REGISTER")


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_a_phone_registers_and_calls_with(switch: Switched, algorithm: str) -> None:
    async with Plain(switch.port, user="8001") as caller, Plain(0) as phone:
        await register(caller, algorithm=algorithm)
        near = caller.talk(str(phone.port))
        near.send("INVITE", sdp())
        wanted = challenge(await near.response(407, "INVITE"), algorithm)
        near.deny()
        near.remote.params.pop("tag")
        near.send("INVITE", sdp(), headers=(authorize(wanted, "INVITE", near.target, "8001", "secret", proxy=True),))
        far = await phone.called()
        far.reply(await far.request("INVITE"), 200, sdp(4002))
        await far.request("ACK")
        await near.response(200, "INVITE")
        near.send("ACK")
        near.send("BYE")
        await over(far)
        await register(caller, expires=0)


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_wrong_passwords_and_unknown_names_are_told_the_same(switch: Switched, algorithm: str) -> None:
    answers = []
    for user in ("8001", "7777"):
        async with Plain(switch.port, user=user) as peer:
            talk = peer.talk(user, uri=REGISTRAR)
            wanted = await asked(talk, algorithm)
            answer = await shown(talk, authorize(wanted, "REGISTER", REGISTRAR, user, "guess"))
            names = sorted({name for name, _ in answer.fields})
            answers.append((answer.status, answer.reason, names))
    assert answers[0] == answers[1]
    assert answers[0][0] == 403


async def test_nobody_registers_for_somebody_else(switch: Switched) -> None:
    async with Plain(switch.port, user="8002") as peer:
        talk = peer.talk("8002", uri=REGISTRAR)
        wanted = await asked(talk)
        assert (await shown(talk, authorize(wanted, "REGISTER", REGISTRAR, "8001", "secret"))).status == 403


async def test_credentials_that_were_used_before_are_asked_for_again(switch: Switched) -> None:
    async with Plain(switch.port, user="8002") as peer:
        talk = peer.talk("8002", uri=REGISTRAR)
        wanted = await asked(talk)
        used = authorize(wanted, "REGISTER", REGISTRAR, "8002", "secret")
        assert (await shown(talk, used)).status == 200
        again = await shown(talk, used)
        fresh = challenge(again)
        assert (again.status, fresh["stale"].lower()) == (401, "true")
        assert fresh["nonce"] != wanted["nonce"]
        assert (await shown(talk, authorize(fresh, "REGISTER", REGISTRAR, "8002", "secret"))).status == 200
        # The same nonce counted up is no replay.
        assert (await shown(talk, authorize(fresh, "REGISTER", REGISTRAR, "8002", "secret", nc=2))).status == 200
        await register(peer, expires=0)


async def test_a_nonce_that_we_never_gave_is_no_good(switch: Switched) -> None:
    async with Plain(switch.port, user="8002") as peer:
        talk = peer.talk("8002", uri=REGISTRAR)
        wanted = await asked(talk)
        forged = wanted | {"nonce": wanted["nonce"][:-4] + "0000"}
        answer = await shown(talk, authorize(forged, "REGISTER", REGISTRAR, "8002", "secret"))
        assert answer.status == 401
        assert challenge(answer)["nonce"] != forged["nonce"]


async def test_a_nonce_that_has_become_old_is_stale() -> None:
    async with switched("--user", "8001:secret", speed=1000) as switch, Plain(switch.port, user="8001") as peer:
        talk = peer.talk("8001", uri=REGISTRAR)
        wanted = await asked(talk)
        await asyncio.sleep(0.5)
        answer = await shown(talk, authorize(wanted, "REGISTER", REGISTRAR, "8001", "secret"))
        assert (answer.status, challenge(answer)["stale"].lower()) == (401, "true")


async def test_sipp_takes_our_answer_to_its_challenge() -> None:
    # Not in haste: when sipp repeats its 401, it stumbles over the second ACK.
    port = free_sip_port()
    async with switched(speed=1) as unhurried:
        words = {"RETRANS": "500"}
        phone = await unhurried.sipp("challenges", port, ALGORITHM="MD5", **words).ready()
        await asyncio.gather(unhurried.sipp("calls", free_sip_port(), CALLED=str(port), **words).done(), phone.done())


async def test_of_several_challenges_we_answer_the_strongest(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        offers = [
            f'WWW-Authenticate: Digest realm="far", nonce="n{name}", algorithm={name}, qop="auth"'
            for name in ("SHA-512-256", "SHA-256", "MD5")
        ]
        far.reply(invite, 401, tag="asks", headers=tuple(offers))
        await far.request("ACK")
        invite = await far.request("INVITE")
        given = parse_auth(invite.get("authorization") or "")
        assert (given["algorithm"], given["nonce"], given["username"]) == ("SHA-256", "nSHA-256", "trunk")
        h = lambda text: hashlib.sha256(text.encode()).hexdigest()  # noqa: E731 - RFC 7616 writes it so
        middle = f"{given['nonce']}:{given['nc']}:{given['cnonce']}:auth"
        assert given["response"] == h(f"{h('trunk:far:secret')}:{middle}:{h('INVITE:' + given['uri'])}")
        far.local.params["tag"] = "answers"
        far.reply(invite, 200, sdp(4002))
        await far.request("ACK")
        await near.response(200, "INVITE")
        near.send("ACK")
        near.send("BYE")
        await over(far)


CHALLENGE = 'Proxy-Authenticate: Digest realm="far", nonce="{}", algorithm=MD5, qop="auth"{}'


async def test_we_answer_again_when_our_nonce_was_stale_and_give_up_when_we_were_wrong(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        for nonce, stale in (("first", ""), ("second", ", stale=true"), ("third", "")):
            far.reply(invite, 407, tag=nonce, headers=(CHALLENGE.format(nonce, stale),))
            await far.request("ACK")
            if nonce == "third":
                break
            invite = await far.request("INVITE")
            assert f'nonce="{nonce}"' in (invite.get("proxy-authorization") or "")
        refused = await near.response("final", "INVITE")
        near.deny()
        assert 400 <= refused.status < 700
        assert refused.status not in (401, 407)
        assert far.asked("INVITE") == 3
