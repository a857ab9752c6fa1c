"""`llms.txt` (llmstxt.org): where a language model finds what, written from the README's tables and the commands' help.

`make llms` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from secureinfra.cli.program import COMMANDS, program
from tests._support.imports import ROOT

FILE = ROOT / "llms.txt"
_ROW = re.compile(r"^\| \[([\w-]+)\]\(([\w/.-]+)\) \| (.+) \|$", re.MULTILINE)
_FURTHER = {
    "ARCHITECTURE.md": "the parts of the library, how a setting and a finding travel through them",
    "STYLE.md": "how code, errors and texts of this repository are written",
    "CONTRIBUTING.md": "how to add a construct, a control, a blueprint",
    "SECURITY.md": "how to report a vulnerability",
    "CHANGELOG.md": "what changed",
}


def written() -> str:
    """The whole file."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    title, summary, *_ = readme.split("\n\n")
    yield from (title, "", f"> {summary.replace(chr(10), ' ')}", "")
    yield "Import from `secureinfra`, never from its modules. Every construct is `Name(scope, id, NameConfig(...), neighbor=...)`:"
    yield "configurations are frozen, and refuse unknown fields and unsafe values; `secureinfra explain NAME` says what each takes."
    yield "What weakens a control needs a `Waiver` with reason, owner and end date, and some controls cannot be waived."
    for heading, column in (("Pages", "page"), ("Blueprints", "blueprint")):
        table = readme.partition(f"| {column} | ")[2].partition("\n\n")[0]
        yield from ("", f"## {heading}", "")
        yield from (f"- [{name}]({path}): {said}" for name, path, said in _ROW.findall(table))
    yield from ("", "## Commands", "")
    for name, said in COMMANDS.items():
        yield f"- `{_usage(name)}`: {said}"
    yield from ("", "## Optional", "")
    yield from (f"- [{path.removesuffix('.md').title()}]({path}): {said}" for path, said in _FURTHER.items())


def _usage(name: str) -> str:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    return " ".join(
        ("secureinfra", name, *(_metavar(one) for one in command.params if isinstance(one, click.Argument)))
    )


def _metavar(argument: click.Argument) -> str:
    name = str(argument.name).upper()
    return argument.metavar or (name if argument.required else f"[{name}]")


def test_it_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run: make llms"


def test_it_has_every_page_blueprint_and_command() -> None:
    text = written()
    pages = [*ROOT.glob("examples/*/README.md"), *ROOT.glob("blueprints/*/*.md")]
    assert [page for page in pages if f"]({page.relative_to(ROOT).as_posix()})" not in text] == []
    assert [name for name in COMMANDS if f"`secureinfra {name}" not in text] == []


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", written())
    assert [one for one in targets if not (ROOT / one).is_file()] == []


def test_it_has_the_form_that_is_agreed() -> None:
    """A title, a quotation, then sections of lists of links."""
    first, _, quoted, *_ = written().splitlines()
    assert first == "# secureinfra"
    assert quoted.startswith("> ")
    sections = re.split(r"^## ", written(), flags=re.MULTILINE)[1:]
    assert [one.partition("\n")[0] for one in sections] == ["Pages", "Blueprints", "Commands", "Optional"]
    assert all(line.startswith("- ") for one in sections for line in one.splitlines()[1:] if line)


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
