from tests.support.web import home, site

__all__ = ["home", "site"]
