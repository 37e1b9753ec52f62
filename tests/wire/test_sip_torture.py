"""Messages after the torture tests of RFC 4475: the odd but right ones are read, the wrong ones refused."""

from __future__ import annotations

import pytest

from yuelai.wire.sip import PeerError, Request, parse_datagram


def parse(text: str) -> Request:
    data = "\r\n".join(line.rstrip("\n") for line in text.split("\n")).encode("utf-8", "surrogateescape")
    message = parse_datagram(data)
    assert isinstance(message, Request)
    message.check()
    return message


BASE = """\
OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: <sip:caller@example.net>;tag=323
Max-Forwards: 70
Call-ID: x.0ha0isndaksdj@example.org
CSeq: 60 OPTIONS
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw
l: 0

"""


def test_a_short_tortuous_invite_is_read() -> None:  # §3.1.1.1
    invite = parse(
        """\
INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : 5
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

v=0
"""
    )
    assert (invite.to.tag, invite.from_.tag, invite.from_.name) == ("1918181833n", "98asjd8", 'J Rosenberg \\"')
    assert (invite.cseq.number, invite.cseq.method) == (9, "INVITE")
    assert (invite.via.transport, invite.via.host, invite.via.branch) == ("UDP", "192.0.2.2", "390skdjuw")
    assert len(invite.all("via")) == 3
    assert invite.get("newfangledheader") == "newfangled value continued newfangled value"
    contact = invite.addresses("contact")[0]
    assert (contact.name, contact.params["newparam"], contact.params["q"]) == ('Quoted string ""', "newvalue", "0.33")
    assert invite.addresses("route")[0].uri.loose
    assert "unknownparam" in invite.uri.params


def test_the_wide_range_of_tokens_is_read() -> None:  # §3.1.1.2
    method = "!interesting-Method0123456789_*+`.%indeed'~"
    request = parse(
        f"""\
{method} sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.@example.com SIP/2.0
Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~
To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>
From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%="работающий";tag=_token~1'+`*%!-.
Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/"][?}}{{
CSeq: 139122385 {method}
Max-Forwards: 255
Content-Length: 0

"""
    )
    assert request.method == method
    assert request.from_.tag == "_token~1'+`*%!-."
    assert request.to.name == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert request.uri.host == "example.com"


def test_escapes_in_a_user_part_are_undone_and_done_again() -> None:  # §3.1.1.3, §3.1.1.4
    request = parse(BASE.replace("OPTIONS sip:user@", "OPTIONS sip:null-%00-sips%3Auser%40@", 1))
    assert request.uri.user == "null-\0-sips:user@"
    assert "null-%00-sips%3Auser%40@" in str(request.uri)


def test_a_semicolon_in_the_user_part_belongs_to_it() -> None:  # §3.1.1.8
    request = parse(BASE.replace("sip:user@example.com SIP", "sip:user;par=u%40example.net@example.com SIP"))
    assert (request.uri.user, request.uri.params) == ("user;par=u@example.net", {})


def test_unknown_transports_in_vias_are_read() -> None:  # §3.1.1.10
    request = parse(BASE.replace("l: 0", "Via: SIP/2.0/SCTP a;branch=z9hG4bK1\nVia: SIP/2.0/UNKNOWN b;branch=z9\nl: 0"))
    assert len(request.all("via")) == 3


def test_a_second_message_in_the_datagram_is_ignored() -> None:  # §3.1.1.6
    assert parse(BASE + BASE).body == b""


def test_letters_beyond_ascii_are_kept_in_any_encoding() -> None:  # §3.1.1.11 and §3.1.1.12
    request = parse(BASE.replace("l: 0", "Subject: 电话 \udcf8\nl: 0"))
    assert "电话 ".encode() + b"\xf8" in request.to_bytes()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Max-Forwards: 70", "Max-Forwards: 70\nContact: <sip:a@b>>;q=1"),  # contact is looked at below
        ("l: 0", "l: 9999"),  # §3.1.2.2
        ("l: 0", "l: -999"),  # §3.1.2.3
        ("CSeq: 60", "CSeq: 36893488147419103232"),  # §3.1.2.4
        ("To: sip:user@example.com", 'To: "Mr. J. User <sip:j.user@example.com>'),  # §3.1.2.6
        ("OPTIONS sip:user@example.com SIP", "OPTIONS <sip:user@example.com> SIP"),  # §3.1.2.7
        ("OPTIONS sip:user@example.com SIP", "OPTIONS sip:user@example.com; lr SIP"),  # §3.1.2.8
        ("OPTIONS sip:user@example.com SIP", "OPTIONS  sip:user@example.com  SIP"),  # §3.1.2.9
        ("example.com SIP/2.0", "example.com SIP/2.0 "),  # §3.1.2.10
        ("From: <sip:caller", "From: Bell, Alexander <sip:caller"),  # §3.1.2.15
        ("example.com SIP/2.0", "example.com SIP/7.0"),  # §3.1.2.16
        ("CSeq: 60 OPTIONS", "CSeq: 8 INVITE"),  # §3.1.2.17
        ("CSeq: 60 OPTIONS\n", ""),  # §3.3.1
        ("Call-ID: x.0ha0isndaksdj@example.org\n", ""),
        ("From: <sip:caller@example.net>;tag=323\n", ""),
        ("To: sip:user@example.com\n", "To: sip:a@b\nTo: sip:c@d\n"),  # §3.3.8
    ],
)
def test_what_is_wrong_is_refused(old: str, new: str) -> None:
    assert old in BASE
    with pytest.raises(PeerError):
        parse(BASE.replace(old, new, 1)).addresses("contact")
