"""The whole site, made once for the tests of its parts."""

import pytest

from secureinfra.site.write import Site, site_of
from tests._support.imports import ROOT


@pytest.fixture(scope="session")
def site() -> Site:
    return site_of(ROOT)
