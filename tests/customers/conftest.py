from tests.support.web import bare_site, core, home, site

__all__ = ["bare_site", "core", "home", "site"]
