"""`secureinfra module`: a construct or blueprint written out as a Terraform module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from secureinfra.generator.write import Generated
    from secureinfra.modules.manifest import Manifest
    from secureinfra.projects.yaml_file import Document


@click.command(name="module")
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="List what can be written out.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the module: a new one, or one written before.")
@click.option(
    "--name", "title", metavar="TEXT", help="Default of the variable `name`, after which everything is named."
)
@click.option(
    "--settings", type=click.Path(path_type=Path), metavar="FILE.yaml", help="Settings that fix its structure."
)
@click.option("--set", "assignments", multiple=True, metavar="SETTING=VALUE", help="One setting; may be repeated.")
@click.option("--var", "vary", multiple=True, metavar="SETTING[=VARIABLE]", help="Make a setting a variable.")
@click.option("--const", "fix", multiple=True, metavar="SETTING", help="Keep a setting from becoming a variable.")
@click.option(
    "--format", "format", type=click.Choice(("hcl", "json")), help="How to write it; `hcl` unless said otherwise."
)
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; exit 1 if the folder is not what would be written."
)
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
    only_check: bool,
    force: bool,
) -> None:
    """Write a construct or blueprint out as a Terraform module.

    NAME is one of --list, or package.module:Class for a class of your own. Structure is fixed by --settings and --set;
    names, networks, identifiers, numbers and tags become variables with validations. The module needs neither Python
    nor this library: it has variables, outputs, tests, an example and a page. Without NAME, the module that lies in
    --out is written again with the settings that it was written with, and those that are given.

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
    # Late, since it starts the engine.
    from secureinfra.generator.write import generate  # noqa: PLC0415
    from secureinfra.projects.registry import use_current_folder  # noqa: PLC0415

    use_current_folder()
    before = _written_before(out) if name is None else None
    document = _settings(settings, assignments, before, out)
    options = before.options if before else {}
    generated = generate(
        name or (before.module if before else ""),
        document.values,
        out,
        name=title or options.get("name"),
        vary=vary or options.get("var", ()),
        fix=fix or options.get("const", ()),
        format="json" if (format or options.get("format")) == "json" else "hcl",
        places=document.places,
    )
    if only_check:
        _check(generated)
    else:
        generated.write(force=force)
        _say_what_came_out(generated)


def _written_before(out: Path) -> Manifest:
    """What a folder remembers of how it was written."""
    from secureinfra.modules.manifest import read_manifest  # noqa: PLC0415 - only where nothing is named

    manifest = read_manifest(out)
    if manifest is None:
        raise click.UsageError(
            f"{out} holds no module that could be written again: name one, secureinfra module NAME --out {out}"
        )
    return manifest


def _settings(path: Path | None, assignments: tuple[str, ...], before: Manifest | None, out: Path) -> Document:
    from secureinfra.projects.yaml_file import Document, Places, assign, read  # noqa: PLC0415 - needs a YAML parser

    if path:
        return assign(read(path), assignments)
    if before:
        return assign(Document(dict(before.settings), Places(str(out / ".secureinfra.json"))), assignments)
    return assign(Document({}, Places("settings")), assignments)


def _check(generated: Generated) -> None:
    found = generated.differences()
    if not found:
        click.echo(f"{generated.directory}: is what the generator writes.")
        return
    for difference in found:
        click.echo(f"{difference.path}: {difference.kind}")
        click.echo(difference.diff, nl=False)
    click.echo(f"{generated.directory}: {len(found)} files differ from what the generator writes.", err=True)
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
    from secureinfra.docstrings import paragraphs_of  # noqa: PLC0415
    from secureinfra.generator.catalogue import entries  # noqa: PLC0415 - starts the engine

    rows = [(entry, (*paragraphs_of(entry.load()), "")[0]) for entry in entries().values()]
    if format == "json":
        held = [
            {
                "name": entry.name,
                "class": entry.origin,
                "guarantees": summary,
                "required": list(entry.asks),
                "settings": list(entry.needs),
            }
            for entry, summary in rows
        ]
        click.echo(json.dumps(held, indent=1))
        return
    width = max(len(entry.name) for entry, _ in rows)
    for entry, summary in rows:
        needs = f" Needs settings: {', '.join(entry.needs)}." if entry.needs else ""
        click.echo(f"{entry.name:<{width}}  {summary}{needs}")
    click.echo(f"\n{len(rows)} modules. Write one: secureinfra module NAME --out DIR. Your own: package.module:Class.")
