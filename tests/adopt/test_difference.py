"""What an import is followed by: changes in place, replacements, and what is the same in other words."""

from typing import Any

import pytest

from secureinfra.adopt.difference import LATER, Change, changes_of


def changes(type: str, read: dict[str, Any], written: dict[str, Any], **tags: str) -> dict[str, bool | None]:
    return {one.argument: one.replaces for one in changes_of(type, read, written, lambda value: value, tags)}


@pytest.mark.parametrize(
    ("type", "read", "written"),
    [
        ("aws_subnet", {"map_public_ip_on_launch": False}, {}),
        ("aws_subnet", {"map_public_ip_on_launch": None}, {"map_public_ip_on_launch": False}),
        ("aws_kms_key", {"is_enabled": True, "key_usage": "ENCRYPT_DECRYPT"}, {}),
        (
            "aws_s3_bucket_policy",
            {"policy": '{"Statement": {"Action": "a"}}'},
            {"policy": '{"Statement": [{"Action": ["a"]}]}'},
        ),
        (
            "aws_s3_bucket_versioning",
            {"versioning_configuration": [{"mfa_delete": "", "status": "Enabled"}]},
            {"versioning_configuration": {"status": "Enabled"}},
        ),
        ("aws_s3_bucket", {"versioning": [{"enabled": True}], "force_destroy": True}, {}),
        ("aws_default_network_acl", {"subnet_ids": ["a"]}, {"lifecycle": {"ignore_changes": ["subnet_ids"]}}),
    ],
)
def test_the_same_in_other_words(type: str, read: dict[str, Any], written: dict[str, Any]) -> None:
    assert changes(type, read, written) == {}


def test_changes_in_place() -> None:
    assert changes("aws_subnet", {"map_public_ip_on_launch": True}, {}) == {"map_public_ip_on_launch": False}
    assert changes("aws_kms_key", {}, {"deletion_window_in_days": 30}) == {"deletion_window_in_days": False}
    assert changes("aws_route_table_association", {"route_table_id": "a"}, {"route_table_id": LATER}) == {
        "route_table_id": False
    }


def test_tags_are_those_of_the_provider_too() -> None:
    assert changes("aws_subnet", {"tags": {"a": "b"}}, {"tags": {"a": "b"}}, owner="x") == {"tags": False}
    assert changes("aws_subnet", {"tags": {}, "tags_all": {"owner": "x"}}, {}, owner="x") == {}


def test_replacements() -> None:
    assert changes("aws_subnet", {"cidr_block": "10.0.0.0/24"}, {"cidr_block": "10.0.1.0/24"}) == {"cidr_block": True}
    assert changes("aws_kms_key", {"key_usage": "SIGN_VERIFY"}, {}) == {"key_usage": True}
    old, new = {"default_retention": [{"days": 1}]}, {"default_retention": {"days": 2}}
    assert changes("aws_s3_bucket_object_lock_configuration", {"rule": [old]}, {"rule": new}) == {"rule": False}


@pytest.mark.parametrize(
    ("argument", "old", "new", "text"),
    [
        ("map_public_ip_on_launch", True, False, "map_public_ip_on_launch (true to false)"),
        ("description", "", "reader", "description (nothing to reader)"),
        ("description", "x" * 50, "reader", "description"),
        ("route_table_id", "rtb-1", LATER, "route_table_id (rtb-1 to (known after apply))"),
        ("tags", None, {"a": "b"}, "tags"),
        ("policy", '{"Statement": []}', '{"Statement": {"Sid": "A"}}', "policy (+A)"),
        ("policy", "{}", LATER, "policy"),
    ],
)
def test_changes_in_words(argument: str, old: Any, new: Any, text: str) -> None:
    assert Change(argument, old, new, False).text == text
