"""DataCatalogEncryption: one for the catalog of a region, under a key that the account uses through Glue only."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.glue.data_catalog_encryption_settings import DataCatalogEncryption, DataCatalogEncryptionConfig
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    DataCatalogEncryption(stack, "catalog")
    matches_snapshot(stack)


def test_meets_every_control() -> None:
    stack = test_stack()
    DataCatalogEncryption(stack, "catalog", DataCatalogEncryptionConfig(protect=False, tags={"team": "data"}))
    assert_meets(synthesize(stack), "all")


def test_the_account_uses_the_key_through_glue_only() -> None:
    stack = test_stack()
    DataCatalogEncryption(stack, "catalog", key=SecureKey(stack, "data", KeyConfig(strict=True)))
    statements = json.loads(synthesize(stack)["resource"]["aws_kms_key"]["data_key"]["policy"])["Statement"]
    (through,) = [one for one in statements if one.get("Sid") == "ThisAccountThroughGlue"]
    assert through["Condition"]["StringEquals"] == {
        "kms:CallerAccount": ["${data.aws_caller_identity.current.account_id}"],
        "kms:ViaService": ["glue.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"],
    }
    assert "kms:CreateGrant" not in through["Action"]


def test_a_key_given_later_leaves_the_former_one() -> None:
    stack = test_stack()
    DataCatalogEncryption(stack, "catalog", key=SecureKey(stack, "data"))
    assert {one["from"] for one in synthesize(stack)["removed"]} == {"aws_kms_key.catalog_key"}


def test_refuses_a_second() -> None:
    stack = test_stack()
    DataCatalogEncryption(stack, "catalog")
    with pytest.raises(ConfigError, match=r"has a DataCatalogEncryption with this provider.* Remove one"):
        DataCatalogEncryption(stack, "other")


def test_another_region_has_its_own() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    other = AwsProvider(stack, "other", AwsProviderConfig(region="eu-west-1", alias="other"))
    DataCatalogEncryption(stack, "catalog")
    DataCatalogEncryption(stack, "abroad", provider=other)
    assert_meets(synthesize(stack), "all")


def test_addresses() -> None:
    stack = test_stack()
    DataCatalogEncryption(stack, "catalog")
    assert addresses(synthesize(stack)) == [
        "aws_glue_data_catalog_encryption_settings.catalog_settings",
        "aws_kms_alias.catalog_key_alias",
        "aws_kms_key.catalog_key",
    ]
