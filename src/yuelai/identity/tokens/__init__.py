"""API tokens of integrators: made by a person for one tenant, never able to do more than that person may."""

from yuelai.identity.tokens.service import PREFIX, holder

__all__ = ["PREFIX", "holder"]
