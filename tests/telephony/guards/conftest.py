from tests.support.web import core, home, site

__all__ = ["core", "home", "site"]
