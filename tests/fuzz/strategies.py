"""Hypothesis strategies: SIP and SDP that are nearly right, built from the grammar and not from samples."""

from __future__ import annotations

from hypothesis import strategies as st

TOKEN = st.text("abcXYZ019-.!%*_+`'~", min_size=1, max_size=12)
SPACE = st.sampled_from(["", " ", "\t", "  ", "\r\n ", " \r\n\t"])
ODD = st.text(max_size=8) | st.sampled_from(['"', "\\", "<", ">", ",", ";", "%", "%0d", "电话", "\x00", "\udcff"])
QUOTED = st.text(max_size=10).map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
NUMBER = st.integers(-1, 2**33).map(str) | st.sampled_from(["", "0068", "1e3", "٣"])
HOST = st.sampled_from(
    ["example.com", "127.0.0.1", "[::1]", "[2001:db8:::192.0.2.1]", "[::1", "a b", "", "x_y", "1.2.3.4."]
)


@st.composite
def params(draw: st.DrawFn) -> str:
    """`;name=value` any number of times."""
    found = ""
    for _ in range(draw(st.integers(0, 4))):
        name, value = (
            draw(TOKEN | st.sampled_from(["tag", "lr", "branch", "q", "", "rport"])),
            draw(TOKEN | QUOTED | ODD),
        )
        equals = draw(st.sampled_from(["=", "=", " = ", ""]))
        found += draw(SPACE) + ";" + draw(SPACE) + name + (equals + value if equals else "")
    return found


@st.composite
def uris(draw: st.DrawFn) -> str:
    scheme = draw(st.sampled_from(["sip", "sips", "SIP", "tel", "urn", "http", "", "isbn"]))
    user = draw(st.one_of(TOKEN, ODD, st.just("a:pw"), st.just("%00%41"), st.just("")))
    port = draw(st.sampled_from(["", ":5060", ":", ":0", ":99999", ":x"]))
    headers = draw(st.sampled_from(["", "", "?", "?Route=%3Csip:x%3E", "?a=b&Replaces=1%3Bto-tag%3D2%3Bfrom-tag%3D3"]))
    return f"{scheme}:{user}{'@' if user else ''}{draw(HOST)}{port}{draw(params())}{headers}"


@st.composite
def addresses(draw: st.DrawFn) -> str:
    name = draw(st.one_of(st.just(""), TOKEN, QUOTED, ODD))
    if draw(st.booleans()):
        return f"{name}{draw(SPACE)}<{draw(uris())}>{draw(params())}"
    return draw(uris()) + draw(params())


@st.composite
def vias(draw: st.DrawFn) -> str:
    slash = draw(st.sampled_from(["/", "/", " / "]))
    start = slash.join(
        [draw(st.sampled_from(["SIP", "sip", "SIP/", "X"])), draw(st.sampled_from(["2.0", "2.0", "7.0"]))]
    )
    return f"{start}{slash}{draw(TOKEN)}{draw(SPACE) or ' '}{draw(HOST)}{draw(params())}"


def lists(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(part, max_size=3).map(",".join)


def parametered(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The parts with a space between them, and parameters behind."""
    return st.tuples(st.tuples(*parts).map(" ".join), params()).map("".join)


CHALLENGE = params().map(lambda text: "Digest " + text.replace(";", ","))
FIELDS: dict[str, st.SearchStrategy[str]] = {
    "Via": lists(vias()), "v": vias(), "From": addresses(), "To": addresses(), "Contact": lists(addresses()),
    "Route": lists(addresses()), "Record-Route": lists(addresses()), "Call-ID": ODD | TOKEN, "Max-Forwards": NUMBER,
    "CSeq": st.tuples(NUMBER, st.sampled_from(["INVITE", "ACK", "X", ""])).map(" ".join), "Content-Length": NUMBER,
    "Content-Type": st.sampled_from(["application/sdp", "multipart/mixed;boundary=x", 'multipart/mixed;boundary="']),
    "Refer-To": addresses(), "Replaces": parametered(TOKEN), "Event": parametered(TOKEN), "Subject": ODD,
    "Subscription-State": parametered(TOKEN), "Session-Expires": parametered(NUMBER), "RSeq": NUMBER,
    "RAck": st.tuples(NUMBER, NUMBER, TOKEN).map(" ".join), "Reason": lists(parametered(TOKEN)),
    "Warning": lists(st.tuples(NUMBER, TOKEN, QUOTED).map(" ".join)),
    "User-to-User": lists(parametered(TOKEN | QUOTED)),
    "P-Asserted-Identity": lists(addresses()), "History-Info": lists(addresses()), "Diversion": lists(addresses()),
    "Privacy": st.lists(TOKEN, max_size=3).map(";".join), "Retry-After": parametered(NUMBER, ODD),
    "Accept": lists(st.tuples(TOKEN, TOKEN).map("/".join)), "WWW-Authenticate": CHALLENGE, "Authorization": CHALLENGE,
}  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A whole message; the fields that every one needs are mostly there and mostly right."""
    method = draw(st.sampled_from(["INVITE", "ACK", "BYE", "REFER", "X"]) | TOKEN)
    start = draw(
        st.just(f"{method} sip:a@b SIP/2.0")
        | st.just("SIP/2.0 200 OK")
        | uris().map(lambda uri: f"{method} {uri} SIP/2.0")
    )
    right = {
        "Via": "SIP/2.0/UDP h;branch=z9hG4bKx", "From": "<sip:a@b>;tag=1", "To": "<sip:c@d>", "Call-ID": "1@h",
        "CSeq": f"1 {method}", "Max-Forwards": "70",
    }  # fmt: skip
    for name in draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=3, unique=True)):
        right[name] = draw(FIELDS[name])
    lines = [f"{name}{draw(st.sampled_from([':', ': ', ' : ']))}{value}" for name, value in right.items()]
    if draw(st.integers(0, 9)) == 0:
        lines.pop(draw(st.integers(0, len(lines) - 1)))
    body = draw(st.sampled_from(["", "v=0\r\n", "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--"]))
    return "\r\n".join([start, *draw(st.permutations(lines)), "", body]).encode("utf-8", "surrogatepass")


@st.composite
def descriptions(draw: st.DrawFn) -> str:
    """Lines of a description, mostly in their order and mostly right."""
    attribute = st.sampled_from(
        ["sendrecv", "sendonly", "inactive", "rtcp-mux", "ptime:20", "rtpmap:8 PCMA/8000", "rtpmap:111 opus/48000/2",
         "fmtp:101 0-16", "mid:0", "setup:actpass", "fingerprint:sha-256 ab:cd", "ice-ufrag:x",
         "crypto:1 A inline:b", "rtpmap:x"]
    ) | ODD  # fmt: skip
    lines = ["v=0", f"o={draw(TOKEN)} {draw(NUMBER)} {draw(NUMBER)} IN IP4 {draw(HOST)}", "s=-", "t=0 0"]
    if draw(st.booleans()):
        lines.insert(
            3, draw(st.sampled_from(["c=IN IP4 192.0.2.1", "c=IN IP6 ::1", "c=IN IP4 0.0.0.0", "c=in ip4 h/127"]))
        )
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["audio", "video", "image", "x-novel", ""]))
        formats = draw(st.sampled_from(["0", "8 101", "111 0", "", "t38", "999"]))
        lines.append(f"m={kind} {draw(NUMBER)} {draw(st.sampled_from(['RTP/AVP', 'UDP/TLS/RTP/SAVPF']))} {formats}")
        lines += [f"a={draw(attribute)}" for _ in range(draw(st.integers(0, 3)))]
    if draw(st.integers(0, 4)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(ODD))
    return draw(st.sampled_from(["\r\n", "\r\n", "\n", "\r"])).join(lines)
