"""All modules as folders, and one root that calls each beside the stack it came from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from secureinfra import AwsProvider, AwsProviderConfig
from secureinfra.config.config import Config
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.modules.build.settings import with_value
from secureinfra.modules.content.example import call_of
from secureinfra.modules.content.files import Format, files
from secureinfra.modules.entries.catalogue import find
from secureinfra.modules.write import generate
from secureinfra.testing import outdir, synthesize
from tests.modules.cases import FULLER, NAMES, case
from tests.once import once

ALL = (*NAMES, *FULLER)
EXAMPLE, EMULATED = "111122223333", "123456789012"


@dataclass(frozen=True)
class Written:
    """A module that stands in a folder.

    Args:
        folder: where it is, to be read only.
        call: what a call of it gives, besides its source.
        variables: name, setting and value of each variable.
        validations: how many validation blocks its variables have.
        document: it, as Terraform JSON.
        aliases: of further providers that a caller must pass.
    """

    folder: Path
    call: Mapping[str, Any]
    variables: tuple[tuple[str, str, Any], ...]
    validations: int
    document: Mapping[str, Any]
    aliases: tuple[str, ...]

    def called(self, source: str) -> dict[str, Any]:
        """A call of it."""
        return {"source": source, **self.call}

    @property
    def of_the_account(self) -> list[tuple[str, str, str]]:
        """Name, setting and value of the variables that name the account of the examples, with the emulator's in its place."""
        return [
            (name, setting, value.replace(EXAMPLE, EMULATED))
            for name, setting, value in self.variables
            if isinstance(value, str) and EXAMPLE in value
        ]


def module_of(name: str, format: Format = "hcl") -> Written:
    """A module, which is built once for both formats."""
    folder = once(f"modules/{name}", lambda folder: _write(name, folder))
    known = json.loads((folder / "known.json").read_text())
    variables = tuple((name, setting, value) for name, setting, value in known.pop("variables"))
    return Written(folder / format / name, variables=variables, aliases=tuple(known.pop("aliases")), **known)


def _write(name: str, folder: Path) -> None:
    generated = generate(*case(name), folder / "hcl" / name, name=name)
    generated.write()
    module = generated.module
    for path, text in files(module, "json", "").items():
        file = folder / "json" / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (call,) = call_of(module, "").values()
    known = {
        "call": {argument: value for argument, value in call.items() if argument != "source"},
        "variables": [(one.name, one.setting, one.value) for one in module.variables],
        "validations": sum(len(one.validations) for one in module.variables),
        "document": module.document,
        "aliases": module.aliases,
    }
    (folder / "known.json").write_text(json.dumps(known))


def written(name: str, folder: Path, format: Format = "hcl") -> Written:
    """A module in a folder of one's own, which may be changed."""
    module = module_of(name, format)
    shutil.copytree(module.folder, folder)
    return replace(module, folder=folder)


def stack_of(name: str, module: Written) -> dict[str, Any]:
    """What the class makes of the same settings in a stack, where it is called `main`, as a document without a provider."""
    asked, settings = case(name)
    entry = find(asked)
    kind = entry.config_type()
    assert kind is not None
    if not isinstance(settings, Config):
        asked_for = {setting: value for _, setting, value in module.variables if setting and "." not in setting}
        settings = kind.of({**settings, **asked_for})
    for _, setting, value in module.of_the_account:
        settings = with_value(settings, tuple(setting.split(".")), value)
    stack = TerraformStack(App(outdir=outdir()), name)
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    entry.load()(stack, "main", settings)
    document = synthesize(stack)
    held = {
        section: held for section, held in document.items() if section in ("resource", "data", "ephemeral", "locals")
    }
    if module.aliases:
        aws = {"source": "hashicorp/aws", "configuration_aliases": list(module.aliases)}
        held["terraform"] = {"required_providers": {"aws": aws}}
    return held


def root_of_all(folder: Path, names: tuple[str, ...] = ALL) -> dict[str, Any]:
    """A root that calls every module, as `ours-NAME`, and the stack that it came from, as `stack-NAME`, with their providers."""
    calls: dict[str, Any] = {}
    aliases: set[str] = set()
    for name in names:
        module = written(name, folder / "modules" / name)
        of_the_account = {name: value for name, _, value in module.of_the_account}
        calls[f"ours-{name}"] = module.called(f"./modules/{name}") | of_the_account
        stack = folder / "stacks" / name
        stack.mkdir(parents=True)
        (stack / "main.tf.json").write_text(json.dumps(stack_of(name, module)))
        calls[f"stack-{name}"] = {"source": f"./stacks/{name}", **passed(module)}
        aliases.update(module.aliases)
    return {"module": calls, "provider": {"aws": providers(aliases)}}


def passed(module: Written) -> dict[str, Any]:
    """The providers that a call hands to a module which asks for further ones."""
    return {"providers": {"aws": "aws", **{alias: alias for alias in module.aliases}}} if module.aliases else {}


def providers(aliases: Iterable[str]) -> list[dict[str, str]]:
    """Provider blocks of a root: the default one, and one for each alias, which is named after its region."""
    named = [alias.split(".")[1] for alias in sorted(aliases)]
    return [{"region": "eu-central-1"}, *({"alias": name, "region": name.replace("_", "-")} for name in named)]
