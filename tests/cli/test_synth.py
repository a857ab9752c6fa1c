"""`secureinfra synth`: exit codes, what it says and where, and what it leaves behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from tests.stacks.files import FLEET, STACK


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with both settings files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lake.yaml").write_text(STACK)
    (tmp_path / "fleet.yaml").write_text(FLEET)
    return tmp_path


def synth(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["synth", *arguments])


def test_one_stack(folder: Path) -> None:
    result = synth("lake.yaml", "--out", "infra")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("infra/lake: ")
    assert " resources; " in result.stdout
    document = json.loads((folder / "infra" / "lake" / "cdk.tf.json").read_text())
    assert "aws_s3_bucket" in document["resource"]
    assert CliRunner().invoke(program, ["check", "infra/lake"]).exit_code == 0


def test_again() -> None:
    synth("lake.yaml", "--out", "infra")
    assert ", unchanged; " in synth("lake.yaml", "--out", "infra").stdout


def buckets(text: str) -> int:
    (row,) = (line for line in text.splitlines() if "  S3 bucket" in line)
    return int(row.split()[0])


def test_a_fleet(folder: Path) -> None:
    result = synth("fleet.yaml", "--out", "infra", "--jobs", "2")
    assert result.exit_code == 0
    assert result.stderr == "3/3 stacks\n"
    told, costs = result.stdout.split("Starts to cost, ")
    *stacks, total = told.splitlines()
    assert [line.partition(":")[0] for line in stacks] == ["infra/lake-first", "infra/lake-second", "infra/lake-third"]
    assert total.startswith("3 stacks in ")
    assert "MB in a process: 3 written, 0 unchanged." in total
    # Of all stacks together.
    alone = synth("lake.yaml", "--out", "alone").stdout.partition("Starts to cost, ")[2]
    assert 3 * buckets(alone) == buckets(costs) > 0


def test_values_of_the_command_line() -> None:
    assert synth("lake.yaml", "--out", "infra", "--set", "settings.trail_retention_days=900").exit_code == 0
    assert '"days": 900' in Path("infra/lake/cdk.tf.json").read_text()


def test_one_target() -> None:
    assert synth("fleet.yaml", "--out", "infra", "--target", "second").exit_code == 0
    assert os.listdir("infra") == ["lake-second"]
    assert synth("fleet.yaml", "--out", "infra", "--target", "fourth").exit_code == 2


def test_check() -> None:
    result = synth("fleet.yaml", "--out", "infra", "--check")
    assert (result.exit_code, os.path.exists("infra")) == (1, False)
    assert "infra/lake-second: not up to date.\n" in result.stdout
    synth("fleet.yaml", "--out", "infra")
    result = synth("fleet.yaml", "--out", "infra", "--check")
    assert (result.exit_code, result.stdout) == (0, "infra: up to date.\n")


def test_pipeline() -> None:
    result = synth("fleet.yaml", "--out", "infra", "--pipeline", "github")
    assert ".github/workflows/lake.yml: written\n" in result.stdout
    assert synth("fleet.yaml", "--out", "infra", "--pipeline", "github", "--check").exit_code == 0
    Path(".github/workflows/lake.yml").write_text(Path(".github/workflows/lake.yml").read_text() + "# more\n")
    result = synth("fleet.yaml", "--out", "infra", "--pipeline", "github", "--check")
    assert (result.exit_code, result.stdout) == (1, ".github/workflows/lake.yml: not up to date.\n")


def test_a_target_that_is_no_more_is_told(folder: Path) -> None:
    synth("fleet.yaml", "--out", "infra")
    (folder / "fleet.yaml").write_text(FLEET.replace("name: third", "name: fourth"))
    result = synth("fleet.yaml", "--out", "infra")
    assert result.exit_code == 0
    assert "infra/lake-third: no longer a stack of fleet.yaml. Destroy it with Terraform" in result.stderr
    assert (folder / "infra" / "lake-third" / "cdk.tf.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.yaml", "--out", "infra"], "none.yaml: cannot be read: No such file or directory"),
        (["lake.yaml"], "Missing option '--out'"),
        (
            ["lake.yaml", "--out", "infra", "--set", "settings.people.mfa=x"],
            "--set settings.people.mfa=x: DataLakeConfig",
        ),
        (["lake.yaml", "--out", "infra", "--pipeline", "github"], "lake.yaml:1:1: a pipeline needs"),
        (["fleet.yaml", "--out", "infra", "--pipeline", "github", "--target", "first"], "remove --target and --set"),
        (["fleet.yaml", "--out", "infra", "--jobs", "0"], "'--jobs'"),
        (["fleet.yaml", "--out", "fleet.yaml"], "fleet.yaml: is a file. Name a folder."),
        (
            ["broken.yaml", "--out", "infra"],
            "broken.yaml:3:13: AwsProviderConfig has no field 'regon'. Did you mean 'region'?",
        ),
    ],
)
def test_bad_input(folder: Path, arguments: list[str], said: str) -> None:
    (folder / "broken.yaml").write_text("blueprint: data-lake\nname: lake\nprovider: { regon: x }\nsettings: {}\n")
    result = synth(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    assert not (folder / "infra").exists()


def test_the_real_command(folder: Path) -> None:
    command = [sys.executable, "-m", "secureinfra", "synth", "fleet.yaml", "--out", "infra", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    assert sorted(os.listdir("infra")) == ["lake-first", "lake-second", "lake-third"]
    assert "3 written" in done.stdout


def test_what_starts_no_engine() -> None:
    # Whatever is wrong with the file itself is told before anything slow is started.
    text = (
        "import sys\nfrom secureinfra.cli import main\n"
        "sys.argv = ['secureinfra', 'synth', 'fleet.yaml', '--out', 'infra', '--target', 'nobody']\n"
        "try: main()\nexcept SystemExit as end: print(end.code)\n"
        "print([name for name in ('jsii', 'cdktf', 'cdktn') if name in sys.modules])\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, env=environment)
    assert done.stdout == "2\n[]\n", done.stderr
