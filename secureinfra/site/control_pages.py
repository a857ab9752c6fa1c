"""A page for each control: what it requires, why, how to fix it in HCL, JSON and Python, which frameworks require it, and sources."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from secureinfra.controls import catalogue
from secureinfra.controls.control import UNRATED, Control
from secureinfra.controls.packs import ALL, PACKS, ids_in, natural, title_of
from secureinfra.controls.pages import FOLDER
from secureinfra.controls.registry import every, types_of
from secureinfra.reference import reference
from secureinfra.site.examples import Example, examples, hcl
from secureinfra.site.markdown import Links, code, fenced, named, plain, table, tabs, text
from secureinfra.site.python_code import on_lines, python

# Where the ids of each source lead. Security Hub has one page for each service, and an anchor for each control.
_SECURITY_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/{service}-controls.html#{service}-{number}"
_REGISTRY = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/{kind}/{name}"
_SCANNERS = {"checkov": "checkov_ids", "trivy": "trivy_ids", "prowler": "prowler_check"}
SERVICES = {
    "accessanalyzer": "IAM Access Analyzer",
    "account": "Account",
    "acm": "ACM",
    "apigateway": "API Gateway",
    "sg": "Security groups",
    "elb": "Classic Load Balancer",
    "elbv2": "Elastic Load Balancing",
    "provider": "AWS provider",
    "": "Of this library only",
}


def control_pages(links: Links) -> dict[str, str]:
    """The page of every control, and the list of them, by path.

    Args:
        links: where public names lead, from the folder of these pages.
    """
    pages = {f"{FOLDER}/{control.id}.md": _page(control, examples().get(control.id), links) for control in every()}
    return {f"{FOLDER}/index.md": _index(), **pages}


def service_of(control: Control) -> str:
    """The service of a control, as the catalogue calls it; of one without a row, that of the type it checks."""
    if control.row:
        return catalogue.rows()[control.row]["service"]
    types = types_of(control)
    return types[0].removeprefix("data.").removeprefix("aws_").split("_")[0] if types else ""


def titled(service: str) -> str:
    """The name of a service in a heading.

    Args:
        service: as the catalogue calls it.
    """
    return SERVICES.get(service) or (service.upper() if len(service) < 5 else service.capitalize())


def _index() -> str:
    found: dict[str, list[Control]] = defaultdict(list)
    for control in every():
        found[service_of(control)].append(control)
    lines = [
        "# Controls",
        f"{len(every())} controls, by service. [The catalogue](../catalogue.md) is the same as one table to search, and "
        "[frameworks](../frameworks/index.md) lists them by requirement. `secureinfra controls ID` prints a page in the terminal.",
    ]
    for service in sorted(found, key=lambda one: titled(one).lower()):
        rows = [
            (f"[{code(one.id)}]({one.id}.md)", plain(one.title), one.severity or "not rated") for one in found[service]
        ]
        lines += [f"## {titled(service)}", table(("control", "requires", "severity"), rows)]
    return "\n\n".join(lines) + "\n"


def _page(control: Control, example: Example | None, links: Links) -> str:
    parts = [
        f"# {code(control.id)}",
        f"**{text(control.title)}.**",
        f"Otherwise {text(control.why)}.",
        "\n".join(f"- **{label}**: {said}" for label, said in _facts(control)),
        *_fix(control, example, links),
        "## Check it",
        fenced("console", f"secureinfra check . --control {control.id}"),
        *_waiver(control),
        *_required(control),
        *_sources(control),
    ]
    return "\n\n".join(parts) + "\n"


def _facts(control: Control) -> Iterator[tuple[str, str]]:
    yield "Severity", control.severity or f"not rated by its sources; counts as {UNRATED}"
    types = types_of(control)
    yield "Checked on", ", ".join(map(_type, types)) or "configurations as a whole"
    yield (
        "Can be waived",
        "with a reason, an owner and an end date" if control.waivable else "no: this control cannot be waived",
    )
    if control.optional:
        yield "Optional", "off by default; a resource fails it only if a pack requires it"


def _type(name: str) -> str:
    if not re.fullmatch(r"(data\.)?aws_\w+", name):
        return code(name)
    kind = "data-sources" if name.startswith("data.") else "resources"
    return f"[{code(name)}]({_REGISTRY.format(kind=kind, name=name.removeprefix('data.').removeprefix('aws_'))})"


def _fix(control: Control, example: Example | None, links: Links) -> Iterator[str]:
    yield "## How to fix it"
    if control.fix:
        yield text(control.fix)
    if control.python:
        yield f"In Python: {named(control.python, links)}"
    if example is None:
        if built := _example(control, links):
            yield built
        return
    yield "This passes. Only what matters to this control is shown."
    ways = {
        "HCL": fenced("hcl", hcl(example.passes)),
        "JSON": fenced("json", json.dumps(example.passes, indent=2, ensure_ascii=False)),
    }
    if way := _example(control, links) or _resource(example):
        ways["Python"] = way
    yield tabs(ways)
    yield "This fails:"
    yield tabs(
        {
            "HCL": fenced("hcl", hcl(example.fails)),
            "JSON": fenced("json", json.dumps(example.fails, indent=2, ensure_ascii=False)),
        }
    )


def _example(control: Control, links: Links) -> str:
    """How the first construct that meets it is used."""
    for name in re.findall(r"\w+", control.python):
        if name in links and (found := reference(name)).kind == "construct" and found.example:
            return fenced("python", on_lines(found.example.replace("`", "")))
    return ""


def _resource(example: Example) -> str:
    written = python(example.passes)
    return (
        f"In the constructor of a [`SecureConstruct`](../api/SecureConstruct.md) of your own:\n\n{fenced('python', written)}"
        if written
        else ""
    )


def _waiver(control: Control) -> Iterator[str]:
    if not control.waivable:
        return
    yield "## Waive it"
    yield "Where it cannot be met, say who decided that, why, and until when, in a [waivers file](../examples/guard/README.md):"
    yield fenced(
        "yaml",
        f"- control: {control.id}\n  address: ADDRESS\n  reason: REASON\n  owner: TEAM\n  until: YYYY-MM-DD",
    )


def _required(control: Control) -> Iterator[str]:
    rows = [
        (f"[{plain(title_of(name))}](../frameworks/{name}.md)", ", ".join(_ids(control, name)))
        for name in PACKS
        if name != ALL and ids_in(control, name)
    ]
    yield "## Required by"
    yield table(("framework", "requirements"), rows) if rows else "This library only."


def _ids(control: Control, name: str) -> list[str]:
    ids = sorted(ids_in(control, name), key=natural)
    return [_security_hub(id) if name == "fsbp" else plain(id) for id in ids]


def _security_hub(id: str) -> str:
    service, _, number = id.lower().partition(".")
    return f"[{plain(id)}]({_SECURITY_HUB.format(service=service, number=number)})"


def _sources(control: Control) -> Iterator[str]:
    found = {
        "Security Hub": [_security_hub(id) for id in control.source("fsbp_id")],
        **{name: [code(id) for id in control.source(column)] for name, column in _SCANNERS.items()},
    }
    rows = [(name, ", ".join(ids)) for name, ids in found.items() if ids]
    if control.row:
        row = catalogue.rows()[control.row]
        rows += [("catalogue", f"[{code(control.row)}](../catalogue.md#{control.row}), from {plain(row['sources'])}")]
    if rows:
        yield "## Sources"
        yield table(("source", "checks of the same"), rows)


def rows_of_controls() -> Mapping[str, list[Control]]:
    """The controls by the row of the catalogue that they check."""
    found: dict[str, list[Control]] = defaultdict(list)
    for control in every():
        found[control.row].append(control)
    return found
