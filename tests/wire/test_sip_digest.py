"""Digest against the worked examples of the standards, and both ends against each other."""

from __future__ import annotations

import pytest

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.digest import Algorithm, answer, challenge, expected_response, ha1, parse_credentials, verify

RFC7616 = (
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, qop=auth, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", response="{response}"'
)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        (Algorithm.MD5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm.SHA256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_come_out(algorithm: Algorithm, response: str) -> None:
    credentials = parse_credentials(RFC7616.format(algorithm=algorithm, response=response))
    secret = ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life")
    assert expected_response(credentials, secret, "GET") == response
    assert verify(credentials, secret, "GET")
    assert not verify(credentials, secret, "POST")


def test_without_qop_the_older_form_counts() -> None:
    credentials = parse_credentials(
        'Digest username="bob", realm="biloxi.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'uri="sip:bob@biloxi.com", response="bf57e4e0d0bffc0fbaedce64d59add5e"'
    )
    assert verify(credentials, ha1(Algorithm.MD5, "bob", "biloxi.com", "zanzibar"), "INVITE")


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_an_answer_to_a_challenge_passes_and_a_wrong_password_does_not(algorithm: Algorithm) -> None:
    asked = challenge("yuelai", 'a "nonce"', algorithm)
    for password, passes in (("right", True), ("wrong", False)):
        credentials = parse_credentials(answer(asked, "REGISTER", "sip:yuelai", "8001", password))
        assert credentials.nonce == 'a "nonce"'
        assert verify(credentials, ha1(algorithm, "8001", "yuelai", "right"), "REGISTER") is passes


@pytest.mark.parametrize(
    "value",
    [
        "Basic abc",
        "Digest",
        'Digest username="a"',
        RFC7616.format(algorithm="SHA-512", response="00"),
        RFC7616.format(algorithm="MD5", response="00").replace("qop=auth", "qop=auth-int"),
        RFC7616.format(algorithm="MD5", response="00") + ', realm="twice"',
        RFC7616.format(algorithm="MD5", response="00") + ", userhash=true",
        RFC7616.format(algorithm="MD5", response="00") + ", username*=UTF-8''x",
        RFC7616.format(algorithm="MD5", response="00").replace("nc=00000001", "nc=1_0"),
        RFC7616.format(algorithm="MD5", response="00").replace("nc=00000001, ", ""),
        RFC7616.format(algorithm="MD5", response="00").replace('username="Mufasa"', "username*=latin1''x"),
        RFC7616.format(algorithm="MD5", response="00").replace('username="Mufasa"', "username*=UTF-8''%ff"),
        "",
    ],
)
def test_credentials_that_were_never_offered_are_refused(value: str) -> None:
    with pytest.raises(PeerError):
        parse_credentials(value)


def test_quotes_within_quotes_tabs_and_unknown_parameters_are_read() -> None:
    credentials = parse_credentials(
        'digest\tUsername = "a \\"b\\", c" ,realm="r;,<",nonce="n",uri="sip:x",response="00",algorithm="sha-256",'
        'charset=UTF-8,userhash=false,new="thing"'
    )
    assert (credentials.username, credentials.realm, credentials.algorithm) == ('a "b", c', "r;,<", Algorithm.SHA256)


def test_a_user_name_beyond_ascii() -> None:
    given = RFC7616.format(algorithm="SHA-256", response="00").replace(
        'username="Mufasa"', "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"
    )
    assert parse_credentials(given).username == "Jäsøn Doe"
    assert (
        parse_credentials(answer(challenge("r", "n", Algorithm.MD5), "BYE", "sip:x", "王芳", "密码")).username == "王芳"
    )


@pytest.mark.parametrize(
    "asked",
    [
        'Digest realm="r"',
        'Digest nonce="n"',
        'Digest realm="r", nonce="n", qop="auth-int"',
        'Digest realm="r", nonce="n", algorithm=SHA-512-256',
        'Digest realm="r, nonce="n"',
        "NTLM",
    ],
)
def test_a_challenge_that_cannot_be_answered_is_not(asked: str) -> None:
    with pytest.raises(PeerError):
        answer(asked, "REGISTER", "sip:r", "u", "p")


def test_of_several_qualities_auth_is_chosen() -> None:
    given = answer('Digest realm="r", nonce="n", qop="auth-int, auth", opaque="o\\"p"', "REGISTER", "sip:r", "u", "p")
    assert "qop=auth," in given
    assert given.endswith('opaque="o\\"p"')
