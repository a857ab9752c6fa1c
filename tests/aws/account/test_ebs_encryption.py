"""EbsEncryption: the region's switch, its key, and who may use that key through EC2."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.account.ebs_encryption import EbsEncryption, EbsEncryptionConfig
from secureinfra.aws.kms.key import SecureKey
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
REGION = "${data.aws_region.current.id}"


def statements_of(stack: Any) -> dict[str, dict[str, Any]]:
    (key,) = synthesize(stack)["resource"]["aws_kms_key"].values()
    return {statement["Sid"]: statement for statement in json.loads(key["policy"])["Statement"]}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = EbsEncryptionConfig(
        service_linked_roles=("autoscaling", "spot", "spotfleet"), protect=False, tags={"team": "platform"}
    )
    EbsEncryption(stack, "volumes", config, provider="aws.other")
    EbsEncryption(stack, "shared", key=SecureKey(stack, "data"))
    matches_snapshot(stack)


def test_default_encryption() -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes")
    (switch,) = synthesize(stack)["resource"]["aws_ebs_encryption_by_default"].values()
    assert switch["enabled"] is True


def test_default_key() -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes")
    (default,) = synthesize(stack)["resource"]["aws_ebs_default_kms_key"].values()
    assert default["key_arn"] == "${aws_kms_key.volumes_key.arn}"


def test_key_is_used_by_this_account_through_ec2_only() -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes")
    for_everybody = [s for s in statements_of(stack).values() if s["Principal"] == "*"]
    assert len(for_everybody) == 2
    for statement in for_everybody:
        assert statement["Condition"]["StringEquals"] == {
            "kms:CallerAccount": [ACCOUNT],
            "kms:ViaService": [f"ec2.{REGION}.${{data.aws_partition.current.dns_suffix}}"],
        }


def test_grants_are_for_aws_services_only() -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes", EbsEncryptionConfig(service_linked_roles=("autoscaling",)))
    granting = [s for s in statements_of(stack).values() if "kms:CreateGrant" in s["Action"]]
    assert {s["Sid"] for s in granting} == {"ThisAccountThroughEc2Grant", "AutoscalingGrant"}
    for statement in granting:
        assert statement["Action"] == ["kms:CreateGrant"]
        assert statement["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": ["true"]}


@pytest.mark.parametrize(
    ("service", "role"),
    [
        ("autoscaling", "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"),
        ("spot", "spot.amazonaws.com/AWSServiceRoleForEC2Spot"),
        ("spotfleet", "spotfleet.amazonaws.com/AWSServiceRoleForEC2SpotFleet"),
    ],
)
def test_service_that_launches_instances_uses_the_key(service: Any, role: str) -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes", EbsEncryptionConfig(service_linked_roles=(service,)))
    (principal,) = statements_of(stack)[service.capitalize()]["Principal"]["AWS"]
    assert principal.endswith(f":iam::{ACCOUNT}:role/aws-service-role/{role}")


def test_no_service_linked_role_is_named_unless_asked_for() -> None:
    # AWS refuses a policy with a principal that does not exist.
    stack = test_stack()
    EbsEncryption(stack, "volumes")
    assert "aws-service-role" not in json.dumps(statements_of(stack))


def test_each_region_has_a_key_of_its_own() -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes")
    EbsEncryption(stack, "volumes-virginia", provider="aws.virginia")
    document = synthesize(stack)["resource"]
    assert [key.get("provider") for key in document["aws_kms_key"].values()] == [None, "aws.virginia"]
    abroad = json.loads(document["aws_kms_key"]["volumes_virginia_key"]["policy"])["Statement"][1]
    assert "data.aws_region.current_virginia.id" in abroad["Condition"]["StringEquals"]["kms:ViaService"][0]


def test_key_of_another_region_is_refused_by_terraform() -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes", key=SecureKey(stack, "data"), provider="aws.virginia")
    (default,) = synthesize(stack)["resource"]["aws_ebs_default_kms_key"].values()
    (judged,) = default["lifecycle"]["precondition"]
    assert judged["condition"] == '${split(":", aws_kms_key.data_key.arn)[3] == data.aws_region.current_virginia.id}'
    assert "key 'test/data' belongs to another region" in judged["error_message"]


def test_refuses_unknown_service() -> None:
    with pytest.raises(ConfigError, match="service_linked_roles"):
        EbsEncryption(test_stack(), "volumes", EbsEncryptionConfig.of({"service_linked_roles": ["lambda"]}))


def test_addresses() -> None:
    stack = test_stack()
    EbsEncryption(stack, "volumes")
    assert addresses(synthesize(stack)) == [
        "aws_ebs_default_kms_key.volumes_default_key",
        "aws_ebs_encryption_by_default.volumes_encryption",
        "aws_kms_alias.volumes_key_alias",
        "aws_kms_key.volumes_key",
    ]
