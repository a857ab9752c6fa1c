"""The `terraform test` files of a module: its defaults, and the values that it refuses."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any, Final

from secureinfra.modules.content.assemble import GeneratedModule
from secureinfra.modules.content.assertions import assertions_of
from secureinfra.modules.content.mocks import mocked
from secureinfra.modules.content.placeholders import blocks
from secureinfra.modules.content.refusals import Refusal, refusals_of
from secureinfra.terraform.hcl_write.templates import literal

_WIDTH: Final = 100
_MANY: Final = 40


def can_be_mocked(module: GeneratedModule) -> bool:
    """Whether `terraform test` can plan it without AWS: "the provider mocking mechanism does not yet support ephemeral resource
    types" (Terraform 1.11), not even where a plan is limited to other resources."""
    return not module.document.get("ephemeral")


def defaults_test(module: GeneratedModule) -> dict[str, Any]:
    """Assertions on a plan with default values, one for each decisive argument."""
    run: dict[str, Any] = {"command": "plan", "assert": assertions_of(module)}
    return {**_beginning(module), "run": {"defaults": run}}


def refusals_test(module: GeneratedModule) -> dict[str, Any]:
    """One run for each validation, which must reject the given value."""
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


def for_opentofu(tests: Mapping[str, Any]) -> dict[str, Any]:
    """The same tests as OpenTofu takes them: it mocks values in plans anyway, and refuses `override_during`.

    opentofu.org/docs/cli/commands/test, which lists what a mocked provider takes, and that `x.tofutest.hcl` is read in place of
    `x.tftest.hcl`.
    """
    mocks = [
        {name: value for name, value in provider.items() if name != "override_during"}
        for provider in tests["mock_provider"]["aws"]
    ]
    return {**tests, "mock_provider": {"aws": mocks}}


def _plans_slowly(module: GeneratedModule) -> bool:
    """Whether a full plan takes seconds. Terraform warns about a targeted one, so it is used only where it saves time."""
    heavy = any(address.startswith(("aws_wafv2_web_acl.", "aws_cloudfront_")) for address in module.resources)
    return heavy or len(module.resources) > _MANY


def _narrowed(module: GeneratedModule, refusal: Refusal) -> dict[str, Any]:
    """A plan of one small resource that uses the variable, since a refused value needs no full plan."""
    using = [
        (len(text), f"{type}.{name}")
        for section, (type, name), block in blocks(module.document)
        if section == "resource" and re.search(rf"\bvar\.{refusal.variable}\b", text := json.dumps(block))
    ]
    if not using or len(refusal.refused) > 1 or not _plans_slowly(module):
        return {}
    return {"plan_options": {"target": [min(using)[1]]}}


def _beginning(module: GeneratedModule) -> dict[str, Any]:
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
