"""Keys: what becomes of alias, rotation and policy, and which keys are none of ours."""

from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.keys import candidate, key_of_arn
from secureinfra.adopt.source import text_of
from tests.adopt.states import ROOT, alias, estate, key, policy, resource

USE = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/etl"},
    "Action": "kms:Decrypt",
    "Resource": "*",
}


def made(*resources: dict[str, Any]) -> Any:
    there = estate(*resources)
    return candidate(there, there.of("aws_kms_key")[0])


def test_a_key_with_its_alias() -> None:
    found = made(key(rotation_period_in_days=90, tags={"team": "shop"}), alias("shop/data"))
    assert text_of(found.config).replace("\n", "").replace(" ", "") == (
        'KeyConfig(alias="shop/data",description="Data",rotation_period_in_days=90,tags={"team":"shop"},)'
    )
    assert {role: part.id for role, part in found.parts.items()} == {"key": "1234-data", "alias": "alias/shop/data"}
    assert found.calls == ()


def test_statements_are_carried_over() -> None:
    (call,) = made(key(policy=policy(USE))).calls
    assert call.name == "policy.add"
    assert "role/etl" in text_of(call)


def test_a_policy_that_alone_decides_still_does() -> None:
    assert made(key(policy=policy(USE))).config.named["strict"] is True
    assert "strict" not in made(key(policy=ROOT)).config.named


def test_a_policy_of_its_own_resource_is_superseded() -> None:
    found = made(key(), resource("aws_kms_key_policy.data", key_id="1234-data", policy=policy(USE)))
    assert len(found.calls) == 1
    assert [one.address for one, _ in found.superseded] == ["aws_kms_key_policy.data"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"key_usage": "SIGN_VERIFY", "customer_master_key_spec": "RSA_2048"}, "another kind"),
        ({"custom_key_store_id": "cks-1"}, "custom key store"),
        ({"is_enabled": False}, "disabled"),
        ({"policy": "{"}, "not readable"),
        ({"policy": ""}, "no policy of it"),
        ({"description": "x", "sensitive": {"description": True}}, "sensitive"),
    ],
)
def test_refuses_other_keys(values: dict[str, Any], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        made(key(**values))


@pytest.mark.parametrize("given", ["1234-data", "arn:aws:kms:eu-central-1:123456789012:key/1234-data", "alias/data"])
def test_a_key_is_found_by_what_names_it(given: str) -> None:
    there = key_of_arn(estate(key(), alias("data")), given)
    assert there is not None
    assert there.address == "aws_kms_key.data"
