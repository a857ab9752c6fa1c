"""Assertions of a module's own tests: each decisive argument, in Terraform's language."""

import pytest

from secureinfra.modules.content.assertions import _holds, assertions_of
from secureinfra.terraform.hcl_write.nesting import shape_of
from tests.modules.content.small import KEY, POLICY, small


def conditions(*names: str) -> dict[str, str]:
    """The message of each condition, for a module of keys with these names."""
    document = {"resource": {"aws_kms_key": {name: dict(KEY) for name in names}}}
    return {one["condition"]: one["error_message"] for one in assertions_of(small(document=document))}


def test_a_decisive_argument_is_asserted_with_the_controls_that_need_it() -> None:
    found = conditions("key")
    assert "kms-key-rotated" in found["${aws_kms_key.key.enable_key_rotation == true}"]
    assert "kms-key-deletion-delayed" in found["${aws_kms_key.key.deletion_window_in_days == 30}"]
    assert not any("description" in condition for condition in found)


def test_several_resources_alike_are_asserted_together() -> None:
    each = "${alltrue([for held in [aws_kms_key.a, aws_kms_key.b] : held.enable_key_rotation == true])}"
    assert each in conditions("a", "b")


def test_a_policy_grants_what_it_was_made_for_and_nothing_else() -> None:
    statements = "jsondecode(aws_kms_key.key.policy).Statement"
    shown = '[["Allow", ["kms:*"]]]'
    assert f"${{[for s in {statements} : [s.Effect, try(s.Action, s.NotAction)]] == {shown}}}" in conditions("key")


def test_a_policy_of_references_is_not_compared() -> None:
    module = small({"policy": POLICY.replace('"kms:*"', '"kms:*", "kms:${substr(var.owner, 0, 0)}*"')})
    assert not any("try(s.Action" in one["condition"] for one in assertions_of(module))


@pytest.mark.parametrize(
    ("type", "path", "value", "condition"),
    [
        ("aws_vpc", ("enable_dns_support",), True, "x.enable_dns_support == true"),
        ("aws_default_security_group", ("ingress",), [], "length(x.ingress) == 0"),
        # A list as it is written is never equal to a set.
        ("aws_vpc_endpoint", ("subnet_ids",), ["a"], 'x.subnet_ids == toset(["a"])'),
        ("aws_kms_key", ("tags", "team"), "web", 'try(x.tags.team, null) == "web"'),
        (
            "aws_s3_bucket_versioning",
            ("versioning_configuration", 0, "status"),
            "Enabled",
            'anytrue([for versioning_configuration in x.versioning_configuration : versioning_configuration.status == "Enabled"])',
        ),
    ],
)
def test_where_a_value_stands(type: str, path: tuple[str | int, ...], value: object, condition: str) -> None:
    assert _holds("x", path, value, shape_of("resource", (type, "")).schema) == condition


def test_what_the_provider_keeps_as_text_is_compared_as_text() -> None:
    schema = shape_of("resource", ("aws_elasticache_replication_group", "")).schema
    held = _holds("cache", ("at_rest_encryption_enabled",), True, schema)
    assert held == "cache.at_rest_encryption_enabled == tostring(true)"
