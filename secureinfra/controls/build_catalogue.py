"""Make `catalogue.csv` again from itself: checked, in one form, with rows added or amended.

    python -m secureinfra.controls.build_catalogue                         check and normalize
    python -m secureinfra.controls.build_catalogue --add ROWS.csv          add rows, in the catalogue's own columns
    python -m secureinfra.controls.build_catalogue --amend AMENDMENTS.csv  add ids to cells (columns key, column, add)

The catalogue holds facts that people collected from the sources that each row names: there is no single file to generate
it from. This is the one way in which it changes: nothing is written unless every row passes.
"""

from __future__ import annotations

import argparse
import csv
import functools
import io
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema

FILE = Path(__file__).with_name("catalogue.csv")
SEVERITIES = {"", "low", "medium", "high", "critical"}
STANCES = {"on", "on-param", "opt", "acct", "never", "na"}
# Cells with ids, separated by `;`. Their form is checked, so that a slip of the keyboard is not shipped.
ID_FORMS: Mapping[str, str] = {
    "cis_v3": r"\d+(\.\d+)+",
    "cis_v5": r"\d+(\.\d+)+",
    "cis_v6": r"\d+(\.\d+)+",
    "cis_v7": r"\d+(\.\d+)+",
    "fsbp_id": r"[A-Za-z0-9]+\.\d+",
    "nist_800_53_r5": r"[A-Z]{2}-\d+(\([0-9a-z]+\))*",
    "checkov_ids": r"CKV2?_AWS_\d+",
    "trivy_ids": r"(AVD-)?AWS-\d{4}",
}

Row = dict[str, str]


def read(text: str) -> tuple[list[str], list[Row]]:
    """The columns and rows of a catalogue."""
    reader = csv.DictReader(io.StringIO(text))
    return list(reader.fieldnames or ()), list(reader)


def problems(rows: Iterable[Row]) -> list[str]:
    """What is wrong with the rows, each with its key; empty for a good catalogue."""
    found: list[str] = []
    seen: set[str] = set()
    for row in rows:
        key = row["key"]
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) or key in seen:
            found.append(f"{key!r} is not a new key in kebab case")
        seen.add(key)
        if row["severity"] not in SEVERITIES:
            found.append(f"{key}: severity {row['severity']!r} is not one of {', '.join(sorted(SEVERITIES - {''}))}")
        if row["stance"] not in STANCES:
            found.append(f"{key}: stance {row['stance']!r} is not one of {', '.join(sorted(STANCES))}")
        for column, form in ID_FORMS.items():
            bad = [entry for entry in entries(row[column]) if not re.fullmatch(form, entry)]
            found.extend(f"{key}: {column} {entry!r} does not look like one of its ids" for entry in bad)
        found.extend(f"{key}: {type} is not a type of the AWS provider" for type in unknown_types(row))
    return found


def unknown_types(row: Row) -> list[str]:
    """The resource types of a row that neither packaged schema knows."""
    named = [entry for entry in entries(row["terraform_resource_types"]) if entry.startswith("aws_")]
    return [type for type in named if type not in _known_types()]


@functools.cache
def _known_types() -> frozenset[str]:
    schemas = [provider_schema(version) for version in VERSIONS]
    return frozenset(type for schema in schemas for section in ("resource", "data") for type in schema.types(section))


def amended(rows: list[Row], amendments: Iterable[Row]) -> list[Row]:
    """Rows with ids added to their cells.

    Raises:
        ConfigurationError: an amendment names a row or a column that does not exist.
    """
    by_key = {row["key"]: dict(row) for row in rows}
    for one in amendments:
        row = by_key.get(one["key"])
        if row is None or one["column"] not in row:
            raise ConfigurationError(
                f"an amendment names {one['key']!r}, {one['column']!r}, which the catalogue has not."
            )
        held = entries(row[one["column"]])
        row[one["column"]] = ";".join([*held, *(entry for entry in entries(one["add"]) if entry not in held)])
    return list(by_key.values())


def entries(cell: str) -> list[str]:
    """The entries of a cell."""
    return [entry.strip() for entry in cell.split(";") if entry.strip()]


def written(columns: list[str], rows: Iterable[Row]) -> str:
    """The catalogue as text, in the form that it is kept in."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def main(arguments: list[str]) -> int:
    """Check the catalogue, with what is added, and write it."""
    parser = argparse.ArgumentParser(description="Check and normalize the catalogue of published requirements.")
    parser.add_argument("--add", type=Path, action="append", default=[], help="CSV of rows to add")
    parser.add_argument("--amend", type=Path, action="append", default=[], help="CSV of ids to add to cells")
    given = parser.parse_args(arguments)
    columns, rows = read(FILE.read_text(encoding="utf-8"))
    for path in given.add:
        rows += read(path.read_text(encoding="utf-8"))[1]
    for path in given.amend:
        rows = amended(rows, read(path.read_text(encoding="utf-8"))[1])
    if found := problems(rows):
        sys.stderr.write("\n".join((*found, "Nothing was written.")) + "\n")
        return 1
    FILE.write_text(written(columns, rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
