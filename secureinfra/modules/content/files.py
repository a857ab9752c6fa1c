"""The files of a module, as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from secureinfra.modules.content.assemble import GeneratedModule
from secureinfra.modules.content.example import basic_example
from secureinfra.modules.content.own_tests import can_be_mocked, defaults_test, for_opentofu, refusals_test
from secureinfra.modules.content.readme import readme
from secureinfra.modules.content.themes import files_of
from secureinfra.terraform.hcl_write import write_document, write_tests

Format = Literal["hcl", "json"]
FORMATS: tuple[Format, ...] = ("hcl", "json")


def files(module: GeneratedModule, format: Format, command: str) -> dict[str, str]:
    """Every file of a module but its manifest, by its path within the folder.

    Args:
        module: the module.
        format: `hcl` for `.tf` files, `json` for `.tf.json`; tests and the example are always HCL.
        command: the command that regenerates it, for the README.
    """
    document = module.document
    parts: dict[str, Mapping[str, Any]] = {
        "versions": {"terraform": document["terraform"]},
        "variables": {"variable": document["variable"]},
        **files_of(document),
        "outputs": {"output": document.get("output", {})},
    }
    written = {}
    for name, part in parts.items():
        if any(part.values()):
            path = f"{name}.tf" if format == "hcl" else f"{name}.tf.json"
            written[path] = _render_part(part, document, format)
    written["README.md"] = readme(module, command)
    if can_be_mocked(module):
        for name, tests in {"defaults": defaults_test(module), "refusals": refusals_test(module)}.items():
            if tests:
                written[f"tests/{name}.tftest.hcl"] = write_tests(tests)
                written[f"tests/{name}.tofutest.hcl"] = write_tests(for_opentofu(tests))
    written["examples/basic/main.tf"] = write_document(basic_example(module))
    return written


def _render_part(part: Mapping[str, Any], document: Mapping[str, Any], format: Format) -> str:
    if format == "json":
        return json.dumps(part, indent=2, ensure_ascii=False) + "\n"
    return write_document(part, module=document)
