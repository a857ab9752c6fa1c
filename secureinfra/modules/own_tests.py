"""The files of `terraform test` that a module brings along: what its defaults give, and what it refuses."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any, Final

from secureinfra.modules.assemble import Module
from secureinfra.modules.assertions import assertions_of
from secureinfra.modules.mocks import mocked
from secureinfra.modules.placeholders import blocks
from secureinfra.modules.refusals import Refusal, refusals_of
from secureinfra.terraform.hcl_write.templates import literal

_WIDTH: Final = 100
_MANY: Final = 40


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
            "//": {"comment": textwrap.wrap(refusal.message, _WIDTH)},
            "command": "plan",
            **_narrowed(module, refusal),
            "variables": {refusal.variable: _literal(refusal.value)},
            "expect_failures": [f"var.{name}" for name in refusal.refused],
        }
    return {**_beginning(module), "run": runs} if runs else {}


def _plans_slowly(module: Module) -> bool:
    """Whether a plan of everything takes seconds: Terraform warns of a narrowed one, so that few plans are worth it."""
    heavy = any(address.startswith(("aws_wafv2_web_acl.", "aws_cloudfront_")) for address in module.resources)
    return heavy or len(module.resources) > _MANY


def _narrowed(module: Module, refusal: Refusal) -> dict[str, Any]:
    """A plan of one small resource that the variable is for, since what is refused needs no plan of everything."""
    using = [
        (len(text), f"{type}.{name}")
        for section, (type, name), block in blocks(module.document)
        if section == "resource" and re.search(rf"\bvar\.{refusal.variable}\b", text := json.dumps(block))
    ]
    if not using or len(refusal.refused) > 1 or not _plans_slowly(module):
        return {}
    return {"plan_options": {"target": [min(using)[1]]}}


def _beginning(module: Module) -> dict[str, Any]:
    providers = [mocked(module, None), *(mocked(module, alias.split(".")[1]) for alias in module.aliases)]
    beginning: dict[str, Any] = {"mock_provider": {"aws": providers}}
    given = {variable.name: _literal(variable.example) for variable in module.variables if variable.required}
    return {**beginning, "variables": given} if given else beginning


def _literal(value: Any) -> Any:
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value
