"""Secret: value, key, policy, rotation in order, grants."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.secretsmanager.random_password import GeneratedPassword
from secureinfra.aws.secretsmanager.secret import Secret, SecretConfig, SecretReplica, SecretRotation
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:rotate"
REPLICA_KEY = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
READER = "arn:aws:iam::444455556666:role/reader"
ROTATED = SecretConfig(rotation=SecretRotation(function_arn=FUNCTION))
WAIVER = Waiver(control="secret-rotated", reason="a vendor's key", owner="tests", until="2099-12-31")


def role_of(stack: Any, id: str = "service") -> SecureRole:
    return SecureRole(stack, id, RoleConfig(trust=ServiceTrust(service="lambda")))


def block_of(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def statements_of(stack: Any, type: str = "aws_secretsmanager_secret_policy") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(block_of(stack, type)["policy"])["Statement"]
    return found


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Secret(stack, "session", ROTATED)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = SecretConfig(
        rotation=SecretRotation(function_arn=FUNCTION, days=90),
        name="shop/session",
        description="Signs sessions",
        generated=GeneratedPassword(length=64, fields={"algorithm": "HS256"}),
        value_version=2,
        recovery_window_in_days=7,
        replicas=(SecretReplica(region="eu-west-1", kms_key_arn=REPLICA_KEY),),
        protect=False,
        tags={"team": "shop"},
    )
    secret = Secret(stack, "session", config, key=SecureKey(stack, "data"))
    secret.grant_read(READER)
    secret.grant_rotate(role_of(stack))
    matches_snapshot(stack)


def test_encrypted() -> None:
    stack = test_stack()
    Secret(stack, "session", ROTATED)
    assert block_of(stack, "aws_secretsmanager_secret")["kms_key_id"] == "${aws_kms_key.session_key.arn}"


def test_value_is_write_only() -> None:
    stack = test_stack()
    Secret(stack, "session", ROTATED)
    value = block_of(stack, "aws_secretsmanager_secret_version")
    assert "secret_string" not in value
    assert value["secret_string_wo"].startswith("${ephemeral.")
    assert value["secret_string_wo_version"] == 1


def test_public_policy_blocked_and_other_accounts_denied() -> None:
    stack = test_stack()
    Secret(stack, "session", ROTATED)
    assert block_of(stack, "aws_secretsmanager_secret_policy")["block_public_policy"] is True
    (denial,) = statements_of(stack)
    assert (denial["Effect"], denial["Principal"], denial["Action"]) == ("Deny", "*", ["secretsmanager:*"])
    assert denial["Condition"] == {
        "StringNotEquals": {"aws:PrincipalAccount": ["${data.aws_caller_identity.current.account_id}"]},
        "Bool": {"aws:PrincipalIsAWSService": ["false"]},
    }


def test_account_of_a_grantee_is_not_denied() -> None:
    stack = test_stack()
    secret = Secret(stack, "session", ROTATED)
    secret.grant_read(READER)
    secret.grant_read("${aws_iam_role.etl.arn}")
    text = block_of(stack, "aws_secretsmanager_secret_policy")["policy"]
    # Quotes within `${}` are Terraform's: what it fills in makes a JSON of it.
    account = '${element(split(":", aws_iam_role.etl.arn), 4)}'
    *allowed, denial = json.loads(text.replace(account, "777788889999"))["Statement"]
    assert [one["Principal"]["AWS"] for one in allowed] == [[READER, "${aws_iam_role.etl.arn}"]]
    assert denial["Condition"]["StringNotEquals"]["aws:PrincipalAccount"][1:] == ["444455556666", "777788889999"]


def test_rotation_waits_for_value_permission_and_role() -> None:
    stack = test_stack()
    Secret(stack, "session", ROTATED).grant_rotate(role_of(stack))
    rotation = block_of(stack, "aws_secretsmanager_secret_rotation")
    assert rotation["rotation_rules"] == [{"automatically_after_days": 30}]
    assert rotation["depends_on"] == [
        "aws_secretsmanager_secret_version.session_value",
        "aws_lambda_permission.session_rotation_permission",
        "aws_iam_role_policy.service_permissions",
    ]


def test_only_this_secret_may_call_the_function() -> None:
    stack = test_stack()
    Secret(stack, "session", ROTATED)
    permission = block_of(stack, "aws_lambda_permission")
    assert permission["principal"] == "secretsmanager.amazonaws.com"
    assert permission["source_account"] == "${data.aws_caller_identity.current.account_id}"
    assert permission["source_arn"] == "${aws_secretsmanager_secret.session_secret.arn}"


def test_function_of_another_account_or_region_is_refused_by_terraform() -> None:
    stack = test_stack()
    Secret(stack, "session", ROTATED)
    (judged,) = block_of(stack, "aws_secretsmanager_secret_rotation")["lifecycle"]["precondition"]
    for part in ("data.aws_region.current.id", "data.aws_caller_identity.current.account_id"):
        assert part in judged["condition"]
    assert "account and region of the secret" in judged["error_message"]


@pytest.mark.parametrize(
    ("grant", "actions", "key_actions"),
    [
        ("grant_read", ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], ["kms:Decrypt"]),
        (
            "grant_write",
            ["secretsmanager:PutSecretValue", "secretsmanager:DescribeSecret"],
            ["kms:GenerateDataKey", "kms:Decrypt"],
        ),
    ],
)
def test_grants_name_this_secret_and_its_key(grant: str, actions: list[str], key_actions: list[str]) -> None:
    stack = test_stack()
    getattr(Secret(stack, "session", ROTATED), grant)(role_of(stack))
    on_secret, on_key = statements_of(stack, "aws_iam_role_policy")
    assert (on_secret["Action"], on_secret["Resource"]) == (
        actions,
        ["${aws_secretsmanager_secret.session_secret.arn}"],
    )
    assert (on_key["Action"], on_key["Resource"]) == (key_actions, ["${aws_kms_key.session_key.arn}"])
    (service,) = on_key["Condition"]["StringEquals"]["kms:ViaService"]
    assert service.startswith("secretsmanager.")


def test_filled_outside_terraform() -> None:
    stack = test_stack()
    Secret(stack, "partner", SecretConfig(rotation=None, generated=None, waivers=(WAIVER,)))
    document = synthesize(stack)
    assert "aws_secretsmanager_secret_version" not in document["resource"]
    assert "ephemeral" not in document


def test_refuses_no_rotation_without_a_waiver() -> None:
    with pytest.raises(ControlError, match="secret-rotated"):
        Secret(test_stack(), "vendor", SecretConfig(rotation=None))


def test_waiver_for_no_rotation() -> None:
    stack = test_stack()
    Secret(stack, "vendor", SecretConfig(rotation=None, waivers=(WAIVER,)), value="${var.key}")
    assert "aws_secretsmanager_secret_rotation" not in synthesize(stack)["resource"]
    (waiver,) = block_of(stack, "aws_secretsmanager_secret")["//"]["waivers"]
    assert waiver["control"] == "secret-rotated"


def test_refuses_rare_rotation() -> None:
    with pytest.raises(ControlError, match="secret-rotated"):
        Secret(test_stack(), "session", SecretConfig(rotation=SecretRotation(function_arn=FUNCTION, days=91)))


def test_refuses_frequent_rotation_of_what_terraform_wrote() -> None:
    often = SecretRotation(function_arn=FUNCTION, days=7)
    with pytest.raises(ConfigError, match=r"days=7 is too often for a value that Terraform wrote.*Use 30 days or more"):
        Secret(test_stack(), "session", SecretConfig(rotation=often))
    Secret(test_stack(), "session", SecretConfig(rotation=often, generated=None))


def test_refuses_two_values() -> None:
    config = SecretConfig(rotation=None, generated=GeneratedPassword(length=40), waivers=(WAIVER,))
    with pytest.raises(ConfigError, match="both value and generated"):
        Secret(test_stack(), "vendor", config, value="${var.key}")


def test_refuses_two_replicas_in_a_region() -> None:
    replica = SecretReplica(region="eu-west-1", kms_key_arn=REPLICA_KEY)
    config = SecretConfig(rotation=SecretRotation(function_arn=FUNCTION), replicas=(replica, replica))
    with pytest.raises(ConfigError, match="has 'eu-west-1' twice: a region has one copy"):
        Secret(test_stack(), "session", config)


def test_refuses_to_grant_rotation_to_an_arn() -> None:
    with pytest.raises(ConfigError, match=r"grant_rotate\('arn:.*Pass a SecureRole"):
        Secret(test_stack(), "session", ROTATED).grant_rotate(READER)  # type: ignore[arg-type]


def test_addresses() -> None:
    stack = test_stack()
    Secret(stack, "session", ROTATED)
    assert addresses(synthesize(stack)) == [
        "aws_kms_alias.session_key_alias",
        "aws_kms_key.session_key",
        "aws_lambda_permission.session_rotation_permission",
        "aws_secretsmanager_secret.session_secret",
        "aws_secretsmanager_secret_policy.session_policy",
        "aws_secretsmanager_secret_rotation.session_rotation",
        "aws_secretsmanager_secret_version.session_value",
    ]
