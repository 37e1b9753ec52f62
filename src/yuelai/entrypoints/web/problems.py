"""Every error leaves as an RFC 9457 problem document with a stable `code`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from yuelai.platform.errors import Refusal

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
}


def problem_response(document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    status = int(document.get("status", 500))
    headers = dict(headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in document:
        headers["Retry-After"] = str(document["retry_after"])
    return Response(msgspec.json.encode(document), status, headers, media_type=MEDIA_TYPE)


def _plain(status: int, detail: str) -> dict[str, Any]:
    code = _CODES.get(status, f"http_{status}")
    title = HTTPStatus(status).phrase
    return {"type": f"urn:yuelai:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}


def too_large() -> dict[str, Any]:
    return _plain(413, "The request is longer than what is taken here.")


def install(app: FastAPI) -> None:
    """Make the application answer refusals, invalid requests, unknown paths and our own bugs in this form."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        return problem_response(error.problem())

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # What was sent stays out of the answer: it may be a password.
        errors = [
            {"field": ".".join(str(part) for part in each["loc"][1:]), "in": each["loc"][0], "message": each["msg"]}
            for each in error.errors()
        ]
        return problem_response(
            {
                "type": "urn:yuelai:problem:invalid_request",
                "title": "The request is not valid.",
                "status": 422,
                "code": "invalid_request",
                "detail": "; ".join(f"{each['field']}: {each['message']}" for each in errors),
                "errors": errors,
            }
        )

    @app.exception_handler(asyncpg.DataError)
    @app.exception_handler(OverflowError)
    async def out_of_range(request: Request, error: Exception) -> Response:
        # A number, an instant or a character that PostgreSQL has no place for, where a schema let it through.
        log.warning("request_out_of_range", method=request.method, path=request.url.path, exc_info=error)
        return problem_response(_plain(422, "The request holds values that cannot be stored."))

    @app.exception_handler(asyncpg.CharacterNotInRepertoireError)
    @app.exception_handler(UnicodeEncodeError)
    async def not_text(request: Request, error: Exception) -> Response:
        # A NUL or half a surrogate pair, where a field let it through: JSON holds them, PostgreSQL does not.
        return problem_response(_plain(422, "The request holds characters that cannot be stored."))

    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> Response:
        return problem_response(_plain(error.status_code, str(error.detail)), dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
        return problem_response(
            {
                "type": "urn:yuelai:problem:internal",
                "title": "An internal error occurred.",
                "status": 500,
                "code": "internal",
                "detail": "An internal error occurred; it has been logged.",
            }
        )
