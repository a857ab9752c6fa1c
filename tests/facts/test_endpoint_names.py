"""Endpoint services by region."""

import pytest

from secureinfra.facts.endpoint_names import endpoint_service, is_whole_name


@pytest.mark.parametrize(
    ("service", "region", "name"),
    [
        ("ecr.api", "eu-central-1", "com.amazonaws.eu-central-1.ecr.api"),
        ("ecr.api", "us-gov-west-1", "com.amazonaws.us-gov-west-1.ecr.api"),
        ("ecr.api", "cn-north-1", "cn.com.amazonaws.cn-north-1.ecr.api"),
        ("ssm", "cn-north-1", "com.amazonaws.cn-north-1.ssm"),
        ("polly", "cn-northwest-1", "cn.com.amazonaws.cn-northwest-1.polly"),
        ("transcribe", "cn-north-1", "cn.com.amazonaws.cn-north-1.transcribe.cn"),
        ("ecr.dkr", "eusc-de-east-1", "eu.amazonaws.eusc-de-east-1.ecr.dkr"),
        ("kms", "eusc-de-east-1", "com.amazonaws.eusc-de-east-1.kms"),
    ],
)
def test_name(service: str, region: str, name: str) -> None:
    assert endpoint_service(service, region, region) == name
    assert is_whole_name(name)
    assert not is_whole_name(service)


def test_region_that_is_not_known() -> None:
    assert endpoint_service("ecr.api", "${var.region}", None) == "com.amazonaws.${var.region}.ecr.api"
