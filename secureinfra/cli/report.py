"""`secureinfra report`: one file for an engineer and an auditor."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import click

from secureinfra.check.formats.plain import quiet
from secureinfra.check.start import report_on
from secureinfra.cli.progress import Progress
from secureinfra.cli.reading import date_of, settings_of
from secureinfra.controls.packs import PACKS
from secureinfra.errors import ConfigError
from secureinfra.files.output import write_file

_FILE: Any = click.Path(dir_okay=False, path_type=Path)
# Evidence: nothing is left out of it, and no map is drawn.
_EVIDENCE = ("oscal", "in-toto")
_CBOM = "cbom"
_FILES = ("waivers", "baseline", "prices", "config")
_FORMATS = ("html", "markdown", "csv", *_EVIDENCE, _CBOM)
_EPILOG = """\b
Examples:
  secureinfra report cdktf.out --out report.html
  secureinfra report infra/ --pack cis-v5 --pack soc2 --out report.html
  secureinfra report . --format markdown
  secureinfra report plan.json --format csv --out findings.csv
  secureinfra report infra/ --pack nist-800-53 --format oscal --out results.json
  secureinfra report infra/ --format in-toto --out statement.json
  secureinfra report infra/ --format cbom --out cbom.json

Exit status: 0 written, 2 bad input or usage. `secureinfra check` fails on findings."""


@click.command(name="report", epilog=_EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--out", type=_FILE, help="File to write; standard output by default.")
@click.option(
    "--format", "format", type=click.Choice(_FORMATS), default="html", show_default=True, help="Output format."
)
@click.option(
    "--pack",
    "packs",
    type=click.Choice(PACKS),
    multiple=True,
    help="Control pack to report on (repeatable).  [default: all]",
)
@click.option("--title", help="Heading of the report; by default the names of what was read.")
@click.option(
    "--date", metavar="YYYY-MM-DD", help="Date of the report, from which days left are counted.  [default: today]"
)
@click.option(
    "--proofs/--no-proofs", default=True, show_default=True, help="Prove the theorems of `secureinfra prove`."
)
@click.option("--maps/--no-maps", default=True, show_default=True, help="Draw the networks, and who may do what.")
@click.option("--prices", type=_FILE, help="CSV file of list prices.  [default: those that come with this version]")
@click.option("--waivers", type=_FILE, help="YAML or JSON file of waivers.")
@click.option("--baseline", type=_FILE, help="Leave out failures that are in this file.")
@click.option("--exclude", metavar="GLOB", multiple=True, help="Leave out folders below PATH (repeatable).")
@click.option("--recursive/--no-recursive", default=None, help="Also read root modules below a folder with Terraform.")
@click.option("--var", metavar="NAME=VALUE", multiple=True, help="Set a variable of the root modules.")
@click.option("--var-file", "var_files", type=_FILE, multiple=True, help="Set variables by a *.tfvars file.")
@click.option(
    "--tool", type=click.Choice(("auto", "terraform", "opentofu")), help="Whose files to read.  [default: auto]"
)
@click.option("--config", type=_FILE, help="Read settings from this file.  [default: the nearest .secureinfra.yaml]")
@click.option("--no-config", is_flag=True, help="Read no settings file.")
def command(paths: tuple[str, ...], out: Path | None, format: str, **given: Any) -> None:
    """Write a report: what is broken, met and unknown, by framework, with maps, proofs and waivers.

    PATH is what `check` reads. The HTML file stands alone: it loads nothing, works without its script, and prints. Markdown is
    a comment for a pull request, CSV is for a spreadsheet, `oscal` are assessment results for OSCAL 1.2.1, `in-toto` is a
    statement to sign elsewhere, `cbom` lists keys, certificates and TLS policies. The same input and date give the same bytes.
    """
    from secureinfra.maps.network.reading import network_facts  # noqa: PLC0415 - help must stay quick
    from secureinfra.maps.trust.draw import facts_of as trusts_of  # noqa: PLC0415 - as above
    from secureinfra.reports.facts import facts_of  # noqa: PLC0415 - as above

    date, evidence = date_of(given["date"]), format in _EVIDENCE
    if evidence and given["baseline"]:
        raise ConfigError(
            f"--baseline leaves failures out, and --format {format} is evidence. Leave --baseline out; what is accepted is a waiver."
        )
    settings = settings_of(paths, {**given, "control": (), "skip": (), "provider": (), "strict": None})
    with Progress() as progress:
        report = report_on(paths, settings, os.environ, compare=not evidence, progress=progress)
    configurations, proofs = _more(paths, report, settings, prove=given["proofs"] and format != _CBOM)
    drawn = configurations if given["maps"] and not evidence and format != _CBOM else ()
    maps = [network_facts(one) for one in drawn]
    trusts = [trusts_of([one]) for one in drawn]
    facts = facts_of(
        report,
        title=given["title"] or _title(report.configurations),
        date=date,
        maps=[_named(held) for held in maps if held.vpcs],
        trusts=[held for held in trusts if not held.accounts[0].is_empty],
        proofs=proofs,
        costs=_costs(configurations, given["prices"]),
        **_digests(configurations, paths, settings, baseline=not evidence),
        command=_command(paths, given, format),
        paths=paths,
    )
    text = _cbom(facts, configurations) if format == _CBOM else _rendered(facts, format)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_file(out, text)
        click.echo(quiet(f"Wrote {out}: {report.totals_line}."), err=True)


def _more(paths: tuple[str, ...], report: Any, settings: Any, *, prove: bool) -> tuple[list[Any], Any]:
    """The configurations themselves, and what is proved of them."""
    from secureinfra.check.proofs import report as proofs  # noqa: PLC0415 - help must stay quick
    from secureinfra.reports.reading import configurations_of  # noqa: PLC0415 - as above

    found = configurations_of(paths, report, settings, os.environ)
    return found, proofs.prove(found) if prove else None


def _costs(configurations: list[Any], prices: Path | None) -> list[Any]:
    from secureinfra.reports.costs import costs_of, drivers  # noqa: PLC0415 - as above
    from secureinfra.reports.prices import read_prices  # noqa: PLC0415 - as above

    return costs_of(configurations, read_prices(prices, tuple(drivers())) if prices else None)


def _digests(configurations: list[Any], paths: tuple[str, ...], settings: Any, *, baseline: bool) -> dict[str, Any]:
    from secureinfra.reports.paths import Paths  # noqa: PLC0415 - as above
    from secureinfra.reports.reading import digests_of, digests_of_settings  # noqa: PLC0415 - as above

    names = Paths(paths)
    return {
        "digests": digests_of(configurations, names),
        "settings": digests_of_settings(settings, names, baseline=baseline),
    }


def _rendered(facts: Any, format: str) -> str:
    if format == "html":
        from secureinfra.reports.page import page  # noqa: PLC0415 - only this form needs it

        return page(facts)
    if format == "oscal":
        from secureinfra.reports.oscal.results import as_oscal  # noqa: PLC0415 - as above

        return quiet(as_oscal(facts), "json")
    if format == "in-toto":
        from secureinfra.reports.in_toto import as_in_toto  # noqa: PLC0415 - as above

        return quiet(as_in_toto(facts), "json")
    from secureinfra.reports.text import as_csv, as_markdown  # noqa: PLC0415 - as above

    return quiet(as_markdown(facts)) if format == "markdown" else as_csv(facts)


def _cbom(facts: Any, configurations: list[Any]) -> str:
    from secureinfra.reports.cbom.document import as_cbom  # noqa: PLC0415 - as above

    return quiet(as_cbom(configurations, facts.title, facts.date, facts.paths, facts.report.unread), "json")


def _named(held: Any) -> Any:
    from secureinfra.maps.network.draw import together  # noqa: PLC0415 - as above

    return together([held])


def _title(names: tuple[str, ...]) -> str:
    shown = [Path(name).name or name for name in names]
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def _command(paths: tuple[str, ...], given: dict[str, Any], format: str) -> str:
    """The command that makes the report again, with paths as they were typed, but none of this machine.

    A variable's value may be a secret: its name is shown alone.
    """
    words = ["secureinfra", "report", *(_shown(path) for path in paths)]
    words += [word for pack in given["packs"] for word in ("--pack", pack)]
    words += ["--format", format] if format != "html" else []
    words += [f"--no-{name}" for name in ("proofs", "maps") if not given[name]]
    words += [word for glob in given["exclude"] for word in ("--exclude", glob)]
    words += [] if given["recursive"] is None else ["--recursive" if given["recursive"] else "--no-recursive"]
    words += [word for one in given["var"] for word in ("--var", f"{one.partition('=')[0]}=...")]
    words += [word for path in given["var_files"] for word in ("--var-file", _shown(path))]
    words += [word for name in _FILES if given[name] for word in (f"--{name}", _shown(given[name]))]
    words += ["--tool", given["tool"]] if given["tool"] else []
    words += ["--no-config"] if given["no_config"] else []
    return shlex.join(words)


def _shown(path: str | Path) -> str:
    return Path(path).name if Path(path).is_absolute() else str(path)
