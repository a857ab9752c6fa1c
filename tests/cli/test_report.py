"""`secureinfra report`: formats, options, and what is refused."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from tests.reports.samples import INSECURE, WAIVERS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(INSECURE)
    (tmp_path / "waivers.yaml").write_text(WAIVERS)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["report", *arguments])


def test_writes_one_file(folder: Path) -> None:
    done = run("infra", "--out", "report.html", "--waivers", "waivers.yaml", "--date", "2026-11-30", "--title", "Acme")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("Wrote report.html: ")
    text = (folder / "report.html").read_text()
    assert "<title>Security report: Acme</title>" in text
    assert "secureinfra report infra" in text
    assert "20 days left" in text


def test_parts_can_be_left_out(folder: Path) -> None:
    text = run("infra", "--no-proofs", "--no-maps", "--date", "2026-11-30").stdout
    assert "Proofs were left out." in text
    assert "or maps were left out." in text
    assert "secureinfra report infra --no-proofs --no-maps" in text


def test_other_formats(folder: Path) -> None:
    assert run("infra", "--format", "markdown").stdout.startswith("## Security report: infra\n")
    assert run("infra", "--format", "csv", "--pack", "fsbp").stdout.splitlines()[0].endswith("waiver,fsbp")


def test_evidence_names_every_file_that_was_read(folder: Path) -> None:
    module = folder / "shared"
    module.mkdir()
    (module / "main.tf").write_text('variable "name" {}\n')
    (folder / "infra" / "shared.tf").write_text('module "shared" {\n  source = "../shared"\n  name   = "a"\n}\n')
    (folder / "infra" / "terraform.tfvars").write_text('zone = "Enabled"\n')
    (folder / "more.tfvars").write_text('zone = "Disabled"\n')
    done = run(
        *("infra", "--format", "in-toto", "--no-proofs", "--out", "statement.json", "--date", "2026-11-30"),
        *("--waivers", "waivers.yaml", "--var-file", "more.tfvars"),
    )
    assert done.exit_code == 0, done.output
    statement = json.loads((folder / "statement.json").read_text())
    read = ["infra/main.tf", "infra/shared.tf", "infra/terraform.tfvars", "shared/main.tf"]
    assert [one["name"] for one in statement["subject"]] == read
    assert [one["name"] for one in statement["predicate"]["configuration"]][2:] == ["more.tfvars", "waivers.yaml"]


def test_evidence_says_what_was_left_out_and_no_values(folder: Path) -> None:
    (folder / "waivers.yaml").write_text("waivers: []\n")
    done = run(
        *("infra", "--format", "in-toto", "--exclude", "old", "--no-recursive", "--var", "word=hunter2"),
        *("--waivers", str(folder / "waivers.yaml"), "--tool", "opentofu", "--no-config"),
    )
    assert done.exit_code == 0, done.output
    command = (
        "secureinfra report infra --format in-toto --exclude old --no-recursive --var word=... --waivers waivers.yaml"
        " --tool opentofu --no-config"
    )
    assert command in done.stdout
    assert "hunter2" not in done.stdout


def test_evidence_of_a_plan_names_the_plan(folder: Path) -> None:
    key = {"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k", "values": {}}
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": [key]}}}
    (folder / "plan.json").write_text(json.dumps(plan))
    statement = json.loads(run("plan.json", "--format", "in-toto").stdout)
    assert [one["name"] for one in statement["subject"]] == ["plan.json"]


def test_assessment_results(folder: Path) -> None:
    done = run("infra", "--pack", "nist-800-53", "--format", "oscal", "--out", "results.json", "--date", "2026-11-30")
    assert done.exit_code == 0, done.output
    results = json.loads((folder / "results.json").read_text())["assessment-results"]
    assert results["metadata"]["last-modified"] == "2026-11-30T00:00:00Z"
    assert (
        "secureinfra report infra --pack nist-800-53 --format oscal"
        in results["back-matter"]["resources"][0]["description"]
    )


def test_bill_of_materials(folder: Path) -> None:
    (folder / "infra" / "keys.tf").write_text('resource "aws_kms_key" "orders" {}\n')
    (folder / "infra" / "away.tf").write_text('module "away" {\n  source = "./away"\n}\n')
    done = run("infra", "--format", "cbom", "--out", "cbom.json", "--date", "2026-11-30")
    assert done.exit_code == 0, done.output
    bill = json.loads((folder / "cbom.json").read_text())
    assert bill["metadata"]["timestamp"] == "2026-11-30T00:00:00Z"
    assert bill["components"][0]["evidence"]["occurrences"][0]["location"] == "infra/keys.tf"
    assert {"name": "secureinfra:parts-not-read", "value": "1"} in bill["metadata"]["properties"]


def test_evidence_leaves_no_failure_out(folder: Path) -> None:
    (folder / "known.json").write_text('{"version": 2, "findings": []}')
    (folder / ".secureinfra.yaml").write_text("baseline: known.json\n")
    assert json.loads(run("infra", "--format", "in-toto").stdout)["predicate"]["result"] == "FAILED"
    refused = run("infra", "--format", "oscal", "--baseline", "known.json")
    assert refused.exit_code == 2
    assert "--baseline leaves failures out, and --format oscal is evidence" in refused.stderr


def test_prices_of_a_file(folder: Path) -> None:
    (folder / "prices.csv").write_text("type,price,region,source,read\naws_db_instance,EUR 9,,contract,2026-11-01\n")
    text = run("infra", "--no-proofs", "--no-maps", "--prices", "prices.csv", "--date", "2026-11-30").stdout
    assert "EUR 9" in text
    assert "(all regions, read on 2026-11-01: contract)" in text
    (folder / "prices.csv").write_text("aws_db_instance,EUR 9\n")
    refused = run("infra", "--prices", "prices.csv")
    assert refused.exit_code == 2
    assert "prices.csv:1: is not a file of prices" in refused.stderr


def test_tree_of_root_modules(folder: Path) -> None:
    (folder / "edge").mkdir()
    (folder / "edge" / "main.tf").write_text('resource "aws_vpc" "edge" { cidr_block = "10.9.0.0/16" }\n')
    text = run(".", "--date", "2026-11-30").stdout
    assert "Network map of edge" in text
    assert "Network map of infra" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("infra", "--date", "tomorrow"), "--date 'tomorrow': is not a date. Write it as 2026-12-31."),
        (("nowhere",), "nowhere"),
    ],
)
def test_refuses(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments, "--out", "report.html")
    assert done.exit_code == 2
    assert message in done.output
    assert not (folder / "report.html").exists()
