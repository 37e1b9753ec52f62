"""What the fuzzers begin with: the torture messages, and messages of every kind as phones and carriers send them."""

from __future__ import annotations

from tests.wire.torture import NAMES, torture

SDP = (
    "v=0\r\no=- 20518 0 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nb=AS:80\r\nt=0 0\r\n"
    "m=audio 54400 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
    "a=ptime:20\r\na=sendrecv\r\n"
)
BROWSER_SDP = (
    "v=0\r\no=mozilla 4 2 IN IP6 ::1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\na=group:BUNDLE 0 1\r\n"
    "a=fingerprint:SHA-256 ab:cd\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\n"
    "a=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 4000 typ host\r\na=setup:actpass\r\na=recvonly\r\n"
    "a=rtpmap:111 opus/48000/2\r\nm=video 0 RTP/SAVP 96\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc|2^20\r\n"
)
DESCRIPTIONS = [SDP, BROWSER_SDP]

MULTIPART = (
    f"--x y\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n"
    "--x y\r\nContent-Type: application/pidf+xml\r\nContent-ID: <a@b>\r\n\r\n<presence/>\r\n--x y--\r\n"
)

COMMON = (
    "Via: SIP/2.0/{transport} 127.0.0.1:{port};branch=z9hG4bK{branch};rport\r\nMax-Forwards: 70\r\n"
    'From: "Zhang \\"San\\"" <sip:+8613800000001@carrier.example;user=phone>;tag={from_tag}\r\n'
    "To: <sip:{user}@127.0.0.1>{to_tag}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n"
)
CONTACT = 'Contact: <sip:caller@127.0.0.1:{port};transport={lower}>;+sip.instance="<urn:uuid:1>";reg-id=1;q=0.5\r\n'

EXTRAS = {
    "INVITE": CONTACT + "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY\r\n"
    "Supported: 100rel, timer, replaces, gruu\r\nSession-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\n"
    "P-Asserted-Identity: \"A\" <sip:1@c.example>, <tel:+1-2;ext=3>\r\nPrivacy: id;user\r\n"
    "Diversion: <sip:9@c.example>;reason=user-busy;counter=2\r\nRecord-Route: <sip:127.0.0.1:{port};lr>\r\n"
    "History-Info: <sip:a@x?Reason=SIP%3Bcause%3D302>;index=1, <sip:b@x>;index=1.1\r\n"
    "User-to-User: 56a390f3;encoding=hex\r\nAlert-Info: <http://x/y>;info=ring\r\n"
    "Accept: application/sdp, */*;q=0.1\r\n",
    "REFER": CONTACT + "Refer-To: <sip:8002@127.0.0.1?Replaces=1%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n"
    "Referred-By: <sip:boss@example.com>\r\nTarget-Dialog: 1@h;local-tag=a;remote-tag=b\r\n",
    "SUBSCRIBE": CONTACT + "Event: dialog;id=7\r\nExpires: 300\r\nAccept: application/dialog-info+xml\r\n",
    "NOTIFY": CONTACT + "Event: refer;id=1\r\nSubscription-State: terminated;reason=noresource;retry-after=5\r\n",
    "PRACK": "RAck: 1 1 INVITE\r\n",
    "REGISTER": CONTACT + "Expires: 60\r\nPath: <sip:p.example;lr>\r\nAuthorization: Digest username=\"8001\", "
    'realm="yuelai", nonce="ff.0.0", uri="sip:127.0.0.1", response="00", algorithm=SHA-256, qop=auth, nc=00000001, '
    'cnonce="x\\"y"\r\n',
    "BYE": 'Reason: Q.850;cause=16;text="Normal, call clearing", SIP;cause=200\r\n',
    "CANCEL": 'Reason: SIP;cause=200;text="Call completed elsewhere"\r\n',
    "MESSAGE": "", "INFO": "", "UPDATE": CONTACT, "ACK": "", "OPTIONS": "Accept: application/sdp\r\n",
    "PUBLISH": "Event: presence\r\nSIP-If-Match: a\r\nExpires: 60\r\n",
}  # fmt: skip
METHODS = list(EXTRAS)

BODIES = [
    ("application/sdp", SDP),
    ("application/sdp", BROWSER_SDP),
    ('multipart/mixed;boundary="x y"', MULTIPART),
    ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"),
    ("message/sipfrag;version=2.0", "SIP/2.0 180 Ringing\r\n"),
    ("text/plain", "你好"),
    ("", ""),
]


def request(
    method: str,
    body: tuple[str, str] = ("", ""),
    *,
    user: str = "10000",
    call_id: str = "seed@h",
    branch: str = "seed",
    cseq: int = 1,
    from_tag: str = "ft",
    to_tag: str = "",
    transport: str = "UDP",
    port: int = 5099,
) -> bytes:
    """Return a request that is as it should be."""
    text = f"{method} sip:{user}@127.0.0.1:5060;user=phone SIP/2.0\r\n" + (COMMON + EXTRAS[method]).format(
        method=method, user=user, call_id=call_id, branch=branch, cseq=cseq, from_tag=from_tag, transport=transport,
        to_tag=f";tag={to_tag}" if to_tag else "", port=port, lower=transport.lower(),
    )  # fmt: skip
    content_type, content = body
    payload = content.encode()
    if content_type:
        text += f"Content-Type: {content_type}\r\n"
    return f"{text}Content-Length: {len(payload)}\r\n\r\n".encode("utf-8", "surrogateescape") + payload


RESPONSE = "".join(
    (
        "SIP/2.0 {status} Whatever\r\n", COMMON, CONTACT, "RSeq: 988789\r\nRequire: 100rel\r\n",
        "Session-Expires: 90;refresher=uas\r\nRetry-After: 120 (in (a) meeting);duration=3\r\n",
        'Warning: 301 isi.edu "no, \\"never\\""\r\nAllow-Events: dialog, presence\r\n',
        'WWW-Authenticate: Digest realm="a, b", nonce="c", algorithm=MD5, qop="auth,auth-int", stale=TRUE\r\n',
        "Service-Route: <sip:s.example;lr>\r\nContent-Length: 0\r\n\r\n",
    )
)  # fmt: skip


def response(status: int, method: str = "INVITE") -> bytes:
    words = {
        "transport": "UDP", "port": 5060, "branch": "x", "from_tag": "a", "to_tag": ";tag=b", "user": "1",
        "call_id": "seed@h", "cseq": 1, "method": method, "lower": "udp", "status": status,
    }  # fmt: skip
    return RESPONSE.format(**words).encode()


MESSAGES = [
    *(torture(name) for name in NAMES),
    *(request(method) for method in METHODS),
    *(request("INVITE", body) for body in BODIES),
    *(
        request("INVITE").replace(b"Max-Forwards: 70", b"Max-Forwards: 70\r\n" + line, 1)
        for line in (b"Replaces: 1@h;to-tag=2;from-tag=3;early-only", b"Join: 1@h;to-tag=2;from-tag=3", b"Require: x")
    ),
    *(response(status) for status in (100, 183, 200, 302, 401, 422, 503, 699)),
]
