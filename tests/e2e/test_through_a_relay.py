"""An agent whose network lets nothing but the relay through: sound goes by coturn, and finds new paths."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import HUM
from tests.support.accessibility import violations
from tests.support.centre import Centre, eventually
from tests.support.chromium import heard
from tests.support.coturn import Coturn

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(120)]

TONE = 440.0
"""What the caller sends (Hz)."""

# The page's connections, so that the test may look at their paths, and make one seem gone.
SPY = """
window.connections = []
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.connections.push(this) }
}
"""
PATHS = """
async () => {
  const stats = [...(await window.connections.at(-1).getStats()).values()]
  const transport = stats.find((one) => one.type === 'transport')
  const pair = stats.find((one) => one.id === transport.selectedCandidatePairId)
  return stats.find((one) => one.id === pair.localCandidateId).candidateType
}
"""
LOSING = """
() => {
  let count = 0
  window.connections.at(-1).getStats = async () => {
    count += 100
    return new Map([['line', { type: 'inbound-rtp', packetsReceived: count, packetsLost: count / 4 }]])
  }
}
"""
SPEAKS = """
async () => {
  const stats = await RTCPeerConnection.prototype.getStats.call(window.connections.at(-1))
  const sent = [...stats.values()].find((one) => one.type === 'outbound-rtp')
  return stats.get(sent.codecId).mimeType
}
"""
FRAGMENT = "() => /a=ice-ufrag:(.*)/.exec(window.connections.at(-1).currentRemoteDescription.sdp)[1]"
GONE = """
() => {
  const one = window.connections.at(-1)
  Object.defineProperty(one, 'iceConnectionState', { get: () => 'disconnected', configurable: true })
  one.dispatchEvent(new Event('iceconnectionstatechange'))
  delete one.iceConnectionState
}
"""


@pytest.fixture
def desk(browser: Browser, centre: Centre) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.add_init_script(SPY)
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill("agent01")
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=15000)
    yield page
    context.close()


def test_the_console_telephones_through_the_relay_finds_another_path_and_says_when_it_is_poor(
    desk: Page, centre: Centre, turn: Coturn
) -> None:
    desk.get_by_test_id("agent-state").click()
    desk.get_by_test_id("relay-only").click()
    centre.person("agent01").be_ready("browser")
    call = centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "60", "--tone", str(TONE))
    expect(desk.get_by_test_id("agent-state")).to_have_attribute("data-state", "ringing", timeout=20000)
    desk.keyboard.press("F2")
    expect(desk.get_by_test_id("agent-state")).to_have_attribute("data-state", "talking", timeout=20000)
    eventually(lambda: abs(heard(desk)[0] - TONE) < 15, 10)
    assert desk.evaluate(PATHS) == "relay"
    assert turn.relayed

    before = desk.evaluate(FRAGMENT)
    desk.evaluate(GONE)
    eventually(lambda: desk.evaluate(FRAGMENT) != before, 10)
    eventually(lambda: abs(heard(desk)[0] - TONE) < 15, 10)
    assert desk.evaluate(PATHS) == "relay"
    assert len(desk.evaluate("() => window.connections")) == 1

    assert desk.evaluate(SPEAKS) == "audio/PCMU"
    desk.evaluate(LOSING)
    expect(desk.get_by_test_id("poor-link")).to_have_text("网络不佳，声音可能断续", timeout=15000)
    eventually(lambda: desk.evaluate(SPEAKS) == "audio/opus", 5)
    assert violations(desk, "color-contrast", "aria-roles", "aria-allowed-attr") == []
    eventually(lambda: abs(heard(desk)[0] - TONE) < 15, 10)

    desk.keyboard.press("Shift+F2")
    tones = json.loads(call.communicate(timeout=30)[0])["calls"][0]["tones"]
    assert any(abs(tone["hz"] - HUM) < 15 for tone in tones), f"the caller heard {tones}"
