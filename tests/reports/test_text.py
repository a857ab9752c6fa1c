"""Markdown for a pull request, CSV for a spreadsheet."""

import csv
import io
from pathlib import Path

from secureinfra.reports.text import as_csv, as_markdown
from tests.reports.samples import INSECURE, facts


def test_markdown_names_what_is_broken(tmp_path: Path) -> None:
    text = as_markdown(facts(tmp_path))
    assert text.startswith("## Security report: acme\n\naws\\_security\\_group.web breaks a critical control")
    assert "| critical | `aws_security_group.web` infra/main.tf:29 | tcp 22 from 0.0.0.0/0 |" in text
    assert "Network of infra: Open to the internet: 1 of 1 security group (web on tcp 22)." in text
    assert "Who may do what in infra: Open to anyone: data." in text
    assert "Proofs: " in text


def test_markdown_is_no_place_for_others_markup(tmp_path: Path) -> None:
    code = INSECURE.replace('"main" { cidr_block = "10.0.0.0/16" }', '"main" {\n  cidr_block = "10.0.0.0/16"\n}')
    text = as_markdown(facts(tmp_path, code=code.replace("acme-data", "@team **x** <img>")))
    assert "<img>" not in text
    assert "@team" not in text


def test_csv_has_a_row_for_each_answer(tmp_path: Path) -> None:
    found = facts(tmp_path)
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    totals = found.report.totals
    assert len(rows) == sum(totals.values()) - totals["not applicable"]
    assert {row["state"] for row in rows} == {"broken", "unknown", "waived", "met"}
    (ssh,) = [row for row in rows if row["control"] == "security-group-no-ssh-from-internet"]
    assert (ssh["state"], ssh["cis-v5"], ssh["file"], ssh["line"]) == ("broken", "5.3 5.4", "infra/main.tf", "29")
    (zones,) = [row for row in rows if row["control"] == "rds-instance-multi-az"]
    assert (zones["state"], zones["fsbp"]) == ("waived", "RDS.5 RDS.15")
    assert "a <b>test</b> database until the launch" in zones["waiver"]


def test_csv_holds_no_formula(tmp_path: Path) -> None:
    code = 'resource "aws_s3_bucket" "b" {\n  for_each = { "=1+1" = "" }\n}\n'
    for row in csv.reader(io.StringIO(as_csv(facts(tmp_path, code=code)))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
