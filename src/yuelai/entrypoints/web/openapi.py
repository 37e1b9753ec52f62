"""The OpenAPI document, with what each operation asks of its caller: `x-permission`, and `security` unless open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from yuelai.identity.access import declarations

PUBLIC, SIGNED_IN = "public", "signed in"


def document(app: FastAPI) -> dict[str, Any]:
    """Return the application's document; made once, then the same."""
    known: dict[str, Any] = app.openapi()
    if "securitySchemes" in known.get("components", {}):
        return known
    known.setdefault("components", {})["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of `POST /api/v1/session`, or an API token.",
        }
    }
    for path, method, permission in operations(app):
        operation = known["paths"][path][method]
        operation["x-permission"] = permission
        if permission != PUBLIC:
            operation["security"] = [{"bearer": []}]
    return known


def operations(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Yield path, method in small letters, and what is declared: a permission, `signed in` or `public`.

    Raises LookupError for an endpoint that declares nothing, or two things.
    """
    for context in iter_route_contexts(app.routes):
        route = context.route
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        declared = set(declarations(route.dependant))
        if len(declared) != 1:
            raise LookupError(f"{route.path} declares {sorted(declared) or 'nothing'}; it must be one thing")
        for method in sorted(route.methods or ()):
            yield route.path_format, method.lower(), next(iter(declared))
