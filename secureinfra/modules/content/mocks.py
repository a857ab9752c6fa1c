"""Values of a mocked provider in a module's tests: random text would not be a valid account, ARN or network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from secureinfra.modules.content.assemble import GeneratedModule
from secureinfra.modules.content.example import region_of
from secureinfra.modules.content.placeholders import blocks
from secureinfra.modules.content.walk import rewritten, strings
from secureinfra.terraform.hcl_write.nesting import type_of

_ACCOUNT: Final = "111122223333"
_REGION: Final = "eu-central-1"
# Values of the data sources that constructs use.
_DATA: Final[dict[str, dict[str, Any]]] = {
    "aws_caller_identity": {"account_id": _ACCOUNT, "arn": f"arn:aws:iam::{_ACCOUNT}:role/test", "user_id": "TEST"},
    "aws_partition": {"id": "aws", "partition": "aws", "dns_suffix": "amazonaws.com"},
    "aws_availability_zones": {
        "names": [f"{_REGION}{letter}" for letter in "abcdefgh"],
        "zone_ids": [f"euc1-az{number}" for number in range(1, 9)],
    },
    "aws_ec2_instance_type_offerings": {"instance_types": ["t4g.small"]},
    "aws_subnet": {"availability_zone": f"{_REGION}a", "cidr_block": "10.20.16.0/20"},
}
_SUBNET: Final = "subnet-0a1b2c3d4e5f60718"
_ENDPOINT: Final = {"endpoint_id": "vpce-0a1b2c3d4e5f60718", "subnet_id": _SUBNET, "status": "READY"}
_SECRET: Final = f"arn:aws:secretsmanager:{_REGION}:{_ACCOUNT}:secret:mock"
# Attributes that expressions of other resources parse, so that only such values work.
_ATTRIBUTES: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("aws_vpc", "ipv6_cidr_block"): {"ipv6_cidr_block": "2001:db8:1234:5600::/56"},
    ("aws_networkfirewall_firewall", "firewall_status"): {
        "firewall_status": [{"sync_states": [{"availability_zone": f"{_REGION}a", "attachment": [_ENDPOINT]}]}]
    },
    ("aws_subnet", "id"): {"id": _SUBNET},
    # Any Terraform value but an empty list, which has no first one.
    ("aws_db_instance", "master_user_secret"): {"master_user_secret": [{"secret_arn": _SECRET}]},
    ("aws_rds_cluster", "master_user_secret"): {"master_user_secret": [{"secret_arn": _SECRET}]},
    ("aws_apigatewayv2_api", "execution_arn"): {
        "execution_arn": f"arn:aws:execute-api:{_REGION}:{_ACCOUNT}:a1b2c3d4e5"
    },
    ("aws_api_gateway_rest_api", "execution_arn"): {
        "execution_arn": f"arn:aws:execute-api:{_REGION}:{_ACCOUNT}:a1b2c3d4e5"
    },
    ("aws_cognito_user_pool", "id"): {"id": f"{_REGION}_Ab12cD34e"},
}
_VARIABLE = re.compile(r"\$\{var\.(\w+)\}")
# ARNs of load balancers contain their kind, and validations check it.
_BALANCING: Final = {
    "aws_lb_listener": "listener/app/mock/1/1",
    "aws_lb_listener_rule": "listener-rule/app/mock/1/1/1",
    "aws_lb_target_group": "targetgroup/mock/1",
}
_REFERENCE = re.compile(r"\b(aws_\w+)\.\w+\.(\w+)")


def mocked(module: GeneratedModule, alias: str | None) -> dict[str, Any]:
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
    region = region_of(alias) if alias else _REGION
    # Provider 5 does not know `region`, and refuses a mock of what it does not know.
    names = ("id", "name", "region") if module.source.provider_major == 6 else ("id", "name")
    known = {**_DATA, "aws_region": dict.fromkeys(names, region)}
    mocks["mock_data"] = {type: {"defaults": known[type]} for type in data if type in known}
    answers = {type: answer for type, answer in _answers(module, held, region).items() if answer}
    mocks["mock_resource"] = {type: {"defaults": answer} for type, answer in answers.items()}
    return {name: value for name, value in mocks.items() if value}


def _answers(
    module: GeneratedModule, held: Iterable[tuple[str, tuple[str, str], Any]], region: str
) -> dict[str, dict[str, Any]]:
    """Values of resource attributes that other resources use."""
    asked = {found for text in strings(module.document) for found in _REFERENCE.findall(text)}
    answers: dict[str, dict[str, Any]] = {}
    for section, (type, _), block in held:
        if section == "resource" and type not in answers:
            own = block.get("region", region)
            answers[type] = {"arn": _arn(type, block, own)} if type_of("resource", type, "arn") == "string" else {}
            for (of, attribute), answer in _ATTRIBUTES.items():
                if of == type and (of, attribute) in asked:
                    answers[type].update(answer)
        if (type, "domain_validation_options") in asked and section == "resource":
            answers[type].setdefault("domain_validation_options", []).extend(_validations(module, block))
    return answers


def _validations(module: GeneratedModule, certificate: Mapping[str, Any]) -> list[dict[str, str]]:
    """The DNS validation options of a certificate: one for each domain name, which records look up by name."""
    values = {variable.name: str(variable.value) for variable in module.variables}
    names = [certificate["domain_name"], *certificate.get("subject_alternative_names", ())]
    return [
        {
            "domain_name": name,
            "resource_record_name": f"_mock.{name.removeprefix('*.')}.",
            "resource_record_type": "CNAME",
            "resource_record_value": "_mock.acm-validations.aws.",
        }
        for name in rewritten(names, lambda text: _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text))
    ]


def _arn(type: str, block: Mapping[str, Any], region: str) -> str:
    """A valid ARN for arguments that require one."""
    _, service, *rest = type.split("_")
    if type == "aws_s3_bucket":
        return "arn:aws:s3:::mock"
    if service == "lb":
        return f"arn:aws:elasticloadbalancing:{region}:{_ACCOUNT}:{_BALANCING.get(type, 'loadbalancer/app/mock/1')}"
    if type == "aws_iam_openid_connect_provider":
        return f"arn:aws:iam::{_ACCOUNT}:oidc-provider/{str(block.get('url', 'mock')).removeprefix('https://')}"
    where = "" if service == "iam" else region
    return f"arn:aws:{service}:{where}:{_ACCOUNT}:{'-'.join(rest) or service}/mock"
