"""`secureinfra module`: write a construct or blueprint as a Terraform module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secureinfra.cli import completion

if TYPE_CHECKING:
    from secureinfra.engine.provider_major import Major
    from secureinfra.files.yaml import Document
    from secureinfra.modules.entries.entry import Entry
    from secureinfra.modules.folder.manifest import Manifest
    from secureinfra.modules.write import Generated

_MAJORS: Mapping[str, Major] = {"5": 5, "6": 6}


@click.command(name="module")
@click.argument("name", required=False, shell_complete=completion.modules)
@click.option("--list", "listed", is_flag=True, help="List the available modules.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Output directory: a new one, or one written by an earlier run."
)
@click.option("--name", "title", metavar="TEXT", help="Default of the variable `name`, the prefix of all names.")
@click.option(
    "--settings",
    type=click.Path(path_type=Path),
    metavar="FILE.yaml",
    help="Settings file that fixes the module's structure.",
)
@click.option("--set", "assignments", multiple=True, metavar="SETTING=VALUE", help="One setting (repeatable).")
@click.option(
    "--var", "vary", multiple=True, metavar="SETTING[=VARIABLE]", help="Make a setting a variable (repeatable)."
)
@click.option(
    "--const", "fix", multiple=True, metavar="SETTING", help="Keep a setting from becoming a variable (repeatable)."
)
@click.option("--format", "format", type=click.Choice(("hcl", "json")), help="File format.  [default: hcl]")
@click.option(
    "--provider-major",
    "major",
    type=click.Choice(("5", "6", "both")),
    help="Major version of the AWS provider that the module requires.  [default: both]",
)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if the directory is not up to date.")
@click.option("--force", is_flag=True, help="Overwrite files that were edited by hand.")
def command(
    name: str | None,
    listed: bool,
    out: Path | None,
    title: str | None,
    settings: Path | None,
    assignments: tuple[str, ...],
    vary: tuple[str, ...],
    fix: tuple[str, ...],
    format: str | None,
    major: str | None,
    only_check: bool,
    force: bool,
) -> None:
    """Write a construct or blueprint as a Terraform module.

    NAME is one of --list, or package.module:Class for a class of your own. Structure is fixed by --settings and --set;
    names, networks, identifiers, numbers and tags become variables with validations. The module needs neither Python
    nor this library: it has variables, outputs, tests, an example and a README. Without NAME, the module in
    --out is written again with its earlier settings and those that are given.

    Examples:

      secureinfra module vpc --out modules/network --name network --set zones=2

      secureinfra module role --out modules/deploy --settings role.yaml

      secureinfra module --out modules/network --check
    """
    if listed:
        _print_list(format)
        return
    if out is None:
        raise click.UsageError(
            f"say where to: secureinfra module {name} --out DIR"
            if name
            else "name what to write out, or list it: secureinfra module --list"
        )
    before = _written_before(out) if name is None else None
    asked = {"name": title, "var": vary, "const": fix, "format": format, "provider_major": major}
    generated = _generated(name, out, _settings(settings, assignments, before, out), before, asked)
    if only_check:
        _check(generated)
    else:
        generated.write(force=force)
        _say_what_came_out(generated)


def _generated(
    name: str | None, out: Path, document: Document, before: Manifest | None, asked: Mapping[str, Any]
) -> Generated:
    """The module, with the options that are given, and else those of the last time."""
    from secureinfra.blueprints import use_current_folder  # noqa: PLC0415 - starts the engine
    from secureinfra.modules.write import generate  # noqa: PLC0415 - starts the engine

    use_current_folder()
    options = {**(before.options if before else {}), **{key: value for key, value in asked.items() if value}}
    return generate(
        name or (before.module if before else ""),
        document.values,
        out,
        name=options.get("name"),
        vary=options.get("var", ()),
        fix=options.get("const", ()),
        format="json" if options.get("format") == "json" else "hcl",
        provider_major=_MAJORS.get(str(options.get("provider_major"))),
        places=document.places,
    )


def _written_before(out: Path) -> Manifest:
    """What a folder remembers of how it was written."""
    from secureinfra.modules.folder.manifest import read_manifest  # noqa: PLC0415 - only where nothing is named

    manifest = read_manifest(out)
    if manifest is None:
        raise click.UsageError(
            f"{out} does not contain a generated module. Name one: secureinfra module NAME --out {out}"
        )
    return manifest


def _settings(path: Path | None, assignments: tuple[str, ...], before: Manifest | None, out: Path) -> Document:
    from secureinfra.files.yaml import Document, Places, assign, read  # noqa: PLC0415 - needs a YAML parser

    if path:
        return assign(read(path), assignments)
    if before:
        return assign(Document(dict(before.settings), Places(str(out / ".secureinfra.json"))), assignments)
    return assign(Document({}, Places("settings")), assignments)


def _check(generated: Generated) -> None:
    found = generated.differences()
    if not found:
        click.echo(f"{generated.directory}: up to date.")
        return
    for difference in found:
        click.echo(f"{difference.path}: {difference.kind}")
        click.echo(difference.diff, nl=False)
    click.echo(f"{generated.directory}: {len(found)} files are not up to date.", err=True)
    raise SystemExit(1)


def _say_what_came_out(generated: Generated) -> None:
    module = generated.module
    totals = module.report.totals
    required = [variable.name for variable in module.variables if variable.required]
    click.echo(f"{generated.directory}: {len(generated.files) + 1} files, {len(module.resources)} resources.")
    click.echo(f"  variables  {', '.join(variable.name for variable in module.variables) or 'none'}")
    if required:
        click.echo(f"  required   {', '.join(required)}")
    click.echo(f"  outputs    {', '.join(output.name for output in module.source.outputs) or 'none'}")
    click.echo(f"  controls   {totals['passed']} passed, {totals['failed']} failed, {totals['waived']} waived")
    for old, new in generated.manifest.moved:
        click.echo(f"  moved      {old} is now {new}")


def _print_list(format: str | None) -> None:
    from secureinfra.modules.entries.catalogue import entries  # noqa: PLC0415 - only where it is asked for

    rows = [_described(entry) for entry in entries().values()]
    if format == "json":
        click.echo(json.dumps(rows, indent=1))
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        needs = f" Needs settings: {', '.join(row['settings'])}." if row["settings"] else ""
        click.echo(f"{row['name']:<{width}}  {row['guarantees'] or row['error']}{needs}")
    click.echo(f"\n{len(rows)} modules. Write one: secureinfra module NAME --out DIR. Your own: package.module:Class.")


def _described(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"name": entry.name, "class": entry.origin}
    try:
        declared, summary = entry.described()
    except Exception as error:
        # Anything may happen while another package is imported, and must not hide what the others have.
        text = f"{entry.path} cannot be loaded: {type(error).__name__}: {error}"
        return {**row, "guarantees": None, "required": [], "settings": [], "error": text}
    return {
        **row,
        "guarantees": summary,
        "required": list(declared.asks),
        "settings": list(declared.needs),
        "error": None,
    }
