"""SIP on the wire: messages, URIs, header fields, digest. Bytes only; no sockets, no clock."""

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.fields import MAGIC_COOKIE, Address, CSeq, Via, parse_address, parse_cseq, parse_via
from yuelai.wire.sip.message import Message, Request, Response
from yuelai.wire.sip.names import METHODS
from yuelai.wire.sip.reading import parse_datagram
from yuelai.wire.sip.stream import StreamParser
from yuelai.wire.sip.uri import Uri, parse_host, parse_uri

__all__ = [
    "MAGIC_COOKIE",
    "METHODS",
    "Address",
    "CSeq",
    "Message",
    "PeerError",
    "Request",
    "Response",
    "StreamParser",
    "Uri",
    "Via",
    "parse_address",
    "parse_cseq",
    "parse_datagram",
    "parse_host",
    "parse_uri",
    "parse_via",
]
