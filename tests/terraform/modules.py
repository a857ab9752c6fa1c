"""All modules as folders, and one root that calls each beside the stack it came from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from secureinfra import AwsProvider, AwsProviderConfig
from secureinfra.config import Config
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.generator.catalogue import find
from secureinfra.generator.settings import with_value
from secureinfra.generator.write import generate
from secureinfra.modules.assemble import Module
from secureinfra.modules.example import call_of
from secureinfra.modules.source import Variable
from secureinfra.testing import outdir, synthesize
from tests.generator.cases import FULLER, NAMES, case

ALL = (*NAMES, *FULLER)
EMULATED = "123456789012"


def written(name: str, folder: Path, **options: Any) -> Module:
    """A module in a folder."""
    asked, settings = case(name)
    generated = generate(asked, settings, folder, name=name, **options)
    generated.write()
    return generated.module


def stack_of(name: str, module: Module) -> dict[str, Any]:
    """What the class makes of the same settings in a stack, where it is called `main`, as a document without a provider."""
    asked, settings = case(name)
    entry = find(asked)
    kind = entry.config_type()
    assert kind is not None
    if not isinstance(settings, Config):
        asked_for = {one.setting: one.value for one in module.variables if one.setting and "." not in one.setting}
        settings = kind.of({**settings, **asked_for})
    for variable in of_the_account(module):
        settings = with_value(settings, tuple(variable.setting.split(".")), EMULATED)
    stack = TerraformStack(App(outdir=outdir()), name)
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    entry.load()(stack, "main", settings)
    document = synthesize(stack)
    held = {section: held for section, held in document.items() if section in ("resource", "data", "locals")}
    if module.aliases:
        aws = {"source": "hashicorp/aws", "configuration_aliases": list(module.aliases)}
        held["terraform"] = {"required_providers": {"aws": aws}}
    return held


def of_the_account(module: Module) -> list[Variable]:
    """The variables that say which account the module is for, where it is not that of the emulator."""
    return [variable for variable in module.variables if variable.value == "111122223333"]


def root_of_all(folder: Path, names: tuple[str, ...] = ALL) -> dict[str, Any]:
    """A root that calls every module, as `ours-NAME`, and the stack that it came from, as `stack-NAME`, with their providers."""
    calls: dict[str, Any] = {}
    aliases: set[str] = set()
    for name in names:
        module = written(name, folder / "modules" / name)
        (call,) = call_of(module, f"./modules/{name}").values()
        calls[f"ours-{name}"] = call | {variable.name: EMULATED for variable in of_the_account(module)}
        stack = folder / "stacks" / name
        stack.mkdir(parents=True)
        (stack / "main.tf.json").write_text(json.dumps(stack_of(name, module)))
        calls[f"stack-{name}"] = {"source": f"./stacks/{name}", **passed(module)}
        aliases.update(module.aliases)
    return {"module": calls, "provider": {"aws": providers(aliases)}}


def passed(module: Module) -> dict[str, Any]:
    """The providers that a call hands to a module which asks for further ones."""
    return {"providers": {"aws": "aws", **{alias: alias for alias in module.aliases}}} if module.aliases else {}


def providers(aliases: Iterable[str]) -> list[dict[str, str]]:
    """Provider blocks of a root: the default one, and one for each alias, which is named after its region."""
    named = [alias.split(".")[1] for alias in sorted(aliases)]
    return [{"region": "eu-central-1"}, *({"alias": name, "region": name.replace("_", "-")} for name in named)]
