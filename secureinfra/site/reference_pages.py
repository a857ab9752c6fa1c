"""A page for each public name: what it guarantees, its settings, arguments, methods and attributes, read off the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from secureinfra.declared.names import HOMES
from secureinfra.reference import Part, Reference, index, reference
from secureinfra.site.markdown import Links, code, fenced, table, text
from secureinfra.site.python_code import on_lines

FOLDER = "api"
_HEADINGS = {
    "construct": "Constructs",
    "configuration": "Configurations",
    "function": "Functions",
    "class": "Classes",
    "type of a setting": "Types of settings",
    "error": "Errors",
}


def links_from(folder: str) -> Links:
    """Where each public name leads from the pages of a folder.

    Args:
        folder: the folder below the root of the site; empty for the root.
    """
    before = "" if folder == FOLDER else f"{'../' * len(folder.split('/')) if folder else ''}{FOLDER}/"
    return {name: f"{before}{name}.md" for name in HOMES}


def reference_pages() -> dict[str, str]:
    """The page of every public name, and the list of them, by path."""
    names = index()
    pages = {f"{FOLDER}/{name}.md": _page(reference(name)) for held in names.values() for name, _ in held}
    return {f"{FOLDER}/index.md": _index(names), **pages}


def _index(names: dict[str, list[tuple[str, str]]]) -> str:
    count = sum(map(len, names.values()))
    lines = [
        "# Reference",
        f"{count} names can be imported from `secureinfra`. `secureinfra explain NAME` prints a page in the terminal.",
    ]
    for kind, held in names.items():
        rows = [(f"[{code(name)}]({name}.md)", text(said, links_from(FOLDER))) for name, said in held]
        lines += [f"## {_HEADINGS[kind]}", table(("name", ""), rows)]
    return "\n\n".join(lines) + "\n"


def _page(found: Reference) -> str:
    links = links_from(FOLDER)
    lines = [f"# {code(found.name)}", fenced("python", f"from secureinfra import {found.name}")]
    lines += [text(paragraph, links) for paragraph in found.paragraphs]
    if found.example:
        lines += ["## Example", *_example(found.example)]
    for heading, parts in found.parts.items():
        lines += [f"## {heading}", *_parts(found.name, heading, parts, links)]
    if found.raises:
        lines += ["## Raises", text(found.raises, links)]
    seen = []
    if found.module:
        seen.append(f"As a Terraform module: `secureinfra module {found.module}`")
    if found.page:
        seen.append(f"Guide, options and cost: [{found.page}](../examples/{found.page}/README.md)")
    if seen:
        lines += ["## See also", "\n".join(f"- {one}" for one in seen)]
    return "\n\n".join(lines) + "\n"


def _example(example: str) -> Iterator[str]:
    """An example: code, which may stand in backticks, or words around code."""
    whole = re.fullmatch(r"`([^`]*)`\.?", example)
    if whole or "`" not in example:
        yield fenced("python", on_lines(whole[1] if whole else example))
    else:
        yield text(" ".join(example.split()))


def _parts(owner: str, heading: str, parts: tuple[Part, ...], links: Links) -> Iterator[str]:
    slug = heading.partition(" ")[0].lower()
    for part in parts:
        if not part.name:
            yield f"- {text(part.said, links)}"
            continue
        plain = part.name.partition("(")[0]
        anchor = plain if slug == "settings" else f"{slug}-{plain}"
        yield f"### {code(part.name)} {{ #{anchor} data-toc-label='{plain}' }}"
        yield from _body(part, links)
        if slug == "methods":
            yield from _method(f"{owner}.{plain}", part, links)


def _body(part: Part, links: Links) -> Iterator[str]:
    default = "" if part.default is None else f" = {part.default}"
    if part.type or default:
        yield code(f"{part.type}{default}".strip(), links)
    if part.said:
        yield text(part.said, links)
    if part.rules:
        yield "\n".join(f"- {_rule(rule, links)}." for rule in part.rules)


def _rule(rule: str, links: Links) -> str:
    said = re.fullmatch(r"(A value that breaks control )([a-z0-9-]+)( needs a waiver)", rule)
    return f"{said[1]}[{code(said[2])}](../controls/{said[2]}.md){said[3]}" if said else text(rule, links)


def _method(name: str, part: Part, links: Links) -> Iterator[str]:
    """What a method's own entry says besides its first sentence."""
    found = reference(name)
    yield from (text(one, links) for one in found.paragraphs if one != part.said)
    rows = [
        (code(one.name), f"{code(one.type, links)}<br>" * bool(one.type) + text(_whole(one), links))
        for one in found.parts.get("Arguments", ())
    ]
    if rows:
        yield table(("argument", ""), rows)
    if found.raises:
        yield f"Raises {text(found.raises, links)}"
    if found.example:
        yield from _example(found.example)


def _whole(part: Part) -> str:
    default = "" if part.default is None else f" By default `{part.default}`."
    return f"{part.said}{default}".strip()
