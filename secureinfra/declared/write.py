"""Writes what is derived from declarations: the public names, for Python and type checkers, and the list of modules.

`make names` runs it after a construct or a public name has changed; a test checks that it was run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secureinfra.declared.source import Class, classes_in, constructs_below, public_names
from secureinfra.files.output import write_file

_PACKAGE = Path(__file__).parents[1]
# Public names other than constructs, by module. A module below `aws/` lists its own in `__all__`.
_BESIDE = {
    "config.config": "Config",
    "config.problem": "Problem",
    "config.rule": "between matches one_of",
    "config.rules": "AccountId Arn CertificateArn Cidr Ipv4Cidr LogRetention Number OrganizationId Region Text VpcEndpointId is_token",
    "config.waiver": "Waiver",
    "declared.declares": "declares",
    "engine._cdk": (
        "App Construct TerraformHclModule TerraformOutput TerraformResource TerraformStack TerraformVariable"
    ),
    "engine.backend": "S3StateConfig secure_s3_backend",
    "engine.between_stacks": "import_from let_go move_from",
    "engine.construct": "SecureConstruct",
    "engine.cross_stack": "across_stacks",
    "engine.provider": "AssumeRole AwsProvider AwsProviderConfig",
    "engine.resource": "Data Resource",
    "engine.stack": "configure",
    "errors": "ConfigError ConfigurationError ControlError SecureInfraError",
    "facts.opt_in_regions": "is_opt_in_region",
    "modules.write": "write_module",
    "policy": "Condition Principal Statement",
    "stacks.program": "add_stacks",
    "synth_guard": "guard",
    "terraform.model.configuration": "Configuration",
}


def texts(package: Path = _PACKAGE) -> dict[Path, str]:
    """The generated texts, by file.

    Args:
        package: folder of the library.

    Raises:
        ConfigError: a class declares something that is not a literal.
    """
    homes = _homes(package)
    return {
        package / "__init__.pyi": _stub(homes),
        package / "declared" / "names.py": _table(homes),
        package / "declared" / "modules.json": json.dumps(_modules(package), indent=1, ensure_ascii=False) + "\n",
    }


def _homes(package: Path) -> dict[str, str]:
    """Each public name with the module that defines it, sorted by module and name."""
    by_module = {module: names.split() for module, names in _BESIDE.items()}
    for file in (package / "aws").rglob("*.py"):
        by_module[_module(file, package)] = list(public_names(file))
    return {name: module for module in sorted(by_module) for name in sorted(by_module[module])}


def _module(file: Path, package: Path) -> str:
    return ".".join(file.relative_to(package).with_suffix("").parts)


def _stub(homes: dict[str, str]) -> str:
    lines = [
        "# Written by `make names`: the public names, as type checkers and editors read them.",
        "",
        *(f"from secureinfra.{module} import {name} as {name}" for name, module in homes.items()),
        "from secureinfra.version import __version__ as __version__",
        "",
        "__all__ = [",
        *(f'    "{name}",' for name in sorted(homes)),
        "]",
    ]
    return "\n".join(lines) + "\n"


def _table(homes: dict[str, str]) -> str:
    lines = [
        '"""The public names and the modules that define them. Written by `make names`."""',
        "",
        "HOMES = {",
        *(f'    "{name}": "{module}",' for name, module in homes.items()),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _modules(package: Path) -> dict[str, Any]:
    """The constructs that are modules, by name, and the others, by the blueprint that contains them."""
    constructs = constructs_below(package / "aws")
    recipes = {base: recipe for recipe in _recipes(package) for base in recipe.bases}
    modules = {}
    for construct in constructs:
        if construct.declaration and construct.declaration.module:
            recipe = recipes.get(construct.name)
            modules[construct.declaration.module] = dict(_described(construct, recipe, package))
    within = {one.name: one.declaration.within for one in constructs if one.declaration and one.declaration.within}
    return {"modules": dict(sorted(modules.items())), "within": dict(sorted(within.items()))}


def _recipes(package: Path) -> Iterator[Class]:
    file = package / "modules" / "entries" / "recipes.py"
    yield from classes_in(file).values() if file.exists() else ()


def _described(construct: Class, recipe: Class | None, package: Path) -> Iterator[tuple[str, Any]]:
    yield "path", _path(recipe or construct, package)
    if recipe:
        yield "extends", _path(construct, package)
    yield "public", f"secureinfra.{construct.name}"
    for name in ("asks", "needs", "examples", "yours"):
        if value := getattr(construct.declaration, name):
            yield name, value


def _path(cls: Class, package: Path) -> str:
    return f"secureinfra.{_module(cls.file, package)}:{cls.name}"


if __name__ == "__main__":
    for path, text in texts().items():
        write_file(path, text)
