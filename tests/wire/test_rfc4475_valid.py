"""RFC 4475 §3.1.1: messages that look strange and are right, each read for what it says."""

from __future__ import annotations

from tests.wire.torture import torture
from yuelai.wire.sip import Request, Response, parse_datagram, parse_via


def request(name: str) -> Request:
    message = parse_datagram(torture(name))
    assert isinstance(message, Request)
    message.check()
    return message


def response(name: str) -> Response:
    message = parse_datagram(torture(name))
    assert isinstance(message, Response)
    return message


def test_3_1_1_1_wsinv_a_short_tortuous_invite() -> None:
    invite = request("wsinv")
    assert (invite.method, invite.uri.user, invite.uri.host) == ("INVITE", "vivekg", "chair-dnrc.example.com")
    assert invite.uri.params == {"unknownparam": None}
    assert (invite.to.tag, invite.from_.tag, invite.from_.name) == ("1918181833n", "98asjd8", 'J Rosenberg \\"')
    assert (invite.cseq.number, invite.cseq.method) == (9, "INVITE")
    assert invite.get("max-forwards") == "0068"
    vias = [parse_via(value) for value in invite.all("via")]
    assert [(via.transport, via.host, via.branch) for via in vias] == [
        ("UDP", "192.0.2.2", "390skdjuw"),
        ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
        ("UDP", "192.168.255.111", "z9hG4bK30239"),
    ]
    assert invite.get("subject") == ""
    assert invite.get("newfangledheader") == "newfangled value continued newfangled value"
    assert invite.get("unknownheaderwithunusualvalue") == ";;,,;;,;"
    (contact,) = invite.addresses("contact")
    assert (contact.name, contact.uri.host) == ('Quoted string ""', "example.com")
    assert contact.params == {"newparam": "newvalue", "secondparam": None, "q": "0.33"}
    (route,) = invite.addresses("route")
    assert route.uri.loose
    assert route.uri.params["unknown-no-value"] is None
    assert len(invite.body) == 150
    assert (invite.sdp or "").startswith("v=0\r\no=mhandley ")


def test_3_1_1_2_intmeth_a_wide_range_of_characters() -> None:
    strange = request("intmeth")
    assert strange.method == strange.cseq.method == "!interesting-Method0123456789_*+`.%indeed'~"
    assert strange.uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    assert strange.uri.host == "example.com"
    assert strange.to.name == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert strange.from_.name == "token1~` token2'+_ token3*%!.-"
    assert strange.from_.params["fromparam''~+*_!.-%"] == '"работающий"'
    assert strange.from_.tag == "_token~1'+`*%!-."
    assert strange.call_id == "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"
    assert strange.via.branch == "z9hG4bK-.!%66*_+`'~"
    assert strange.get("extensionheader-!.%*+_`'~") == "\ufeff大停電"


def test_3_1_1_3_esc01_escapes_are_undone_where_they_count() -> None:
    invite = request("esc01")
    assert (invite.uri.scheme, invite.uri.user, invite.uri.host) == ("sip", "sips:user@example.com", "example.net")
    assert invite.to.uri.user == "user"
    assert invite.from_.uri.user == "I have spaces"
    (contact,) = invite.addresses("contact")
    assert (contact.uri.user, contact.uri.loose, contact.uri.params["name"]) == ("caller", True, "value%41")
    assert str(contact.uri) == "sip:caller@host5.example.net;lr;name=value%2541"


def test_3_1_1_4_escnull_an_escaped_nul_does_not_end_a_name() -> None:
    register = request("escnull")
    assert register.to.uri.user == register.from_.uri.user == "null-\0-null"
    assert [contact.uri.user for contact in register.addresses("contact")] == ["\0", "\0\0"]
    assert str(register.to.uri) == "sip:null-%00-null@example.com"


def test_3_1_1_5_esc02_a_percent_sign_is_no_escape_in_methods_names_and_quotes() -> None:
    strange = request("esc02")
    assert strange.method == strange.cseq.method == "RE%47IST%45R"
    assert strange.to.name == strange.from_.name == "%Z%45"
    assert strange.via.branch == "z9hG4bK209%fzsnel234"
    assert [contact.uri.user for contact in strange.addresses("contact")] == ["alias1", "alias3"]
    assert strange.get("c%6fntact") == "<sip:alias2@host2.example.com>"


def test_3_1_1_6_lwsdisp_no_space_between_a_name_and_its_bracket() -> None:
    options = request("lwsdisp")
    assert (options.from_.name, options.from_.uri.user, options.from_.tag) == ("caller", "caller", "323")


def test_3_1_1_7_longreq_long_values() -> None:
    invite = request("longreq")
    assert len(invite.all("via")) == 34
    assert invite.to.name.startswith("I have a user name of extreme")
    assert len(invite.from_.uri.user) == 5 * len("amazinglylongcallername")
    assert invite.to.uri.port == 6000
    assert len(invite.body) == 150
    assert [via.host for via in map(parse_via, invite.all("via")[:2])] == ["sip33.example.com", "sip32.example.com"]


def test_3_1_1_8_dblreq_a_second_request_in_the_datagram_is_ignored() -> None:
    register = request("dblreq")
    assert (register.method, register.body, register.call_id) == (
        "REGISTER", b"", "dblreq.0ha0isndaksdj99sdfafnl3lk233412",
    )  # fmt: skip


def test_3_1_1_9_semiuri_a_semicolon_in_the_user_part_belongs_to_it() -> None:
    options = request("semiuri")
    assert (options.uri.user, options.uri.host, options.uri.params) == ("user;par=u@example.net", "example.com", {})
    assert options.all("accept")[2:4] == ["multipart/mixed", "multipart/signed"]


def test_3_1_1_10_transports_unknown_ones_are_read() -> None:
    vias = [parse_via(value) for value in request("transports").all("via")]
    assert [via.transport for via in vias] == ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]


def test_3_1_1_11_mpart01_a_multipart_message_with_a_binary_part() -> None:
    message = request("mpart01")
    assert [part.content_type for part in message.parts] == ["text/plain", "application/octet-stream"]
    assert message.part("text/plain") == b"Hello"
    binary = message.part("application/octet-stream")
    assert binary is not None
    assert (binary[:4], len(binary), binary.count(b"\0")) == (b"0\x82\x01R", 342, 2)
    assert message.sdp is None
    assert message.to_bytes().endswith(message.body)


def test_3_1_1_12_unreason_a_reason_phrase_beyond_ascii() -> None:
    ok = response("unreason")
    ok.check()
    assert ok.status == 200
    assert ok.reason == "= 2**3 * 5**2 но сто девяносто девять - простое"
    assert ok.to_bytes().startswith(torture("unreason").partition(b"\r\n")[0])


def test_3_1_1_13_noreason_an_empty_reason_phrase() -> None:
    trying = response("noreason")
    trying.check()
    assert (trying.status, trying.reason) == (100, "")
    assert trying.start_line() == "SIP/2.0 100 "
