"""Requests too large for UDP go by TCP where the peer is known to listen, else by UDP after all (RFC 3261 §18.1.1)."""

from __future__ import annotations

import re
from collections import OrderedDict

from prometheus_client import Counter

from yuelai.telephony.hops import StreamHop, UdpHop
from yuelai.telephony.transport.streams import Streams

LARGEST = 1300
"""Bytes of a request that fit into a datagram when the path's MTU is not known."""
_REMEMBERED = 4096

_VIA_UDP = re.compile(rb"^Via: SIP/2\.0/UDP ", re.MULTILINE)
_BRANCH = re.compile(rb";branch=([^;,\r\n ]+)")
_switched = Counter("yuelai_sip_large_requests", "Requests too large for UDP, by how they went.", ["transport"])


class LargeRequests:
    """Transactions on such a request go on as if by UDP. What they repeat is not sent again while TCP carries it, and
    goes by UDP once the connection has failed: to the peer it is the same request, as its branch is (§17.2.3).

    An ACK to a failure and a CANCEL have the branch of their INVITE, and follow it.
    """

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        streams.listens = self.listens
        self._known: OrderedDict[UdpHop, None] = OrderedDict()
        self._branches: OrderedDict[tuple[bytes, bytes], UdpHop] = OrderedDict()
        """What went by TCP, by branch and method, and where to."""

    def try_out(self, hop: UdpHop) -> None:
        """Find out in the background whether this peer listens by TCP too."""
        if hop not in self._known:
            self._streams.try_out(_by_tcp(hop))

    def listens(self, hop: StreamHop) -> None:
        """This peer has taken a connection of ours."""
        if hop.transport != "TCP":
            return
        place = UdpHop(hop.host, hop.port)
        self._known[place] = None
        self._known.move_to_end(place)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def send(self, hop: UdpHop, data: bytes) -> bool:
        """Return True when the request went, or had gone, by TCP; False when UDP is the way."""
        if not self._known or hop not in self._known or data.startswith(b"SIP/2.0 "):
            return False
        found = _BRANCH.search(data)
        if found is None:
            return False
        branch, method = found[1], data.partition(b" ")[0]
        if (branch, method) in self._branches and method != b"ACK":
            return True
        follows = method in (b"ACK", b"CANCEL") and (branch, b"INVITE") in self._branches
        if len(data) <= LARGEST and not follows:
            return False
        self._branches[branch, method] = hop
        if len(self._branches) > _REMEMBERED:
            self._branches.popitem(last=False)
        if self._streams.send(_by_tcp(hop), _VIA_UDP.sub(b"Via: SIP/2.0/TCP ", data, count=1)):
            _switched.labels("TCP").inc()
            return True
        del self._branches[branch, method]
        return False

    def gone(self, hop: StreamHop, *, failed: bool) -> None:
        """A connection has ended; `failed` says that it was not in good order, so that TCP is not tried there again."""
        if hop.transport != "TCP":
            return
        place = UdpHop(hop.host, hop.port)
        if place not in self._known:
            return
        if failed:
            del self._known[place]
            _switched.labels("UDP").inc()
        for key in [key for key, target in self._branches.items() if target == place]:
            del self._branches[key]


def _by_tcp(hop: UdpHop) -> StreamHop:
    return StreamHop("TCP", hop.host, hop.port)
