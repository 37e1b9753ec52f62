"""RFC 4475 §3.1.2: messages that are wrong, each answered as the standard says, or read where it lets us be kind."""

from __future__ import annotations

import pytest

from tests.wire.torture import torture
from tests.wire.torture.answers import Thrown, statuses
from yuelai.wire.sip import PeerError, Request, StreamParser, parse_datagram


def wrong(name: str) -> PeerError:
    with pytest.raises(PeerError) as caught:
        parse_datagram(torture(name)).check()
    return caught.value


async def test_3_1_2_1_badinv01_semicolons_and_commas_without_anything_between() -> None:
    assert wrong("badinv01").status == 400
    assert await statuses("badinv01") == [400]


async def test_3_1_2_2_clerr_a_content_length_larger_than_the_body() -> None:
    assert await statuses("clerr") == [400]


async def test_3_1_2_3_ncl_a_negative_content_length() -> None:
    assert await statuses("ncl") == [400]
    feed = StreamParser().feed(torture("ncl"))
    refused = next(feed)
    assert isinstance(refused, Request)
    with pytest.raises(PeerError):
        refused.check()
    with pytest.raises(PeerError):  # nobody knows where the next message of this stream begins
        next(feed)


async def test_3_1_2_4_scalar02_numbers_that_are_too_large() -> None:
    assert await statuses("scalar02") == [400]


async def test_3_1_2_5_scalarlg_a_response_with_numbers_that_are_too_large_is_dropped() -> None:
    assert wrong("scalarlg")
    assert await statuses("scalarlg") == []


async def test_3_1_2_6_quotbal_a_quote_that_is_not_closed() -> None:
    assert await statuses("quotbal") == [400]


async def test_3_1_2_7_ltgtruri_brackets_around_the_request_uri() -> None:
    assert await statuses("ltgtruri") == [400]


async def test_3_1_2_8_lwsruri_white_space_within_the_request_uri() -> None:
    assert await statuses("lwsruri") == [400]


async def test_3_1_2_9_lwsstart_two_spaces_between_the_elements_of_the_start_line() -> None:
    assert await statuses("lwsstart") == [400]


async def test_3_1_2_10_trws_white_space_behind_the_start_line() -> None:
    assert await statuses("trws") == [400]


async def test_3_1_2_11_escruri_headers_in_the_request_uri_are_ignored() -> None:
    invite = parse_datagram(torture("escruri"))
    assert isinstance(invite, Request)
    invite.check()
    assert invite.uri.headers == "Route=%3Csip:example.com%3E"
    thrown = Thrown()
    assert [answer.status for answer in await thrown.throw(torture("escruri"))] == [100]
    assert [leg.called for leg in thrown.ours.offered] == ["user"]


async def test_3_1_2_12_baddate_a_date_that_is_none_is_ignored() -> None:
    assert (await statuses("baddate"))[0] == 100


async def test_3_1_2_13_regbadct_a_contact_that_should_have_stood_in_brackets() -> None:
    register = parse_datagram(torture("regbadct"))
    register.check()
    with pytest.raises(PeerError):
        register.addresses("contact")


async def test_3_1_2_14_badaspec_spaces_within_an_address_are_overlooked() -> None:
    options = parse_datagram(torture("badaspec"))
    options.check()
    assert (options.to.name, options.to.uri.user) == ("Watson, Thomas", "t.watson")
    assert "<sip:t.watson@example.org>" in str(options.to)
    assert await statuses("badaspec") == [200]


async def test_3_1_2_15_baddn_a_display_name_that_should_have_been_quoted() -> None:
    assert await statuses("baddn") == [400]


async def test_3_1_2_16_badvers_another_version_of_sip() -> None:
    assert wrong("badvers").status == 505
    (answer,) = await Thrown().throw(torture("badvers"))
    assert answer.status == 505
    assert answer.start_line().startswith("SIP/2.0 505 ")


async def test_3_1_2_17_mismatch01_cseq_names_another_method() -> None:
    assert await statuses("mismatch01") == [400]


async def test_3_1_2_18_mismatch02_cseq_names_another_method_of_an_unknown_request() -> None:
    assert await statuses("mismatch02") == [400]


async def test_3_1_2_19_bigcode_a_status_that_is_too_large_is_dropped() -> None:
    with pytest.raises(PeerError):
        parse_datagram(torture("bigcode"))
