"""Where the documentation site has the page of each control: what the site writes, and what reports link to."""

from __future__ import annotations

FOLDER = "controls"


def page_of(id: str, site: str = "") -> str:
    """The page of a control: its path within the site, or its address.

    Args:
        id: of the control.
        site: the address of the site, with or without `/` at its end.
    """
    path = f"{FOLDER}/{id}.html"
    return f"{site.rstrip('/')}/{path}" if site else path
