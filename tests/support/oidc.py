"""A provider of OpenID Connect on a port of its own, built on authlib's server classes: it checks what a real one does.

Its login page is skipped: the browser is at once the person that the test has put into `claims`. `tamper` lets a test
spoil an ID token before it is signed.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import uvicorn
from authlib.oauth2.rfc6749 import (
    AuthorizationCodeMixin,
    AuthorizationServer,
    ClientMixin,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "yuelai", "a secret between the two"


@dataclass
class Client(ClientMixin):
    redirect_uri: str | None

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str | None:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, CLIENT_SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Provider:
    issuer: str
    client: Client = field(default_factory=lambda: Client(None))
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "42"})
    user_info: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    tamper: Callable[[dict[str, Any]], None] | None = None
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    signed_by: Any = None
    says_it_is: str | None = None
    """The issuer of the description, where it is not the right one."""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)

    def turn_key_over(self, kid: str) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": kid})
        self.header = {"alg": "RS256", "kid": kid}


def _server(provider: Provider) -> AuthorizationServer:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            provider.codes[code] = Code(
                code,
                request.payload.redirect_uri,
                request.payload.scope,
                data.get("nonce"),
                data.get("code_challenge"),
                data.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Any) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
            return provider.claims

    class OpenId(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, client: Any) -> Any:
            return provider.key

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            now = int(time.time())
            return {"iss": provider.issuer, "aud": [CLIENT_ID], "iat": now, "exp": now + 300}

        def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
            return UserInfo(user)

        def process_token(self, grant: Any, response: Any) -> Any:
            token = super().process_token(grant, response)
            claims = jwt.decode(token["id_token"], provider.key).claims
            if provider.tamper is not None:
                provider.tamper(claims)
            algorithms = [provider.header["alg"]]
            token["id_token"] = jwt.encode(provider.header, claims, provider.signed_by or provider.key, algorithms)
            return token

    class Server(AuthorizationServer):  # type: ignore[misc]
        def query_client(self, client_id: str) -> Client | None:
            return provider.client if client_id == CLIENT_ID else None

        def save_token(self, token: Any, request: Any) -> None:
            provider.asked.append("token saved")

        def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
            pass

        def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
            return request

        def handle_response(self, status: int, body: Any, headers: Any) -> Response:
            if isinstance(body, dict):
                return JSONResponse(body, status, dict(headers))
            return Response(body or b"", status, dict(headers))

    server = Server()
    server.register_token_generator(
        "default",
        lambda **_: {
            "token_type": "Bearer",
            "access_token": "access",
            "expires_in": 300,
            "scope": "openid profile email",
        },
    )
    server.register_grant(Grant, [OpenId(require_nonce=True), CodeChallenge(required=True)])
    return server


class Asked(OAuth2Request):  # type: ignore[misc]
    @property
    def args(self) -> dict[str, str]:
        return self.payload.data

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data


async def _request(request: Request) -> OAuth2Request:
    # The classes insist on https, which a provider inside of a test has no certificate for.
    made = Asked(request.method, str(request.url).replace("http://", "https://"), None, request.headers)
    form = dict(parse_qsl((await request.body()).decode()))
    made.payload = BasicOAuth2Payload(dict(request.query_params) | form)
    return made


def _app(provider: Provider) -> FastAPI:
    app, server = FastAPI(), _server(provider)

    @app.get("/.well-known/openid-configuration")
    async def description() -> dict[str, Any]:
        provider.asked.append("description")
        return {
            "issuer": provider.says_it_is or provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/keys",
            "userinfo_endpoint": f"{provider.issuer}/me",
        }

    @app.get("/keys")
    async def keys() -> dict[str, Any]:
        provider.asked.append("keys")
        return dict(KeySet([provider.key]).as_dict(private=False))

    @app.get("/authorize")
    async def authorize(request: Request) -> Response:
        asked = await _request(request)
        grant = server.get_consent_grant(asked, provider.claims)
        answer: Response = server.create_authorization_response(asked, provider.claims, grant)
        return answer

    @app.post("/token")
    async def token(request: Request) -> Response:
        answer: Response = server.create_token_response(await _request(request))
        return answer

    @app.get("/me")
    async def me(request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer access":
            return Response(status_code=401)
        return JSONResponse(provider.user_info)

    return app


def other_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "k1"})


def shared_secret() -> OctKey:
    return OctKey.import_key(CLIENT_SECRET)


@contextlib.asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    listener = socket.create_server(("127.0.0.1", 0))
    made = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(_app(made), log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.005)
    try:
        yield made
    finally:
        server.should_exit = True
        await task
