"""Messages as they are on the wire, for tests of what is kept of them."""

from __future__ import annotations

from yuelai.telephony.hops import Hop, UdpHop

CARRIER = UdpHop("192.0.2.10", 5060)
PHONE = UdpHop("192.0.2.77", 6001)
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"


def message(
    start: str,
    *,
    call_id: str = "one@192.0.2.10",
    cseq: str = "1 INVITE",
    to_tag: str = "",
    branch: str = "z9hG4bKa",
    body: str = "",
    sender: str = "13800000001",
    recipient: str = "10000",
    more: str = "",
) -> bytes:
    return (
        f"{start}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch={branch};rport\r\n"
        f'From: "caller" <sip:{sender}@192.0.2.10>;tag=ft\r\nTo: <sip:{recipient}@192.0.2.1>{to_tag}\r\n'
        f"Call-ID: {call_id}\r\nCSeq: {cseq}\r\nUser-Agent: Switch 3\r\n{more}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def answered(call_id: str = "one@192.0.2.10", peer: Hop = CARRIER) -> list[tuple[Hop, bytes, bool]]:
    """A call that came in, was answered and ended by the caller: `(hop, data, sent)` each."""
    tag = ";tag=ours"
    return [
        (peer, message("INVITE sip:10000@192.0.2.1 SIP/2.0", call_id=call_id, body=SDP), False),
        (peer, message("SIP/2.0 100 Trying", call_id=call_id), True),
        (peer, message("SIP/2.0 180 Ringing", call_id=call_id, to_tag=tag), True),
        (peer, message("SIP/2.0 200 OK", call_id=call_id, to_tag=tag, body=SDP), True),
        (peer, message("ACK sip:x SIP/2.0", call_id=call_id, cseq="1 ACK", to_tag=tag), False),
        (peer, message("BYE sip:x SIP/2.0", call_id=call_id, cseq="2 BYE", to_tag=tag, branch="z9hG4bKb"), False),
        (peer, message("SIP/2.0 200 OK", call_id=call_id, cseq="2 BYE", to_tag=tag, branch="z9hG4bKb"), True),
    ]
