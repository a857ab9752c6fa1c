"""What a mocked provider answers in a module's tests: a made-up text would be no account, no ARN and no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from secureinfra.modules.assemble import Module
from secureinfra.modules.placeholders import blocks
from secureinfra.modules.walk import strings
from secureinfra.terraform.hcl_write.nesting import type_of

_ACCOUNT: Final = "111122223333"
_REGION: Final = "eu-central-1"
# What the data sources answer that constructs ask.
_DATA: Final[dict[str, dict[str, Any]]] = {
    "aws_caller_identity": {"account_id": _ACCOUNT, "arn": f"arn:aws:iam::{_ACCOUNT}:role/test", "user_id": "TEST"},
    "aws_region": {"id": _REGION, "name": _REGION},
    "aws_partition": {"id": "aws", "partition": "aws", "dns_suffix": "amazonaws.com"},
    "aws_availability_zones": {
        "names": [f"{_REGION}{letter}" for letter in "abcdefgh"],
        "zone_ids": [f"euc1-az{number}" for number in range(1, 9)],
    },
}
_SUBNET: Final = "subnet-0a1b2c3d4e5f60718"
_ENDPOINT: Final = {"endpoint_id": "vpce-0a1b2c3d4e5f60718", "subnet_id": _SUBNET, "status": "READY"}
# Attributes of resources that expressions of others take apart, beside which only such a value works.
_ATTRIBUTES: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("aws_vpc", "ipv6_cidr_block"): {"ipv6_cidr_block": "2001:db8:1234:5600::/56"},
    ("aws_networkfirewall_firewall", "firewall_status"): {
        "firewall_status": [{"sync_states": [{"availability_zone": f"{_REGION}a", "attachment": [_ENDPOINT]}]}]
    },
    ("aws_subnet", "id"): {"id": _SUBNET},
}
_REFERENCE = re.compile(r"\b(aws_\w+)\.\w+\.(\w+)")


def mocked(module: Module, alias: str | None) -> dict[str, Any]:
    """A mocked provider: the arguments and blocks of `mock_provider`.

    Args:
        module: the module.
        alias: the provider's alias; `None` for the default one.
    """
    held = [
        one for one in blocks(module.document) if one[2].get("provider", "aws") == (f"aws.{alias}" if alias else "aws")
    ]
    data = dict.fromkeys(type for section, (type, _), _ in held if section == "data")
    mocks: dict[str, Any] = {"alias": alias} if alias else {}
    mocks["override_during"] = "plan"
    mocks["mock_data"] = {type: {"defaults": _DATA[type]} for type in data if type in _DATA}
    answers = {type: answer for type, answer in _answers(module, held).items() if answer}
    mocks["mock_resource"] = {type: {"defaults": answer} for type, answer in answers.items()}
    return {name: value for name, value in mocks.items() if value}


def _answers(module: Module, held: Iterable[tuple[str, tuple[str, str], Any]]) -> dict[str, dict[str, Any]]:
    """What resources answer that others ask."""
    asked = {found for text in strings(module.document) for found in _REFERENCE.findall(text)}
    answers: dict[str, dict[str, Any]] = {}
    for section, (type, _), block in held:
        if section == "resource" and type not in answers:
            answers[type] = {"arn": _arn(type, block)} if type_of("resource", type, "arn") == "string" else {}
            for (of, attribute), answer in _ATTRIBUTES.items():
                if of == type and (of, attribute) in asked:
                    answers[type].update(answer)
    return answers


def _arn(type: str, block: Mapping[str, Any]) -> str:
    """An ARN as the provider takes it where it asks for one."""
    _, service, *rest = type.split("_")
    if type == "aws_s3_bucket":
        return "arn:aws:s3:::mock"
    if type == "aws_iam_openid_connect_provider":
        return f"arn:aws:iam::{_ACCOUNT}:oidc-provider/{str(block.get('url', 'mock')).removeprefix('https://')}"
    region = "" if service == "iam" else _REGION
    return f"arn:aws:{service}:{region}:{_ACCOUNT}:{'-'.join(rest) or service}/mock"
