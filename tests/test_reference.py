"""`secureinfra explain`: nothing public is left without words, and what is said is what the code does."""

import pytest

from secureinfra import BucketConfig
from secureinfra.config.docstrings import sections
from secureinfra.declared.names import HOMES
from secureinfra.errors import ConfigError
from secureinfra.reference import Part, Reference, index, reference


def part(found: Reference, heading: str, name: str) -> Part:
    return next(one for one in found.parts[heading] if one.name.partition("(")[0] == name)


@pytest.mark.parametrize("name", HOMES)
def test_every_public_name_is_explained(name: str) -> None:
    found = reference(name)
    assert found.name == name
    assert found.paragraphs or found.kind == "type of a setting"
    if found.kind == "construct":
        assert found.example or name == "SecureConstruct"
        assert [one.name for one in found.parts["Arguments"] if not one.said] == []
    for heading in ("Settings", "Methods", "Attributes"):
        assert [one.name for one in found.parts.get(heading, ()) if not one.said] == []


def test_index_has_each_once_with_its_first_sentence() -> None:
    kinds = index()
    assert sorted(name for held in kinds.values() for name, _ in held) == sorted(HOMES)
    assert ("SecureBucket", reference("SecureBucket").paragraphs[0]) in kinds["construct"]
    assert "BucketConfig" in dict(kinds["configuration"])
    assert dict(kinds["type of a setting"])["Region"].startswith("Refused if it is not an AWS region")


def test_construct() -> None:
    found = reference("SecureBucket")
    assert (found.kind, found.module, found.page) == ("construct", "bucket", "storage")
    assert found.paragraphs[0].startswith("A bucket that can be reached only with TLS 1.2")
    assert part(found, "Arguments", "key").type == "SecureKey | None"
    assert part(found, "Arguments", "moved_from").said
    assert part(found, "Methods", "grant_read").name == "grant_read(grantee, prefix=...)"
    # What all constructs have for their authors is said once, at their base.
    assert "take_name" not in str(found.parts["Methods"])
    assert "take_name" in str(reference("SecureConstruct").parts["Methods"])
    settings = {one.name for one in found.parts["Settings (BucketConfig)"]}
    assert settings == set(BucketConfig.model_fields)


def test_setting_with_default_range_and_control() -> None:
    found = reference("BucketConfig")
    days = part(found, "Settings", "abort_incomplete_uploads_days")
    assert (days.type, days.default) == ("int", "7")
    assert days.rules == (
        "Must be between 1 and 36500 days",
        "A value that breaks control s3-bucket-uploads-aborted needs a waiver",
    )
    region = part(reference("AwsProviderConfig"), "Settings", "region")
    assert (region.default, region.rules) == (None, ("Refused if it is not an AWS region: write e.g. 'eu-central-1'",))


def test_member() -> None:
    found = reference("SecureBucket.grant_read")
    assert found.kind == "method"
    assert [one.name for one in found.parts["Arguments"]] == ["grantee", "prefix"]
    assert reference("SecureVpc.nat_public_ips").kind == "property"
    assert reference("Port.HTTPS").kind == "value"
    assert reference("secureinfra.Port.tcp").name.startswith("Port.tcp(")


def test_module_name_leads_to_its_class() -> None:
    assert reference("vpc").name == "SecureVpc"
    assert reference("static-site").kind == "construct"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SecureBukket", "there is no public name 'SecureBukket'. Did you mean 'SecureBucket'?"),
        ("SecureBucket.grant_red", "SecureBucket has no public member 'grant_red'. Did you mean 'grant_read'?"),
        ("Port.nothing_like_it", "It has: tcp, udp"),
        ("between.x", "between has no public member 'x'. It has: none."),
    ],
)
def test_refuses(name: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        reference(name)
    assert said in str(refused.value)


def test_sections() -> None:
    text = "One.\n\n    Args:\n        a: first\n            second\n\n    Raises:\n        Error: no.\n\n    More.\n"
    assert sections(text) == {"Args": "a: first\n    second", "Raises": "Error: no."}
