"""StateBackend: bucket, key, who reads and locks below a prefix, and what a backend is told."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.delivery.state_backend import StateBackend, StateBackendConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import AccountTrust
from secureinfra.controls.packs import ALL
from secureinfra.engine.backend import secure_s3_backend
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

LEAST: dict[str, Any] = {"bucket": "acme-state", "region": "eu-central-1", "account_id": "111122223333"}
ALIAS = "arn:aws:kms:eu-central-1:111122223333:alias/acme-state"
ADMINISTRATOR = "arn:aws:iam::111122223333:role/administrator"
BUCKET = "${aws_s3_bucket.state_bucket.arn}"


def backend(stack: Any, **values: Any) -> StateBackend:
    return StateBackend(stack, "state", StateBackendConfig(**{**LEAST, **values}))


def role(stack: Any) -> SecureRole:
    trust = AccountTrust(account_id="111122223333", organization_id="o-a1b2c3d4e5")
    return SecureRole(stack, "role", RoleConfig(trust=trust))


def policy_of(stack: Any, address: str) -> list[dict[str, Any]]:
    type, _, name = address.partition(".")
    statements: list[dict[str, Any]] = json.loads(synthesize(stack)["resource"][type][name]["policy"])["Statement"]
    return statements


def denials(stack: Any) -> dict[str, dict[str, Any]]:
    statements = policy_of(stack, "aws_s3_bucket_policy.state_bucket_policy")
    return {statement["Sid"]: statement for statement in statements if statement["Effect"] == "Deny"}


def granted(stack: Any) -> dict[tuple[str, ...], list[str]]:
    statements = policy_of(stack, "aws_iam_role_policy.role_permissions")
    return {tuple(statement["Action"]): statement["Resource"] for statement in statements}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    backend(stack)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    state = backend(
        stack,
        alias="terraform/state",
        users=(ADMINISTRATOR, "${aws_iam_role.break_glass.arn}"),
        strict=True,
        noncurrent_days=730,
        protect=False,
        tags={"team": "platform"},
    )
    state.grant_read_write(role(stack), "acme/shop/")
    matches_snapshot(stack)


def test_meets_every_control() -> None:
    stack = test_stack()
    backend(stack).grant_read_write(role(stack), "acme/shop/")
    assert_meets(synthesize(stack), ALL)


def test_objects_go_in_under_this_key_only() -> None:
    stack = test_stack()
    backend(stack)
    found = denials(stack)
    header = "s3:x-amz-server-side-encryption"
    assert found["DenyOtherEncryption"]["Condition"] == {
        "Null": {header: ["false"]},
        "StringNotEquals": {header: ["aws:kms"]},
    }
    assert found["DenyOtherKeys"]["Condition"]["StringNotEquals"] == {
        f"{header}-aws-kms-key-id": ["${aws_kms_key.state_key.arn}", ALIAS]
    }


def test_nobody_deletes_versions() -> None:
    stack = test_stack()
    backend(stack)
    denied = denials(stack)["DenyDeletingVersions"]
    assert (denied["Principal"], denied["Action"], denied["Resource"]) == (
        "*",
        ["s3:DeleteObjectVersion"],
        [f"{BUCKET}/*"],
    )
    assert "Condition" not in denied


def test_read_lists_gets_and_decrypts_below_the_prefix() -> None:
    stack = test_stack()
    backend(stack).grant_read(role(stack), "acme/shop/")
    assert granted(stack) == {
        ("s3:ListBucket",): [BUCKET],
        ("s3:GetObject",): [f"{BUCKET}/acme/shop/*"],
        ("kms:Decrypt",): ["${aws_kms_key.state_key.arn}"],
    }


def test_write_locks_and_deletes_nothing_but_locks() -> None:
    stack = test_stack()
    backend(stack).grant_read_write(role(stack), "acme/shop/")
    assert granted(stack) == {
        ("s3:ListBucket",): [BUCKET],
        ("s3:GetObject", "s3:PutObject"): [f"{BUCKET}/acme/shop/*"],
        ("s3:DeleteObject",): [f"{BUCKET}/acme/shop/*.tflock"],
        ("kms:GenerateDataKey", "kms:Decrypt"): ["${aws_kms_key.state_key.arn}"],
    }


def test_listing_is_of_the_prefix_and_where_terraform_looks_for_workspaces() -> None:
    stack = test_stack()
    backend(stack).grant_read(role(stack), "acme/shop/")
    statements = policy_of(stack, "aws_iam_role_policy.role_permissions")
    (listing,) = (statement for statement in statements if statement["Action"] == ["s3:ListBucket"])
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["acme/shop/*", "env:/*"]}}


def test_key_is_used_through_s3_only() -> None:
    stack = test_stack()
    backend(stack).grant_read(role(stack))
    statements = policy_of(stack, "aws_iam_role_policy.role_permissions")
    (use,) = (statement for statement in statements if statement["Action"] == ["kms:Decrypt"])
    assert use["Condition"] == {
        "StringEquals": {
            "kms:ViaService": ["s3.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"]
        }
    }


def test_users_reach_every_state() -> None:
    stack = test_stack()
    backend(stack, users=(ADMINISTRATOR,))
    allowed = [s for s in policy_of(stack, "aws_s3_bucket_policy.state_bucket_policy") if s["Effect"] == "Allow"]
    assert {tuple(statement["Action"]): statement["Resource"] for statement in allowed} == {
        ("s3:ListBucket",): [BUCKET],
        ("s3:GetObject", "s3:PutObject"): [f"{BUCKET}/*"],
        ("s3:DeleteObject",): [f"{BUCKET}/*.tflock"],
    }
    assert all(statement["Principal"] == {"AWS": [ADMINISTRATOR]} for statement in allowed)


def test_strict_key_opens_for_users_and_granted_roles_only() -> None:
    stack = test_stack()
    state = backend(stack, strict=True, users=(ADMINISTRATOR,))
    state.grant_read(role(stack), "acme/shop/")
    statements = policy_of(stack, "aws_kms_key.state_key")
    opens = {s["Sid"]: s["Principal"]["AWS"] for s in statements if "kms:Decrypt" in s["Action"]}
    assert opens == {"WriteState": [ADMINISTRATOR], "ReadState": ["${aws_iam_role.role.arn}"]}


def test_backend_config_is_what_a_backend_takes() -> None:
    state = backend(test_stack())
    other = test_stack("network")
    secure_s3_backend(other, state.backend_config("acme/shop/network.tfstate"))
    assert synthesize(other)["terraform"]["backend"]["s3"] == {
        "bucket": "acme-state",
        "key": "acme/shop/network.tfstate",
        "region": "eu-central-1",
        "encrypt": True,
        "kms_key_id": ALIAS,
        "use_lockfile": True,
    }


def test_opentofu_calls_the_key_itself() -> None:
    stack = test_stack()
    state = backend(stack, opentofu_encrypts=True)
    state.grant_read(role(stack), "acme/shop/")
    (calls,) = (s for s in policy_of(stack, "aws_iam_role_policy.role_permissions") if "kms:Decrypt" in s["Action"])
    # Even to read a state, it generates a data key; and a key that only S3 may use would refuse it.
    assert calls["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert "Condition" not in calls
    found = state.backend_config("network.tfstate", "start")
    assert (found.opentofu_kms_key_id, found.opentofu_encryption) == (ALIAS, "start")
    plain = backend(test_stack()).backend_config("network.tfstate", "start")
    assert (plain.opentofu_kms_key_id, plain.opentofu_encryption) == (None, "on")


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("us-east-1", "aws")]
)
def test_alias_is_of_the_partition(region: str, partition: str) -> None:
    state = backend(test_stack(), region=region)
    assert state.key_alias_arn == f"arn:{partition}:kms:{region}:111122223333:alias/acme-state"


def test_terraform_stops_where_backends_would_look_in_the_wrong_place() -> None:
    stack = test_stack()
    backend(stack)
    bucket = synthesize(stack)["resource"]["aws_s3_bucket"]["state_bucket"]
    conditions = [condition["condition"] for condition in bucket["lifecycle"]["precondition"]]
    assert conditions == [
        '${"eu-central-1" == data.aws_region.current.id}',
        '${"111122223333" == data.aws_caller_identity.current.account_id}',
    ]


def test_takes_what_only_terraform_knows() -> None:
    stack = test_stack()
    backend(stack, bucket="${var.bucket}", region="${var.region}", account_id="${var.account}")
    made = synthesize(stack)["resource"]
    assert made["aws_s3_bucket"]["state_bucket"]["bucket"] == "${var.bucket}"
    assert made["aws_kms_alias"]["state_key_alias"]["name"] == "alias/${var.bucket}"
    conditions = [c["condition"] for c in made["aws_s3_bucket"]["state_bucket"]["lifecycle"]["precondition"]]
    assert "${var.region == data.aws_region.current.id}" in conditions


def test_refuses_backend_that_only_terraform_knows() -> None:
    with pytest.raises(
        ConfigError, match=r"test/state: S3StateConfig bucket='\$\{var.bucket\}' is known to Terraform only"
    ):
        backend(test_stack(), bucket="${var.bucket}").backend_config("network.tfstate")


@pytest.mark.parametrize("prefix", ["acme/shop", "/acme/", "acme/*/", "acme//"])
def test_refuses_prefix_that_reaches_further(prefix: str) -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match="test/state: prefix='.*' is not a prefix of states: write names that end with '/'"
    ):
        backend(stack).grant_read(role(stack), prefix)


@pytest.mark.parametrize("lacking", sorted(LEAST))
def test_refuses_backend_without(lacking: str) -> None:
    given = {name: value for name, value in LEAST.items() if name != lacking}
    with pytest.raises(ConfigError, match=f"test/state: StateBackendConfig lacks '{lacking}'"):
        StateBackend(test_stack(), "state", StateBackendConfig(**given))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bucket": "Acme.State"}, "bucket='Acme.State' is not a usable bucket name"),
        ({"account_id": "42"}, "account_id='42' is not an AWS account id"),
        ({"noncurrent_days": 0}, "noncurrent_days=0 must be between 1 and 36500 days"),
        ({"versioned": False}, "has no field 'versioned'"),
        ({"users": ("administrator",)}, "users.0='administrator' is not an ARN"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        backend(test_stack(), **change)
    assert message in str(error.value)


def test_refuses_user_that_is_no_role() -> None:
    with pytest.raises(ConfigError, match="grantee 'arn:aws:iam::111122223333:user/me' is not a role"):
        backend(test_stack(), users=("arn:aws:iam::111122223333:user/me",))


def test_addresses() -> None:
    stack = test_stack()
    backend(stack)
    assert [address for address in addresses(synthesize(stack)) if ".access_logs_" not in address] == [
        "aws_kms_alias.state_key_alias",
        "aws_kms_key.state_key",
        "aws_s3_bucket.state_bucket",
        "aws_s3_bucket_lifecycle_configuration.state_bucket_lifecycle",
        "aws_s3_bucket_logging.state_bucket_access_logging",
        "aws_s3_bucket_ownership_controls.state_bucket_ownership",
        "aws_s3_bucket_policy.state_bucket_policy",
        "aws_s3_bucket_public_access_block.state_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration.state_bucket_encryption",
        "aws_s3_bucket_versioning.state_bucket_versioning",
    ]
