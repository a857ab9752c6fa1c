"""SecureLogGroup: key, retention, class, grants."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.config.waiver import Waiver
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

GROUP_ARN = (
    "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.id}:"
    "${data.aws_caller_identity.current.account_id}:log-group:"
)


def group_of(stack: Any) -> dict[str, Any]:
    (group,) = synthesize(stack)["resource"]["aws_cloudwatch_log_group"].values()
    return dict(group)


def key_statements(stack: Any) -> list[dict[str, Any]]:
    (key,) = synthesize(stack)["resource"]["aws_kms_key"].values()
    return list(json.loads(key["policy"])["Statement"])


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecureLogGroup(stack, "app")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    waiver = Waiver(control="log-group-retained", reason="debug logs", owner="tests", until="2099-12-31")
    config = LogGroupConfig(
        name="/app/debug",
        retention_in_days=30,
        log_group_class="INFREQUENT_ACCESS",
        protect=True,
        tags={"team": "app"},
        waivers=(waiver,),
    )
    group = SecureLogGroup(stack, "debug", config, key=SecureKey(stack, "data", KeyConfig(strict=True)))
    group.grant_write(SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))))
    matches_snapshot(stack)


def test_logs_encrypted() -> None:
    stack = test_stack()
    SecureLogGroup(stack, "app")
    assert group_of(stack)["kms_key_id"] == "${aws_kms_key.app_key.arn}"


def test_key_opens_for_this_group_only() -> None:
    stack = test_stack()
    SecureLogGroup(stack, "app", LogGroupConfig(name="/app/web"))
    statement = key_statements(stack)[-1]
    assert statement["Principal"] == {
        "Service": ["logs.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"]
    }
    scope = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": [f"{GROUP_ARN}/app/web"]}}
    assert statement["Condition"] == scope


def test_groups_share_a_key() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    for id in ("web", "worker"):
        SecureLogGroup(stack, id, key=key)
    (statement,) = key_statements(stack)[1:]
    scope = statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert scope == [f"{GROUP_ARN}test/web", f"{GROUP_ARN}test/worker"]


def test_key_has_room_for_many_groups() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    for number in range(300):
        SecureLogGroup(stack, f"service-{number}", key=key)
    assert len(key_statements(stack)) == 2


def test_key_speaks_in_its_own_references() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    home = AwsProvider(stack, "home", AwsProviderConfig(region="eu-central-1", alias="home"))
    SecureLogGroup(stack, "app", key=SecureKey(stack, "data"), provider=home)
    assert "current_home" not in json.dumps(key_statements(stack))


@pytest.mark.parametrize("days", [365, 731, 3653, 0])
def test_logs_retained(days: int) -> None:
    stack = test_stack()
    SecureLogGroup(stack, "app", LogGroupConfig(retention_in_days=days))
    assert group_of(stack)["retention_in_days"] == days


def test_standard_class_is_left_to_aws() -> None:
    stack = test_stack()
    SecureLogGroup(stack, "app")
    assert "log_group_class" not in group_of(stack)


def test_protected_on_request_and_never_in_a_sandbox() -> None:
    for environment, expected in ((None, True), ("sandbox", None)):
        stack = test_stack(environment=environment)
        SecureLogGroup(stack, "app", LogGroupConfig(protect=True))
        assert group_of(stack).get("lifecycle", {}).get("prevent_destroy") is expected


def test_grant_write_gives_streams_of_this_group_and_nothing_else() -> None:
    stack = test_stack()
    role = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    SecureLogGroup(stack, "app").grant_write(role)
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    (statement,) = json.loads(policy["policy"])["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    assert statement["Resource"] == ["${aws_cloudwatch_log_group.app_log_group.arn}:*"]


def test_token_is_judged_by_terraform() -> None:
    stack = test_stack()
    SecureLogGroup(stack, "app", LogGroupConfig(name="${var.name}", retention_in_days="${var.days}"))  # type: ignore[arg-type]
    conditions = [item["condition"] for item in group_of(stack)["lifecycle"]["precondition"]]
    assert any(condition.startswith("${contains([0, 1, 3, ") for condition in conditions)
    assert "${(var.days == 0 || var.days >= 365)}" in conditions
    assert any("var.name" in condition for condition in conditions)


def test_refuses_short_retention() -> None:
    message = r"test/app: LogGroupConfig retention_in_days=90 breaks control log-group-retained: intrusions are often"
    with pytest.raises(ControlError, match=message):
        SecureLogGroup(test_stack(), "app", LogGroupConfig(retention_in_days=90))


def test_refuses_period_that_cloudwatch_does_not_know() -> None:
    with pytest.raises(ConfigError, match=r"retention_in_days=500 must be one of 0, 1, 3, .*, 365, 400, 545"):
        SecureLogGroup(test_stack(), "app", LogGroupConfig(retention_in_days=500))


@pytest.mark.parametrize("name", ["", "app logs", "app:web", "x" * 513])
def test_refuses_bad_name(name: str) -> None:
    with pytest.raises(ConfigError, match="is not a log group name"):
        SecureLogGroup(test_stack(), "app", LogGroupConfig(name=name))


def test_refuses_unknown_class() -> None:
    with pytest.raises(ConfigError, match="log_group_class='CHEAP'"):
        SecureLogGroup(test_stack(), "app", LogGroupConfig(log_group_class="CHEAP"))  # type: ignore[arg-type]


def test_refuses_unknown_field() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'retention_in_days'"):
        SecureLogGroup(test_stack(), "app", LogGroupConfig(retention_days=365))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("grantee", "message"),
    [("arn:aws:iam::111122223333:role/app", "has no policy of its own. Pass a SecureRole"), ("*", "is not a role")],
)
def test_refuses_grant_to_arn(grantee: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SecureLogGroup(test_stack(), "app").grant_write(grantee)


def test_waiver_is_written_beside_the_group() -> None:
    stack = test_stack()
    waiver = Waiver(control="log-group-retained", reason="debug logs", owner="app", until="2099-12-31")
    SecureLogGroup(stack, "app", LogGroupConfig(retention_in_days=14, waivers=(waiver,)))
    assert group_of(stack)["//"]["waivers"] == [waiver.to_json("test/app")]


def test_addresses() -> None:
    stack = test_stack()
    SecureLogGroup(stack, "app")
    assert addresses(synthesize(stack)) == [
        "aws_cloudwatch_log_group.app_log_group",
        "aws_kms_alias.app_key_alias",
        "aws_kms_key.app_key",
    ]
