"""Controls on KMS keys, each with an input that meets it, one for each way of breaking it, and one that nobody knows."""

import json
from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls import kms
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import failure, status


def key(**arguments: Any) -> dict[str, Any]:
    return {"k": arguments}


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement}]})


def test_rotated() -> None:
    assert status(kms.ROTATED, aws_kms_key=key(enable_key_rotation=True)) == "passed"
    assert failure(kms.ROTATED, aws_kms_key=key()) == (
        "aws_kms_key.k enable_key_rotation: enable_key_rotation is not set -> enable_key_rotation = true"
    )
    assert "= false" in failure(kms.ROTATED, aws_kms_key=key(enable_key_rotation=False))
    assert status(kms.ROTATED, variable={"on": {}}, aws_kms_key=key(enable_key_rotation="${var.on}")) == "unknown"
    assert status(kms.ROTATED, aws_kms_key=key(customer_master_key_spec="RSA_2048")) == "not applicable"
    assert status(kms.ROTATED, aws_kms_key=key(custom_key_store_id="cks-1234567890abcdef0")) == "not applicable"


def test_policy_explicit() -> None:
    beside = {
        "p": {"key_id": "${aws_kms_key.k.id}", "policy": policy(Action="kms:*", Principal={"AWS": "111122223333"})}
    }
    assert status(kms.POLICY_EXPLICIT, aws_kms_key=key(policy="{}")) == "passed"
    assert status(kms.POLICY_EXPLICIT, aws_kms_key=key(), aws_kms_key_policy=beside) == "passed"
    assert "no policy" in failure(kms.POLICY_EXPLICIT, aws_kms_key=key())
    assert status(kms.POLICY_EXPLICIT, variable={"p": {}}, aws_kms_key=key(policy="${var.p}")) == "unknown"
    elsewhere = {"p": {"key_id": "${var.key}", "policy": "{}"}}
    assert (
        status(kms.POLICY_EXPLICIT, variable={"key": {}}, aws_kms_key=key(), aws_kms_key_policy=elsewhere) == "unknown"
    )


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::111122223333:root", "*"]}])
def test_policy_not_public(principal: Any) -> None:
    public = policy(Action="kms:Decrypt", Principal=principal)
    limited = policy(
        Action="kms:Decrypt", Principal=principal, Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}}
    )
    assert "policy.Statement[0]: Allow for Principal '*'" in failure(
        kms.POLICY_NOT_PUBLIC, aws_kms_key=key(policy=public)
    )
    assert status(kms.POLICY_NOT_PUBLIC, aws_kms_key=key(policy=limited)) == "passed"
    how = policy(Action="kms:Decrypt", Principal=principal, Condition={"Bool": {"aws:SecureTransport": "true"}})
    assert status(kms.POLICY_NOT_PUBLIC, aws_kms_key=key(policy=how)) == "failed", "everybody can use TLS"
    assert status(kms.POLICY_NOT_PUBLIC, aws_kms_key_policy={"p": {"key_id": "k", "policy": public}}) == "failed"


def test_policy_not_public_in_a_data_source() -> None:
    statement = {"actions": ["kms:*"], "resources": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]}
    data = {"aws_iam_policy_document": {"d": {"statement": [statement]}}}
    held = key(policy="${data.aws_iam_policy_document.d.json}")
    assert status(kms.POLICY_NOT_PUBLIC, data=data, aws_kms_key=held) == "failed"
    statement["principals"] = [{"type": "AWS", "identifiers": ["${var.admin}"]}]
    assert status(kms.POLICY_NOT_PUBLIC, data=data, variable={"admin": {}}, aws_kms_key=held) == "unknown"
    statement["principals"] = [{"type": "AWS", "identifiers": ["${aws_iam_role.r.arn}"]}]
    assert status(kms.POLICY_NOT_PUBLIC, data=data, aws_kms_key=held, aws_iam_role={"r": {}}) == "passed"


def test_deletion_delayed() -> None:
    assert status(kms.DELETION_DELAYED, aws_kms_key=key()) == "passed"
    assert "deletion_window_in_days = 7" in failure(kms.DELETION_DELAYED, aws_kms_key=key(deletion_window_in_days=7))
    assert (
        status(kms.DELETION_DELAYED, aws_kms_key=key(deletion_window_in_days="${var.days}"), variable={"days": {}})
        == "unknown"
    )


def test_enabled() -> None:
    assert status(kms.ENABLED, aws_kms_key=key()) == "passed"
    assert status(kms.ENABLED, aws_kms_key=key(is_enabled=False)) == "failed"
    assert status(kms.ENABLED, aws_kms_key=key(is_enabled="${var.on}"), variable={"on": {}}) == "unknown"


def test_single_region() -> None:
    assert status(kms.SINGLE_REGION, aws_kms_key=key()) == "passed"
    assert status(kms.SINGLE_REGION, aws_kms_key=key(multi_region=True)) == "failed"
    assert status(kms.SINGLE_REGION, aws_kms_key=key(multi_region="${var.many}"), variable={"many": {}}) == "unknown"


OTHER = "arn:aws:iam::999999999999:root"
OWN = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"


def external(principal: Any, action: Any = "kms:*", accounts: Any = ("111122223333",), **parts: Any) -> str:
    """The answer for a policy with a second statement, which the own account's root need not have."""
    first = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": OWN}}
    second = {"Effect": "Allow", "Action": action, "Resource": "*", "Principal": principal, **parts}
    denied = [second.pop("deny")] if "deny" in second else []
    text = json.dumps({"Version": "2012-10-17", "Statement": [first, second, *denied]})
    document: dict[str, Any] = {
        "resource": {"aws_kms_key": key(policy=text)},
        "data": {"aws_caller_identity": {"current": {}}},
        "provider": {"aws": {"allowed_account_ids": list(accounts)}},
        "variable": {"x": {}},
    }
    (one,) = run_controls(Configuration.of(document), [kms.POLICY_NO_EXTERNAL_ADMIN])
    return one.status


def test_policy_no_external_admin() -> None:
    assert external({"AWS": OTHER}) == "failed"
    assert external({"AWS": "999999999999"}, "kms:PutKey*") == "failed"
    assert external("*") == external({"AWS": "*"}) == "failed"
    assert external({"AWS": "arn:aws:iam::999999999999:role/x"}, ["kms:ScheduleKeyDeletion"]) == "failed"
    assert external({"AWS": OTHER}, ["kms:Encrypt", "kms:Decrypt"]) == "passed"
    assert external({"AWS": "arn:aws:iam::111122223333:role/admin"}) == "passed"
    assert external({"AWS": OTHER}, accounts=()) == "unknown"
    assert external({"AWS": "${var.x}"}) == "unknown"


def test_policy_no_external_admin_by_meaning() -> None:
    def where(operator: str, name: str, value: str) -> dict[str, Any]:
        return {"Condition": {operator: {name: value}}}

    assert external("*", **where("StringEquals", "kms:CallerAccount", "111122223333")) == "passed"
    assert external("*", **where("StringEquals", "kms:CallerAccount", "999999999999")) == "failed"
    assert external("*", **where("StringEquals", "aws:PrincipalOrgID", "o-1")) == "failed"
    assert external("*", **where("StringEquals", "aws:PrincipalAccount", "${var.x}")) == "unknown"
    grants = where("Bool", "kms:GrantIsForAWSResource", "true")
    assert external({"AWS": OTHER}, "kms:CreateGrant", **grants) == "passed"
    assert external({"AWS": OTHER}, "kms:CreateGrant") == "failed"
    keeps_out = {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Principal": "*"}
    others = {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}
    assert external({"AWS": OTHER}, deny={**keeps_out, "Condition": others}) == "passed"
    assert external({"AWS": OTHER}, deny={**keeps_out, "Action": "kms:Decrypt"}) == "failed"


def test_policy_no_external_admin_where_one_account_must_be_the_own_one() -> None:
    control = kms.POLICY_NO_EXTERNAL_ADMIN
    one = policy(Action="kms:*", Principal={"AWS": OTHER})
    assert status(control, aws_kms_key=key(policy=one)) == "passed"
    assert status(control, aws_kms_key=key(policy=one, bypass_policy_lockout_safety_check=True)) == "unknown"
    assert status(control, aws_kms_key=key()) == "not applicable"
    for type in ("aws_kms_key_policy", "aws_kms_replica_key", "aws_kms_external_key"):
        assert "for everybody" in failure(control, **{type: {"k": {"policy": policy(Action="*", Principal="*")}}})
