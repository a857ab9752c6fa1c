"""The catalogue as one table to search, and a page for each framework with its requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from secureinfra.controls import catalogue
from secureinfra.controls.control import SEVERITIES, Control
from secureinfra.controls.frameworks import TITLES, requirements_of
from secureinfra.controls.packs import ALL, PACKS, controls_by_requirement, natural, standing_of, title_of
from secureinfra.controls.pages import page_of
from secureinfra.reports.markup import Markup, join, tag
from secureinfra.site.control_pages import rows_of_controls, titled
from secureinfra.site.markdown import code, plain, table

STANCES = {
    "on": "on",
    "on-param": "on, with a setting",
    "opt": "optional",
    "acct": "account-wide",
    "never": "always refused",
    "na": "not in Terraform",
}
# The columns of ids that the table shows; it is searched by those of every framework.
_SHOWN = {"Security Hub": "fsbp_id", "CIS 7": "cis_v7", "checkov": "checkov_ids", "trivy": "trivy_ids"}
_SEARCHED = (
    "key",
    "service",
    "requirement",
    "terraform_resource_types",
    "cis_v3",
    "cis_v5",
    "nist_800_53_r5",
    "pci_dss_4",
)


def catalogue_page() -> str:
    """The whole catalogue: a row each, which `catalogue.js` filters."""
    rows, controls = catalogue.rows(), rows_of_controls()
    head = ("requirement", "control", "service", "severity", "here", *_SHOWN)
    body = tag(
        "table",
        tag("thead", tag("tr", *(tag("th", title) for title in head))),
        tag("tbody", *(_row(row, controls.get(key, [])) for key, row in rows.items())),
        id="catalogue",
        class_="catalogue-table",
    )
    said = (
        f"{len(rows)} requirements that frameworks and scanners publish, and the controls that check them. Search by words, "
        "service, resource type or any id: `tls bucket`, `aws_sqs_queue`, `S3.5`, `CKV_AWS_21`, `SC-7`."
    )
    facts = (
        "**Here** says what this library does: *on* without a setting, *on, with a setting* whose default meets it, "
        "*optional* (offered, but off), *account-wide* once per account or region, *always refused* whatever is set, and "
        "*not in Terraform* where a configuration cannot show it."
    )
    return "\n\n".join(["---\nhide:\n  - toc\n---", "# Catalogue", said, facts, _filters(), _block(body)]) + "\n"


def _block(markup: Markup) -> str:
    # An empty line would end the HTML for Markdown; texts of the catalogue have none.
    return f'<div class="catalogue">\n{markup}\n</div>'


def _filters() -> str:
    services = sorted({row["service"] for row in catalogue.rows().values()}, key=lambda one: titled(one).lower())
    return str(
        tag(
            "div",
            tag("label", "Search ", tag("input", type="search", id="catalogue-search", autocomplete="off")),
            _choice("service", {one: titled(one) for one in services}),
            _choice("severity", {one: one for one in reversed(SEVERITIES)}),
            tag("output", id="catalogue-count", for_="catalogue-search"),
            class_="catalogue-filters",
        )
    )


def _choice(name: str, options: Mapping[str, str]) -> Markup:
    listed = (tag("option", title, value=value) for value, title in options.items())
    return tag(
        "label", f"{name.capitalize()} ", tag("select", tag("option", "all", value=""), *listed, id=f"catalogue-{name}")
    )


def _row(row: Mapping[str, str], controls: Sequence[Control]) -> Markup:
    ids = [id for name in TITLES for id in requirements_of(row["key"], name)]
    titles = [control.title for control in controls]
    searched = " ".join([*(row[column] for column in _SEARCHED), row["soc2"], *ids, *titles]).replace(";", " ").lower()
    links = join((tag("a", one.id, href=page_of(one.id)) for one in controls), ", ") if controls else row["note"]
    return tag(
        "tr",
        tag("td", row["requirement"]),
        tag("td", links),
        tag("td", titled(row["service"])),
        tag("td", row["severity"] or "not rated"),
        tag("td", STANCES[row["stance"]]),
        *(tag("td", row[column].replace(";", " ")) for column in _SHOWN.values()),
        id=row["key"],
        data_search=searched,
        data_service=row["service"],
        data_severity=row["severity"],
    )


def framework_pages() -> dict[str, str]:
    """A page for each framework with the controls of each requirement, and the list of them, by path."""
    names = [name for name in PACKS if name != ALL]
    rows = [
        (f"[{plain(title_of(name))}]({name}.md)", code(name), str(len(controls_by_requirement(name)))) for name in names
    ]
    index = [
        "# Frameworks",
        "What each framework requires, and the controls that check it. A pack shows that code meets a requirement as far as code can: "
        "frameworks also ask for processes, people and the state of an account.",
        table(("framework", "pack", "requirements with controls"), rows),
    ]
    return {"frameworks/index.md": "\n\n".join(index) + "\n", **{f"frameworks/{n}.md": _framework(n) for n in names}}


def _framework(name: str) -> str:
    held = controls_by_requirement(name)
    rows = [(plain(id), "<br>".join(_linked(held[id]))) for id in sorted(held, key=natural) if held[id]]
    parts = [
        f"# {plain(title_of(name))}",
        f"Pack {code(name)}: `secureinfra check . --pack {name}`. {_standing(name)}",
        table(("requirement", "controls"), rows),
    ]
    return "\n\n".join(parts) + "\n"


def _standing(name: str) -> str:
    standing = standing_of(name)
    of = f" of {standing.total}" if standing.total is not None else ""
    return f"{standing.with_controls}{of} requirements have controls, {standing.optional} of them optional ones only."


def _linked(controls: Sequence[Control]) -> Iterator[str]:
    for control in controls:
        yield f"[{code(control.id)}](../controls/{control.id}.md) {plain(control.title)}"
