"""Signing in at a provider of OpenID Connect: the authorization code flow with PKCE, as a relying party.

OpenID Connect Core 1.0 §3.1, Discovery 1.0 §4, RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from yuelai.identity.sign_in.errors import NoSuchProvider, ProviderFailed
from yuelai.platform.config import OidcProvider, Settings

log = structlog.get_logger()

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Of ID tokens. Signatures only: `none` and those by a shared secret prove nothing about the provider."""
SCOPE = "openid profile email"
TIMEOUT_SECONDS = 5.0
KEPT_SECONDS = 3600.0
"""How long the provider's description and keys are believed; an unknown key is asked for at once, but not often."""
REFRESH_SECONDS = 10.0
LEEWAY_SECONDS = 60


@dataclass(frozen=True)
class Going:
    """A browser on its way to the provider: where to, and what its coming back is held against."""

    url: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str


@dataclass(frozen=True)
class Claims:
    """Who the provider says it is. `email` only where the provider says that it was verified."""

    subject: str
    email: str | None
    preferred_username: str | None


@dataclass
class _Known:
    at: float
    metadata: dict[str, Any]
    keys: KeySet
    keys_at: float


class Oidc:
    """The configured providers. One per web process; their descriptions are fetched at the first use."""

    def __init__(self, settings: Settings) -> None:
        self.providers = settings.oidc
        self._known: dict[str, _Known] = {}

    def provider(self, code: str) -> OidcProvider:
        """Raises `NoSuchProvider`."""
        try:
            return self.providers[code]
        except KeyError:
            raise NoSuchProvider() from None

    async def begin(self, code: str, redirect_uri: str) -> Going:
        """Return where to send the browser. Raises `NoSuchProvider`, `ProviderFailed`."""
        provider = self.provider(code)
        async with _client() as http:
            known = await self._describe(http, code, provider)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        query = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = known.metadata["authorization_endpoint"]
        url = f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"
        return Going(url, state, nonce, verifier, redirect_uri)

    async def finish(
        self, code: str, authorization_code: str, issuer: str | None, going: tuple[str, str, str]
    ) -> Claims:
        """Exchange the code and return who it is; `going` are nonce, verifier and redirect_uri of the way there.

        `issuer` is the answer's `iss`, if it had one. Raises `NoSuchProvider`, `ProviderFailed`.
        """
        provider = self.provider(code)
        nonce, verifier, redirect_uri = going
        if issuer is not None and issuer != provider.issuer:
            # RFC 9207 §2.4: an answer of another provider than the one asked.
            raise _failed(code, "issuer of the answer")
        async with _client() as http:
            known = await self._describe(http, code, provider)
            answer = await self._exchange(http, code, provider, known, authorization_code, verifier, redirect_uri)
            claims = await self._verified(http, code, provider, known, answer, nonce)
            if "email" not in claims and "preferred_username" not in claims:
                claims |= await self._user_info(http, code, known, answer, claims["sub"])
        verified = claims.get("email_verified") in (True, "true")
        return Claims(
            subject=str(claims["sub"]),
            email=_text(claims.get("email")) if verified else None,
            preferred_username=_text(claims.get("preferred_username")),
        )

    async def _describe(self, http: httpx.AsyncClient, code: str, provider: OidcProvider) -> _Known:
        known, now = self._known.get(code), time.monotonic()
        if known is not None and now - known.at < KEPT_SECONDS:
            return known
        metadata = await _json(code, http.get(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"))
        if metadata.get("issuer") != provider.issuer:
            # Discovery §4.3: MUST be identical, or somebody else's description would be believed.
            raise _failed(code, "issuer of the description")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(metadata.get(name), str) or not metadata[name].startswith(("https://", "http://")):
                raise _failed(code, f"{name} of the description")
        known = _Known(now, metadata, await _keys(http, code, metadata["jwks_uri"]), now)
        self._known[code] = known
        return known

    async def _exchange(
        self,
        http: httpx.AsyncClient,
        code: str,
        provider: OidcProvider,
        known: _Known,
        authorization_code: str,
        verifier: str,
        redirect_uri: str,
    ) -> dict[str, Any]:
        """Core §3.1.3.1; the client proves itself by its secret where it has one, and by the verifier anyway."""
        form = {
            "grant_type": "authorization_code",
            "code": authorization_code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": provider.client_id,
        }
        auth: httpx.BasicAuth | None = None
        if provider.client_secret is not None:
            # Discovery §3: client_secret_basic where nothing is said.
            methods = known.metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
            if "client_secret_basic" in methods:
                auth = httpx.BasicAuth(provider.client_id, provider.client_secret)
            else:
                form["client_secret"] = provider.client_secret
        request = http.post(known.metadata["token_endpoint"], data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)
        return await _json(code, request)

    async def _verified(
        self,
        http: httpx.AsyncClient,
        code: str,
        provider: OidcProvider,
        known: _Known,
        answer: dict[str, Any],
        nonce: str,
    ) -> dict[str, Any]:
        """Return the claims of the ID token (Core §3.1.3.7)."""
        raw = answer.get("id_token")
        if not isinstance(raw, str):
            raise _failed(code, "no ID token")
        try:
            token = jwt.decode(raw, known.keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # The provider may have turned its keys over since they were fetched.
            if time.monotonic() - known.keys_at < REFRESH_SECONDS:
                raise _failed(code, "signature of the ID token") from None
            known.keys, known.keys_at = await _keys(http, code, known.metadata["jwks_uri"]), time.monotonic()
            try:
                token = jwt.decode(raw, known.keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                raise _failed(code, "signature of the ID token") from None
        options = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        }
        params = {"nonce": nonce, "client_id": provider.client_id, "access_token": answer.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, options, params)
        try:
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise _failed(code, f"ID token: {error}") from None
        return dict(claims)

    async def _user_info(
        self, http: httpx.AsyncClient, code: str, known: _Known, answer: dict[str, Any], subject: str
    ) -> dict[str, Any]:
        """Ask for what the ID token did not say (Core §5.3); it must be about the same subject."""
        endpoint, access = known.metadata.get("userinfo_endpoint"), answer.get("access_token")
        if not isinstance(endpoint, str) or not isinstance(access, str):
            return {}
        found = await _json(code, http.get(endpoint, headers={"Authorization": f"Bearer {access}"}))
        if found.get("sub") != subject:
            raise _failed(code, "subject of the user info")
        return found


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, headers={"Accept": "application/json"})


async def _keys(http: httpx.AsyncClient, code: str, uri: str) -> KeySet:
    try:
        return KeySet.import_key_set(await _json(code, http.get(uri)))  # type: ignore[arg-type]  # judged by it
    except (JoseError, ValueError, KeyError, TypeError):
        raise _failed(code, "keys") from None


async def _json(code: str, request: Any) -> dict[str, Any]:
    try:
        answer: httpx.Response = await request
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _failed(code, type(error).__name__) from None
    if answer.status_code != 200:
        raise _failed(code, f"status {answer.status_code}")
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        raise _failed(code, "not JSON") from None


def _failed(code: str, reason: str) -> ProviderFailed:
    log.warning("oidc_failed", provider=code, reason=reason)
    return ProviderFailed()


def _text(value: Any) -> str | None:
    return value.strip().lower() if isinstance(value, str) and value.strip().isprintable() else None
