"""A page for each control, with everything the task of fixing it needs."""

import re

import pytest

from secureinfra.controls import every, find
from secureinfra.controls.packs import ALL, PACKS, ids_in
from secureinfra.controls.pages import page_of
from secureinfra.site.write import Site

# The site takes seconds to make, so one process makes it for all.
pytestmark = pytest.mark.xdist_group("site")


def page(site: Site, id: str) -> str:
    return site.pages[page_of(id).replace(".html", ".md")]


def test_every_control_has_its_page_and_is_listed(site: Site) -> None:
    listed = set(re.findall(r"\]\(([a-z0-9-]+)\.md\)", site.pages["controls/index.md"]))
    assert listed == {control.id for control in every()}
    for control in every():
        text = page(site, control.id)
        assert f"# <code>{control.id}</code>" in text
        assert "## How to fix it" in text
        assert "## Required by" in text
        assert ("## Waive it" in text) == control.waivable


def test_a_page_says_what_why_how_and_who_requires_it(site: Site) -> None:
    text = page(site, "s3-bucket-tls-only")
    control = find("s3-bucket-tls-only")
    assert f"**{control.title}.**\n\nOtherwise {control.why}." in text
    assert "- **Severity**: medium" in text
    assert '=== "HCL"\n\n    ```hcl\n    resource "aws_s3_bucket" "b" {' in text
    assert '=== "JSON"\n\n    ```json\n    {' in text
    assert '=== "Python"\n\n    ```python\n    uploads = SecureBucket(stack, "uploads")\n    uploads.grant' in text
    assert '<code><a href="../api/SecureBucket.html">SecureBucket</a></code>' in text
    assert "[S3.5](https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-5)" in text
    assert "(https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy)" in text
    assert "(../frameworks/nist-800-53.md)" in text
    assert "(../catalogue.md#s3-tls-only)" in text


def test_a_page_names_every_framework(site: Site) -> None:
    control = find("log-group-retained")
    names = {name for name in PACKS if name != ALL and ids_in(control, name)}
    assert set(re.findall(r"\(\.\./frameworks/(.+?)\.md\)", page(site, control.id))) == names
    assert len(names) > 5


def test_what_no_construct_makes_is_shown_as_a_resource(site: Site) -> None:
    text = page(site, "ami-hvm")
    assert "In the constructor of a [`SecureConstruct`](../api/SecureConstruct.md) of your own" in text
    assert 'Resource(self, "this", "aws_ami", name="a", virtualization_type="hvm")' in text
