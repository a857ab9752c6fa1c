"""The files of `terraform test` that a module brings along: what its defaults give, and what it refuses."""

from __future__ import annotations

import re
from typing import Any, Final

from secureinfra.modules.assemble import Module
from secureinfra.modules.assertions import assertions_of
from secureinfra.modules.placeholders import blocks
from secureinfra.modules.refusals import refusals_of
from secureinfra.modules.walk import strings
from secureinfra.terraform.hcl_write.nesting import type_of

_ACCOUNT: Final = "111122223333"
_REGION: Final = "eu-central-1"
# What the data sources answer that constructs ask; a made-up answer would be no account and no region.
_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "aws_caller_identity": {"account_id": _ACCOUNT, "arn": f"arn:aws:iam::{_ACCOUNT}:role/test", "user_id": "TEST"},
    "aws_region": {"id": _REGION, "name": _REGION},
    "aws_partition": {"id": "aws", "partition": "aws", "dns_suffix": "amazonaws.com"},
    "aws_availability_zones": {
        "names": [f"{_REGION}{letter}" for letter in "abcdefgh"],
        "zone_ids": [f"euc1-az{number}" for number in range(1, 9)],
    },
}
_NETWORK = re.compile(r"\b(aws_\w+)\.\w+\.ipv6_cidr_block\b")


def defaults_test(module: Module) -> dict[str, Any]:
    """What a plan with default values must hold, one assertion for each decision."""
    run: dict[str, Any] = {"command": "plan", "assert": assertions_of(module)}
    return {**_beginning(module), "run": {"defaults": run}}


def refusals_test(module: Module) -> dict[str, Any]:
    """One run for each validation, which must refuse the value that it gets."""
    found, _ = refusals_of(module.variables)
    runs: dict[str, Any] = {}
    for refusal in found:
        number = f"_{refusal.number}" if refusal.number > 1 else ""
        runs[f"refuses_{refusal.variable}{number}"] = {
            "//": {"comment": refusal.message},
            "command": "plan",
            "variables": {refusal.variable: _literal(refusal.value)},
            "expect_failures": [f"var.{name}" for name in refusal.refused],
        }
    return {**_beginning(module), "run": runs} if runs else {}


def unrefused(module: Module) -> list[str]:
    """The validations for which no refused value was found, in words."""
    return refusals_of(module.variables)[1]


def _beginning(module: Module) -> dict[str, Any]:
    mocked = [_mocked(module, None), *(_mocked(module, alias.split(".")[1]) for alias in module.aliases)]
    beginning: dict[str, Any] = {"mock_provider": {"aws": mocked if len(mocked) > 1 else mocked[0]}}
    given = {variable.name: _literal(variable.example) for variable in module.variables if variable.required}
    return {**beginning, "variables": given} if given else beginning


def _mocked(module: Module, alias: str | None) -> dict[str, Any]:
    held = list(blocks(module.document))
    data = dict.fromkeys(type for section, (type, _), _ in held if section == "data")
    resources = dict.fromkeys(type for section, (type, _), _ in held if section == "resource")
    mocked: dict[str, Any] = {"alias": alias} if alias else {}
    mocked["override_during"] = "plan"
    mocked["mock_data"] = {type: {"defaults": _ANSWERS[type]} for type in data if type in _ANSWERS}
    answers = {type: _answers(type, module) for type in resources}
    mocked["mock_resource"] = {type: {"defaults": answer} for type, answer in answers.items() if answer}
    return {name: value for name, value in mocked.items() if value}


def _answers(type: str, module: Module) -> dict[str, Any]:
    """What a resource answers that others ask: a made-up text would be no ARN and no network."""
    answers: dict[str, Any] = {}
    if type_of("resource", type, "arn") == "string":
        answers["arn"] = _arn(type)
    asked = {text for text in strings(module.document) for found in _NETWORK.findall(text) if found == type}
    if asked:
        answers["ipv6_cidr_block"] = "2001:db8:1234:5600::/56"
    return answers


def _arn(type: str) -> str:
    """An ARN as the provider takes it where it asks for one."""
    _, service, *rest = type.split("_")
    if type == "aws_s3_bucket":
        return "arn:aws:s3:::mock"
    if service == "iam":
        return f"arn:aws:iam::{_ACCOUNT}:{'-'.join(rest)}/mock"
    return f"arn:aws:{service}:{_REGION}:{_ACCOUNT}:{'-'.join(rest) or service}/mock"


def _literal(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value
