"""RFC 4475 §3.1 (unknown methods), §3.2, §3.3 and §3.4: what transactions, dialogs and the registrar make of them."""

from __future__ import annotations

from tests.telephony.world import RawPeer
from tests.wire.torture import NAMES, torture
from tests.wire.torture.answers import Thrown, statuses
from yuelai.wire.sip import Request, Response, parse_datagram
from yuelai.wire.sip.digest import answer


async def registered(name: str, **change: str) -> tuple[Response, Thrown]:
    """Send a REGISTER as user 8001 with the right password; return the last answer."""
    thrown = Thrown()
    (challenged,) = await thrown.throw(torture(name))
    assert challenged.status == 401
    message = parse_datagram(torture(name))
    assert isinstance(message, Request)
    for field in ("to", "from"):
        message.set(field, f"<sip:8001@example.com>;tag={message.from_.tag}" if field == "from" else "<sip:8001@x>")
    challenge = challenged.raw("www-authenticate")[0]
    message.set("authorization", answer(challenge, "REGISTER", message.target, "8001", "secret"))
    message.set("cseq", f"{message.cseq.number + 1} REGISTER")
    via = message.via
    via.params["branch"] = "z9hG4bKsecond"
    message.replace_top_via(via)
    (last,) = await thrown.throw(message.to_bytes())
    return last, thrown


async def test_unknown_methods_are_answered_with_501_and_those_we_know() -> None:
    for name in ("intmeth", "esc02"):
        (refused,) = await Thrown().throw(torture(name))
        assert refused.status == 501
        assert "INVITE" in refused.all("allow")


async def test_3_1_1_8_dblreq_only_the_first_request_is_answered() -> None:
    thrown = Thrown()
    (answered,) = await thrown.throw(torture("dblreq"))
    assert (answered.status, answered.cseq.method) == (401, "REGISTER")
    assert thrown.ours.offered == []


async def test_3_1_1_escnull_two_names_of_nul_are_two_contacts() -> None:
    last, thrown = await registered("escnull")
    assert last.status == 200
    assert sorted(contact.uri.user for contact in last.addresses("contact")) == ["\0", "\0\0"]
    assert len(thrown.ours.stack.registrar.bindings("8001")) == 2


async def test_3_1_2_13_regbadct_is_refused_by_the_registrar() -> None:
    last, thrown = await registered("regbadct")
    assert last.status == 400
    assert not thrown.ours.stack.registrar.bindings("8001")


async def test_3_2_1_badbranch_the_bare_cookie_is_no_identity() -> None:
    """Two requests that have nothing in common but the bare cookie are two (§17.2.3 as of RFC 2543)."""
    thrown = Thrown()
    first = await thrown.throw(torture("badbranch"))
    other = torture("badbranch").replace(b"badbranch.sado", b"other.sado").replace(b"CSeq: 8 ", b"CSeq: 9 ")
    second = await thrown.throw(other)
    assert [r.status for r in first + second] == [200, 200]
    assert second[0].cseq.number == 9


async def test_3_3_1_insuf_required_fields_are_missing() -> None:
    assert await statuses("insuf") == [400]


async def test_3_3_2_unkscm_an_unknown_scheme_in_the_request_uri() -> None:
    assert await statuses("unkscm") == [416]


async def test_3_3_3_novelsc_a_known_scheme_that_is_not_sip() -> None:
    assert await statuses("novelsc") == [416]


async def test_3_3_4_unksm2_unknown_schemes_in_to_from_and_contact_are_nobodys_business() -> None:
    register = parse_datagram(torture("unksm2"))
    register.check()
    assert (register.to.uri.scheme, register.from_.uri.scheme) == ("isbn", "http")
    assert register.addresses("contact")[0].uri.scheme == "name"
    assert await statuses("unksm2") == [401]


async def test_3_3_5_bext01_extensions_that_nobody_supports() -> None:
    (refused,) = await Thrown().throw(torture("bext01"))
    assert refused.status == 420
    assert {"nothingsupportsthis", "nothingsupportsthiseither"} <= set(refused.options("unsupported"))


async def test_3_3_6_invut_a_body_of_an_unknown_type() -> None:
    refused = (await Thrown().throw(torture("invut")))[-1]
    assert (refused.status, refused.get("accept")) == (415, "application/sdp")


async def test_3_3_7_regaut01_an_unknown_scheme_of_authorization_is_none() -> None:
    (challenged,) = await Thrown().throw(torture("regaut01"))
    assert challenged.status == 401
    assert all(value.startswith("Digest ") for value in challenged.raw("www-authenticate"))


async def test_3_3_8_multi01_fields_that_may_occur_once_occur_twice() -> None:
    assert await statuses("multi01") == [400]


async def test_3_3_9_mcl01_two_lengths() -> None:
    assert await statuses("mcl01") == [400]


async def test_3_3_10_bcast_a_response_with_a_second_via_is_dropped() -> None:
    assert await statuses("bcast") == []


async def test_3_3_11_zeromf_an_options_that_may_go_no_further_has_arrived() -> None:
    assert await statuses("zeromf") == [200]


async def test_3_3_12_cparam01_and_13_cparam02_parameters_of_contacts_and_of_their_uris() -> None:
    header, _ = await registered("cparam01")
    (contact,) = header.addresses("contact")
    assert (header.status, "unknownparam" in contact.uri.params) == (200, False)
    within, _ = await registered("cparam02")
    (contact,) = within.addresses("contact")
    assert (within.status, "unknownparam" in contact.uri.params) == (200, True)


async def test_3_3_14_regescrt_headers_within_a_contact_are_taken() -> None:
    last, thrown = await registered("regescrt")
    assert last.status == 200
    assert len(thrown.ours.stack.registrar.bindings("8001")) == 1


async def test_3_3_15_sdp01_a_caller_that_takes_no_description() -> None:
    assert (await statuses("sdp01"))[-1] == 406


async def test_3_4_1_inv2543_an_invite_of_the_old_standard() -> None:
    """Without branch, tag, Max-Forwards and Contact."""
    invite = parse_datagram(torture("inv2543"))
    assert isinstance(invite, Request)
    invite.check()
    assert (invite.via.branch, invite.from_.tag, invite.uri.user) == ("", None, "UserB")
    assert invite.addresses("record-route")[0].uri.params == {"maddr": "ss1.example.com"}
    thrown = Thrown()
    assert [answer.status for answer in await thrown.throw(torture("inv2543"))] == [100]
    assert len(thrown.ours.offered) == 1


async def test_every_torture_message_leaves_nothing_behind() -> None:
    thrown = Thrown()
    for name in NAMES:
        if name != "bigcode":
            await thrown.throw(torture(name))
    peer = RawPeer(thrown.net, 5060)
    for leg in thrown.ours.offered:
        await leg.hangup()
    await thrown.net.run(200)
    assert thrown.ours.empty()
    assert peer.requests() == []
