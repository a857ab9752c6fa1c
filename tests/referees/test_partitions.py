"""GovCloud, China and the European Sovereign Cloud: no host name of partition `aws` is written, and what they lack is refused."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.aws.wafv2.web_acl_config import WebAclConfig
from secureinfra.blueprints import blueprints
from secureinfra.config.config import Config
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.engine.stack import state_of
from secureinfra.engine.whole_app import complaint
from secureinfra.errors import ConfigError
from secureinfra.facts.partitions import partition_of
from secureinfra.modules.build.build import configured
from secureinfra.modules.entries.catalogue import entries, find
from secureinfra.stacks.new.example import example_of
from secureinfra.testing import synthesize, test_stack
from tests.modules.cases import SETTINGS

REGIONS = ("cn-north-1", "us-gov-west-1", "eusc-de-east-1")
# What is refused there, and what the refusal says.
_ABROAD = "it needs us-east-1 as well, but us-east-1 is in partition aws, and {region} in"
REFUSED = {
    "zone": "Use a private zone, or leave it out there: us-east-1 is in partition aws, and {region} in",
    "macie": "AWS does not offer Macie in {region}",
    "account-baseline": _ABROAD,
    "static-site": _ABROAD,
}
NAMES = [name for name, entry in entries().items() if not entry.load().__name__.endswith("Module")]
HOST = re.compile(r"[\w.${}*-]*amazonaws[\w.${}-]*")
# Where AWS itself writes `amazonaws.com` in every partition: the names of services as principals, but `logs` in China, which is
# written with the partition's suffix, and what stands for AWS with identity providers
# (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html; the provider's data source
# aws_service_principal); and the names of endpoint services, which begin with a domain in reverse.
PRINCIPAL = re.compile(r"(?:[a-z0-9-]+\.){1,3}amazonaws\.com")
ENDPOINT = re.compile(r"(?:(?:cn\.)?com|eu)\.amazonaws\.\$\{data\.aws_region\.current\.id\}\.[a-z0-9.-]+")
IN_PRINCIPALS = ("Principal.Service", "aws_service_name", "client_id_list", "pattern", "principal", "identifiers")


def built(name: str, region: str) -> tuple[dict[str, Any], str]:
    """A construct in a region, and its settings as a text."""
    entry = find(name)
    cls, kind = entry.load(), entry.config_type()
    stack = test_stack("elsewhere")
    AwsProvider(stack, "aws", AwsProviderConfig(region=region))
    config: Config | None = None
    if kind is not None:
        settings = dict(SETTINGS.get(name, {}))
        if name in blueprints():
            settings = example_of(cls, kind).model_dump(mode="json", exclude_unset=True)
        if name == "vpc":
            settings |= {"endpoints": ["session-manager", "containers", "secrets"]}
        if "region" in kind.model_fields:
            settings["region"] = region
        settings = json.loads(json.dumps(settings).replace("eu-central-1", region))
        if "certificate_arn" in settings:
            settings["certificate_arn"] = (
                f"arn:{partition_of(region)}:acm:{region}:111122223333:certificate/{uuid.UUID(int=1)}"
            )
        config, _ = configured(kind, settings, entry, (), None)
    cls(stack, "main", *([config] if config else []))
    if refused := complaint(state_of(stack)):
        raise refused
    return synthesize(stack), str(config)


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its path but words for people, policies decoded."""
    if isinstance(value, dict):
        for key, held in value.items():
            if key not in ("//", "error_message"):
                yield from texts(held, f"{path}.{key}")
    elif isinstance(value, list):
        for held in value:
            yield from texts(held, path)
    elif isinstance(value, str):
        decoded = json.loads(value) if value.startswith('{"') else None
        yield from texts(decoded, path) if decoded is not None else [(path, value)]


def is_right(path: str, text: str, host: str) -> bool:
    if path.endswith("service_name") and ".aws_vpc_endpoint." in path:
        return ENDPOINT.fullmatch(host) is not None
    role_of_service = f":role/aws-service-role/{host}/" in text
    audience = path.endswith(":aud") and host == "sts.amazonaws.com"
    named = path.endswith(IN_PRINCIPALS) or role_of_service or audience
    return named and PRINCIPAL.fullmatch(host) is not None and not host.startswith("logs.")


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_another_partition(name: str, region: str) -> None:
    if said := REFUSED.get(name):
        with pytest.raises(ConfigError) as refused:
            built(name, region)
        assert said.format(region=region) in str(refused.value)
        return
    document, settings = built(name, region)
    # What the settings of an example name stays as it was given: images, ARNs.
    hosts = [
        (path, text, host) for path, text in texts(document) for host in HOST.findall(text) if host not in settings
    ]
    assert [(path, host) for path, text, host in hosts if not is_right(path, text, host)] == []
    arns = {arn for _, text in texts(document) for arn in re.findall(r"arn:aws:[\w:/*.-]*", text)}
    assert {arn for arn in arns if arn not in settings} == set()


def test_hosts_that_are_wrong_are_found() -> None:
    assert not is_right(
        "policy.Statement.Condition.StringEquals.kms:ViaService", "s3.x.amazonaws.com", "s3.x.amazonaws.com"
    )
    assert not is_right("policy.Statement.Principal.Service", "logs.x.amazonaws.com", "logs.x.amazonaws.com")
    assert not is_right("resource.aws_s3_bucket.b.bucket", "b.s3.amazonaws.com", "b.s3.amazonaws.com")


@pytest.mark.parametrize("region", REGIONS)
def test_cloudfront_is_refused_with_the_reason(region: str) -> None:
    stack = test_stack("elsewhere")
    AwsProvider(stack, "aws", AwsProviderConfig(region=region))
    WebAcl(stack, "firewall", WebAclConfig(scope="CLOUDFRONT"))
    with pytest.raises(
        ConfigError, match=f"Leave WebAcl out there: us-east-1 is in partition aws, and {region} in aws-"
    ):
        synthesize(stack)
