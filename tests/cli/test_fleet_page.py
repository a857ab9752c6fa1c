"""What the page on settings files says, compared with what the commands do; the README's example too."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from secureinfra.cli.program import program
from secureinfra.cli.synth import command
from secureinfra.files.yaml import read
from secureinfra.stacks.settings import SettingsFile, Target

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "fleet"
PAGE = (EXAMPLE / "README.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE / "fleet.yaml", tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments)


def listed(heading: str) -> list[str]:
    table = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([a-z_-]+)", cell)]


def test_the_commands_of_the_page(folder: Path) -> None:
    (block,) = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines():
        result = run(*line.partition("#")[0].split()[1:])
        assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in (folder / "infra").iterdir()) == ["lake-retail", "lake-retail-us", "lake-trial"]
    assert (folder / ".github" / "workflows" / "lake.yml").exists()
    schema = json.loads((folder / "data-lake.schema.json").read_text())
    assert list(Draft202012Validator(schema).iter_errors(read(folder / "fleet.yaml").values)) == []


def test_addresses_of_the_page(folder: Path) -> None:
    run("synth", "fleet.yaml", "--out", "infra", "--target", "trial")
    document = json.loads((folder / "infra" / "lake-trial" / "cdk.tf.json").read_text())
    (address,) = re.findall(r"`aws_s3_bucket\.(\w+)`", PAGE)
    assert address in document["resource"]["aws_s3_bucket"]


def test_errors_of_the_page(folder: Path) -> None:
    text = (folder / "fleet.yaml").read_text()
    text = text.replace('"999988887777"', '"99998888777"').replace("3653", "3")
    (folder / "fleet.yaml").write_text(text)
    result = run("synth", "fleet.yaml", "--out", "infra", "--target", "retail")
    (shown,) = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert result.stderr == shown


def test_tables_have_every_field_and_option() -> None:
    assert sorted(listed("What a settings file holds")) == sorted(set(SettingsFile.model_fields) - {"waivers"})
    assert sorted(listed("Targets")) == sorted(set(Target.model_fields) - {"waivers"})
    options = {name for option in command.params for name in option.opts if name.startswith("--")}
    assert set(re.findall(r"^\| `(--[a-z]+)", PAGE, re.MULTILINE)) == options


def test_the_example_of_the_readme(folder: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (text,) = [
        block for block in re.findall(r"^```yaml\n(.*?)^```", readme, re.MULTILINE | re.DOTALL) if "lake.yaml" in block
    ]
    (folder / "lake.yaml").write_text(text)
    (line,) = [line for line in readme.splitlines() if line.startswith("secureinfra synth lake.yaml")]
    assert run(*line.partition("#")[0].split()[1:]).exit_code == 0
    assert (folder / "infra" / "analytics" / "cdk.tf.json").exists()
    (place,) = re.findall(r"`lake\.yaml:(\d+:\d+): ", readme)
    (folder / "lake.yaml").write_text(text.replace("mfa: true", "mfa: perhaps"))
    assert f"lake.yaml:{place}: DataLakeConfig people.mfa" in run("synth", "lake.yaml", "--out", "infra").stderr
