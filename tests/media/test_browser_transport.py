"""A browser's leg without a browser: what is agreed on, what is sent on a poor link, and when it must stop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aioice import stun

from yuelai.media.embedded.browser import BrowserTransport
from yuelai.media.embedded.ice import CONSENT
from yuelai.media.embedded.io import Ports
from yuelai.media.embedded.sockets import PortPool
from yuelai.media.ports import LegOptions, MediaError
from yuelai.wire.sdp import Session, parse_sdp

PAGE = ("127.0.0.1", 4000)
FINGERPRINT = ":".join(["AB"] * 32)


def page_offer(*, ufrag: str = "page", fingerprint: str = FINGERPRINT, video: bool = False) -> str:
    """What Chromium offers, shortened."""
    lines = [
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE audio",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126", "c=IN IP4 0.0.0.0",
        f"a=ice-ufrag:{ufrag}", "a=ice-pwd:pagepagepagepagepagepage", f"a=fingerprint:sha-256 {fingerprint}",
        "a=setup:actpass", "a=mid:audio", "a=sendrecv", "a=rtcp-mux", "a=rtcp-rsize",
        "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc", "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtpmap:63 red/48000/2", "a=rtpmap:9 G722/8000", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:13 CN/8000", "a=rtpmap:110 telephone-event/48000", "a=rtpmap:126 telephone-event/8000",
    ]  # fmt: skip
    if video:
        lines += ["m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:video", "a=rtpmap:96 VP8/90000"]
    return "\r\n".join(lines) + "\r\n"


class Page:
    """A transport with what a test needs to see of it."""

    def __init__(self, options: LegOptions) -> None:
        self.changes = 0
        self.ports = Ports(lambda _port: None)
        pool = PortPool("127.0.0.1", 30_000, 60_000)
        self.transport = BrowserTransport(pool, "127.0.0.1", options, self._changed, self.ports)
        self.answer: Session | None = None

    def _changed(self) -> None:
        self.changes += 1

    def call(self, offer: str | None = None) -> Session:
        self.answer = parse_sdp(self.transport.take_offer(offer or page_offer()))
        return self.answer

    def check(self, now: float) -> None:
        """Send an ICE check as the page does."""
        assert self.answer is not None
        ufrag, password = self.answer.ice(self.answer.audio) or ("", "")
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{ufrag}:page"
        request.add_message_integrity(password.encode())
        self.transport.other(bytes(request), PAGE, now)

    @property
    def sends(self) -> str:
        assert self.transport.terms is not None
        return self.transport.terms.codec.name


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    page = Page(LegOptions())
    yield page
    page.transport.close()
    page.ports.close()


async def test_g711_is_sent_until_the_link_is_poor_and_opus_while_it_is(page: Page) -> None:
    answer = page.call()
    assert [codec.payload_type for codec in answer.audio.codecs] == [0, 111, 126, 110]
    terms = page.transport.terms
    assert terms is not None
    assert (page.sends, terms.event) == ("PCMU", (126, 8000))
    assert page.transport.link(poor=True)
    terms = page.transport.terms
    assert (page.sends, terms.event) == ("opus", (110, 48000))
    assert {codec.name for codec in terms.codecs.values()} >= {"PCMU", "opus"}, "the page may say either"
    assert not page.transport.link(poor=True)
    page.call(page_offer())
    assert page.sends == "opus", "a new description does not make the link any better"
    assert page.transport.link(poor=False)
    assert page.sends == "PCMU"
    assert page.changes == 2


async def test_a_page_without_opus_goes_on_as_it_is(page: Page) -> None:
    page.call(page_offer().replace("opus", "other"))
    assert not page.transport.link(poor=True)
    assert page.sends == "PCMU"


async def test_without_keys_or_without_consent_nothing_is_sent(page: Page) -> None:
    page.call()
    page.check(100.0)
    assert not page.transport.ready, "the handshake is not over"
    page.transport._protected = True
    assert page.transport.ready
    page.transport.look_after(100.0 + CONSENT - 1)
    assert page.transport.ready
    changes = page.changes
    page.transport.look_after(100.0 + CONSENT + 1)
    assert not page.transport.ready
    assert page.changes == changes + 1
    page.check(100.0 + CONSENT + 2)
    assert page.transport.ready


async def test_only_where_a_check_came_from_anything_is_taken(page: Page) -> None:
    page.call()
    assert not page.transport.admits(PAGE)
    page.check(100.0)
    assert page.transport.admits(PAGE)
    assert not page.transport.admits(("127.0.0.1", 4001))


async def test_a_restart_of_ice_changes_the_credentials_and_nothing_else(page: Page) -> None:
    first = page.call()
    same = page.call()
    assert same.ice(same.audio) == first.ice(first.audio)
    again = page.call(page_offer(ufrag="again"))
    assert again.ice(again.audio) != first.ice(first.audio)
    for name in ("fingerprint", "setup", "candidate"):
        assert again.audio.all(name) == first.audio.all(name)


async def test_another_certificate_is_refused_and_what_stands_goes_on(page: Page) -> None:
    first = page.call()
    with pytest.raises(MediaError):
        page.transport.take_offer(page_offer(ufrag="again", fingerprint=FINGERPRINT.replace("AB", "CD")))
    with pytest.raises(MediaError):
        page.transport.take_offer(page_offer().replace("a=rtcp-mux\r\n", ""))
    same = page.call()
    assert same.ice(same.audio) == first.ice(first.audio)


async def test_an_offer_of_ours_keeps_the_pages_places_and_names(page: Page) -> None:
    answer = page.call(page_offer(video=True))
    assert [media.port != 0 for media in answer.media] == [True, False]
    offer = parse_sdp(page.transport.offer(LegOptions(codecs=("opus", "PCMU"))))
    assert [(media.kind, media.get("mid")) for media in offer.media] == [("audio", "audio"), ("video", "video")]
    assert offer.media[1].port == 0
    assert offer.audio.get("setup") == "actpass"
    assert offer.audio.codecs[0].name == "opus"
    assert offer.ice(offer.audio) == answer.ice(answer.audio)


async def test_options_say_what_is_preferred() -> None:
    page = Page(LegOptions(codecs=("opus", "PCMU")))
    page.call()
    assert page.sends == "opus"
    assert not page.transport.link(poor=True)
    page.transport.close()
    page.ports.close()
