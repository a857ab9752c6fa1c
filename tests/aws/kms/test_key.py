"""SecureKey: rotation, policy, services, grants."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

READER = "arn:aws:iam::111122223333:role/reader"
WRITER = "arn:aws:iam::111122223333:role/writer"


def key_of(stack: Any) -> dict[str, Any]:
    (key,) = synthesize(stack)["resource"]["aws_kms_key"].values()
    return dict(key)


def statements_of(stack: Any) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(key_of(stack)["policy"])["Statement"]}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecureKey(stack, "data")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    waivers = tuple(
        Waiver(control=control, reason="test", owner="tests", until="2099-12-31")
        for control in ("kms-key-single-region", "kms-key-deletion-delayed")
    )
    config = KeyConfig(
        alias="payments/data",
        description="card data",
        rotation_period_in_days=90,
        deletion_window_in_days=7,
        administrators=("arn:aws:iam::111122223333:role/admin",),
        users=(READER,),
        strict=True,
        multi_region=True,
        tags={"team": "payments"},
        waivers=waivers,
    )
    key = SecureKey(stack, "data", config)
    for service in ("logs", "cloudtrail", "sns", "cloudwatch", "s3", "config", "events", "delivery.logs"):
        key.allow_service(service)
    key.grant_encrypt(WRITER)
    matches_snapshot(stack)


def test_rotated() -> None:
    stack = test_stack()
    SecureKey(stack, "data")
    assert key_of(stack)["enable_key_rotation"] is True


def test_rotation_period_is_written_where_it_is_not_the_default_of_aws() -> None:
    usual, faster = test_stack("usual"), test_stack("faster")
    SecureKey(usual, "data")
    SecureKey(faster, "data", KeyConfig(rotation_period_in_days=90))
    assert "rotation_period_in_days" not in key_of(usual)
    assert key_of(faster)["rotation_period_in_days"] == 90


def test_rotation_period_that_only_terraform_knows_is_left_out_where_it_is_the_default_of_aws() -> None:
    stack = test_stack()
    SecureKey(stack, "data", KeyConfig(rotation_period_in_days="${var.days}"))  # type: ignore[arg-type]
    assert key_of(stack)["rotation_period_in_days"] == "${var.days == 365 ? null : var.days}"


def test_deletion_delayed() -> None:
    stack = test_stack()
    SecureKey(stack, "data")
    assert key_of(stack)["deletion_window_in_days"] == 30


def test_policy_explicit_and_root_in_control() -> None:
    stack = test_stack()
    SecureKey(stack, "data")
    (statement,) = statements_of(stack).values()
    assert statement["Principal"]["AWS"][0].endswith(":root")
    assert statement["Action"] == ["kms:*"]


def test_policy_not_public() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    key.allow_service("logs")
    for statement in statements_of(stack).values():
        assert statement["Principal"] != "*"
        assert "*" not in statement["Principal"].get("AWS", [])


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("aws/x", "begins with 'aws/': AWS reserves 'alias/aws/' for its own keys. Write e.g. 'x'"),
        ("alias/foo", "begins with 'alias/': 'alias/' is added for you. Write e.g. 'foo'"),
    ],
)
def test_refuses_aliases_of_aws_and_a_prefix_twice(alias: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SecureKey(test_stack(), "data", KeyConfig(alias=alias))


@pytest.mark.parametrize("name", ["aws", "my.stack", "x" * 250])
def test_refuses_a_path_that_is_not_an_alias(name: str) -> None:
    with pytest.raises(
        ConfigError, match=r"which comes from the path, is not possible: .* Set KeyConfig\(alias='...'\)"
    ):
        SecureKey(test_stack(name), "data")
    SecureKey(test_stack(name), "data", KeyConfig(alias="data"))


@pytest.mark.parametrize("config", [KeyConfig(strict=True), KeyConfig(administrators=(READER,))])
def test_administrators_grant_to_aws_services_only(config: KeyConfig) -> None:
    stack = test_stack()
    SecureKey(stack, "data", config)
    granting = [one for one in statements_of(stack).values() if any("kms:Create" in action for action in one["Action"])]
    for statement in granting:
        if "kms:CreateGrant" in statement["Action"]:
            assert statement["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": ["true"]}}
        else:
            assert not {"kms:*", "kms:Create*"} & set(statement["Action"])
    assert sum("kms:CreateGrant" in one["Action"] for one in granting) == len(granting) / 2


def test_strict_key_is_not_usable_through_iam() -> None:
    stack = test_stack()
    SecureKey(stack, "data", KeyConfig(strict=True))
    actions = [action for statement in statements_of(stack).values() for action in statement["Action"]]
    assert not {"kms:*", "kms:Decrypt", "kms:Encrypt"} & set(actions)


def test_protected_unless_sandbox() -> None:
    stack, sandbox = test_stack(), test_stack(environment="sandbox")
    SecureKey(stack, "data")
    SecureKey(sandbox, "data")
    assert key_of(stack)["lifecycle"] == {"prevent_destroy": True}
    assert "lifecycle" not in key_of(sandbox)


def test_grants_join_into_one_statement() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    key.grant_decrypt(READER)
    key.grant_decrypt(WRITER)
    assert statements_of(stack)["Decrypt"]["Principal"]["AWS"] == [READER, WRITER]


def test_token_is_judged_by_terraform() -> None:
    stack = test_stack()
    SecureKey(stack, "data", KeyConfig(deletion_window_in_days="${var.days}"))  # type: ignore[arg-type]
    conditions = [item["condition"] for item in key_of(stack)["lifecycle"]["precondition"]]
    assert "${var.days >= 7 && var.days <= 30}" in conditions
    assert "${var.days == 30}" in conditions


def test_refuses_short_deletion_window() -> None:
    with pytest.raises(
        ControlError, match=r"test/data: KeyConfig deletion_window_in_days=7 breaks control kms-key-del"
    ):
        SecureKey(test_stack(), "data", KeyConfig(deletion_window_in_days=7))


def test_refuses_rotation_out_of_range() -> None:
    with pytest.raises(ConfigError, match="must be between 90 and 2560 days"):
        SecureKey(test_stack(), "data", KeyConfig(rotation_period_in_days=30))


def test_refuses_unknown_field_and_tells_all_problems() -> None:
    with pytest.raises(ConfigError) as error:
        SecureKey(test_stack(), "data", KeyConfig(aliass="x", deletion_window_in_days=7))  # type: ignore[call-arg]
    assert "Did you mean 'alias'?" in str(error.value)
    assert "kms-key-deletion-delayed" in str(error.value)


def test_refuses_unknown_service() -> None:
    with pytest.raises(ConfigError, match=r"test/data: allow_service\('lambda'\) is unknown"):
        SecureKey(test_stack(), "data").allow_service("lambda")


def test_refuses_grant_to_everybody() -> None:
    with pytest.raises(ConfigError, match="a grant names one role"):
        SecureKey(test_stack(), "data").grant_decrypt("*")


def test_waiver_is_written_beside_the_key() -> None:
    stack = test_stack()
    waiver = Waiver(control="kms-key-deletion-delayed", reason="trial", owner="lab", until="2099-12-31")
    SecureKey(stack, "data", KeyConfig(deletion_window_in_days=7, waivers=(waiver,)))
    assert key_of(stack)["//"]["waivers"] == [waiver.to_json("test/data")]


def test_waiver_that_ran_out_is_refused() -> None:
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    waiver = Waiver(control="kms-key-deletion-delayed", reason="trial", owner="lab", until=yesterday)
    with pytest.raises(ConfigError, match="expired on"):
        SecureKey(test_stack(), "data", KeyConfig(deletion_window_in_days=7, waivers=(waiver,)))


def test_addresses() -> None:
    stack = test_stack()
    SecureKey(stack, "data")
    assert addresses(synthesize(stack)) == ["aws_kms_alias.data_alias", "aws_kms_key.data_key"]


def test_use_through_a_service_names_the_partition_s_host() -> None:
    stack = test_stack()
    SecureKey(stack, "data").grant(READER, "Read", ("kms:Decrypt",), via="s3")
    condition = statements_of(stack)["Read"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert condition == ["s3.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"]
