"""Tags that AWS would refuse are refused in every configuration that has tags."""

from typing import Any

import pytest

from secureinfra import AwsProviderConfig, BucketConfig, KeyConfig, RoleConfig, ServiceTrust, VpcConfig
from secureinfra.config.config import Config, refusals_of
from secureinfra.errors import ConfigError


@pytest.mark.parametrize("key", ["aws:x", "AWS:cost", "Aws:createdBy", "aws:"])
@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (BucketConfig, {}),
        (KeyConfig, {}),
        (VpcConfig, {"cidr": "10.0.0.0/16"}),
        (RoleConfig, {"trust": ServiceTrust(service="ec2")}),
        (AwsProviderConfig, {"region": "eu-central-1"}),
    ],
)
def test_refuses_reserved_keys(kind: type[Config], least: dict[str, Any], key: str) -> None:
    config: Config = kind(**{**least, "tags": {key: "y"}})
    assert [problem.path for problem in refusals_of(config)] == [("tags", key)]
    with pytest.raises(
        ConfigError, match=f"{kind.__name__} tags has the key '{key}': AWS reserves keys that begin with 'aws:'"
    ):
        config.require()


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"": "x"}, "tags has a key of 0 characters: AWS takes 1 to 128"),
        ({"k" * 129: "x"}, "tags has a key of 129 characters: AWS takes 1 to 128"),
        ({"note": "v" * 257}, "tags has a value of 257 characters for 'note': AWS takes at most 256. Shorten it"),
        ({str(number): "" for number in range(51)}, "tags has 51 keys: a resource has at most 50"),
    ],
)
def test_refuses_what_is_too_long(tags: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        KeyConfig(tags=tags).require()


def test_accepts_the_longest_and_what_is_known_later() -> None:
    tags = {"k" * 128: "v" * 256, "aws-team": "x", "${var.name}": "y", "note": "${var.note}" + "x" * 300}
    assert KeyConfig(tags=tags).require().tags == tags
