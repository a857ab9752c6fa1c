"""A page for each public name, from its docstring, settings and methods."""

import re

import pytest

from secureinfra.declared.names import HOMES
from secureinfra.reference import reference
from secureinfra.site.write import Site

# The site takes seconds to make, so one process makes it for all.
pytestmark = pytest.mark.xdist_group("site")


def test_every_public_name_has_its_page_and_is_listed(site: Site) -> None:
    assert {path for path in site.pages if path.startswith("api/")} == {"api/index.md", *(f"api/{n}.md" for n in HOMES)}
    assert set(re.findall(r"\]\((\w+)\.md\)", site.pages["api/index.md"])) == set(HOMES)


def test_every_setting_method_and_attribute_is_on_the_page(site: Site) -> None:
    missing = [
        (name, part.name)
        for name in HOMES
        for parts in reference(name).parts.values()
        for part in parts
        if part.name
        and not re.search(rf"^### .*data-toc-label='{part.name.partition('(')[0]}'", site.pages[f"api/{name}.md"], re.M)
    ]
    assert missing == []


def test_a_page_says_what_a_construct_guarantees_takes_and_gives(site: Site) -> None:
    text = site.pages["api/SecureBucket.md"]
    assert "A bucket that can be reached only with TLS 1.2" in text
    assert (
        "### <code>versioned</code> { #versioned data-toc-label='versioned' }\n\n<code>bool &#61; True</code>" in text
    )
    assert (
        "A value that breaks control [<code>s3-bucket-versioned</code>](../controls/s3-bucket-versioned.md) needs a waiver."
        in text
    )
    assert (
        "### <code>grant&#95;read(grantee, prefix&#61;...)</code> { #methods-grant_read data-toc-label='grant_read' }"
        in text
    )
    assert "- As a Terraform module: `secureinfra module bucket`" in text
    assert "[storage](../examples/storage/README.md)" in text


def test_anchors_of_a_page_are_its_own(site: Site) -> None:
    for name in HOMES:
        anchors = re.findall(r"^### .*\{ #(\S+) ", site.pages[f"api/{name}.md"], re.MULTILINE)
        assert len(anchors) == len(set(anchors)), name
