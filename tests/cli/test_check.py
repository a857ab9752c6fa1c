"""`secureinfra check`: exit codes, files, errors; and what it starts."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from tests.check.judged import WAIVER, keys


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one key that is not rotated."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "infra", keys(k={"enable_key_rotation": False}))
    return tmp_path / "infra"


def write(folder: Path, document: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "main.tf.json").write_text(json.dumps(document))


def check(*arguments: object) -> Result:
    return CliRunner().invoke(program, ["check", *map(str, arguments)])


def test_exit_codes(stack: Path) -> None:
    assert check(stack).exit_code == 1
    assert check(stack, "--fail-on", "medium").exit_code == 1
    assert check(stack, "--fail-on", "high").exit_code == 0
    assert check(stack, "--pack", "fsbp").exit_code == 0, "Security Hub's KMS.4 is not on the page of FSBP"
    assert check(stack, "--pack", "fsbp", "--pack", "cis-v5").exit_code == 1
    write(stack, keys(k={}))
    assert check(stack).exit_code == 0


def test_table_is_printed(stack: Path) -> None:
    result = check(stack)
    assert "kms-key-rotated" in result.stdout
    assert result.stdout.splitlines()[-1].split(", ")[1] == "1 failed (1 medium)"
    assert "\x1b[" not in result.stdout, "no color into a pipe"


def test_output(stack: Path, tmp_path: Path) -> None:
    result = check(stack, "--format", "sarif", "--output", tmp_path / "out.sarif")
    assert result.exit_code == 1
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert result.stdout == ""
    assert "1 failed" in result.stderr


def test_output_that_cannot_be_written(stack: Path, tmp_path: Path) -> None:
    result = check(stack, "--output", tmp_path / "none" / "out.txt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written" in result.stderr


def test_several_paths(stack: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", keys(z={"is_enabled": False}))
    document = json.loads(check("infra", "other", "--format", "json").stdout)
    assert document["configurations"] == ["infra", "other"]
    assert {one["address"] for one in document["findings"] if one["status"] == "failed"} == {
        "aws_kms_key.k",
        "aws_kms_key.z",
    }


def test_baseline(stack: Path) -> None:
    result = check("infra", "--baseline", "known.json", "--write-baseline")
    assert (result.exit_code, result.stdout) == (0, "known.json: 1 failure is now in the baseline.\n")
    assert check("infra", "--baseline", "known.json").exit_code == 0
    write(stack, keys(k={"enable_key_rotation": False, "is_enabled": False}))
    result = check("infra", "--baseline", "known.json")
    assert result.exit_code == 1
    assert "kms-key-rotated" not in result.stdout
    assert "kms-key-enabled" in result.stdout


def test_waivers(stack: Path, tmp_path: Path) -> None:
    entry = {**WAIVER, "control": "kms-key-rotated", "address": "aws_kms_key.*"}
    (tmp_path / "waivers.json").write_text(json.dumps([entry]))
    assert check(stack, "--waivers", tmp_path / "waivers.json").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument 'PATH...'"),
        (["nowhere"], "nowhere: cannot be read: No such file or directory"),
        (["infra", "--pack", "cis-v99"], "'cis-v99' is not one of"),
        (["infra", "--fail-on", "some"], "'some' is not one of 'low', 'medium', 'high', 'critical'"),
        (["infra", "--write-baseline"], "--write-baseline needs --baseline FILE"),
        (["infra", "--baseline", "none.json"], "Write a baseline first"),
        (["infra", "--waivers", "none.yaml"], "No such file"),
        (["broken"], "broken/main.tf.json:1:"),
    ],
)
def test_bad_input(stack: Path, arguments: list[str], said: str) -> None:
    (stack.parent / "broken").mkdir()
    (stack.parent / "broken" / "main.tf.json").write_text('{"resource": ')
    result = check(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    assert result.stdout == ""


def test_nothing_heavy_is_loaded_and_nothing_started(stack: Path) -> None:
    program = (
        "import subprocess, sys\n"
        "def refuse(*args, **kwargs): raise SystemExit('a process was started')\n"
        "subprocess.Popen = refuse\n"
        "from secureinfra.cli import main\n"
        f"sys.argv = ['secureinfra', 'check', {str(stack)!r}]\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    *_, code, loaded = done.stdout.splitlines()
    assert code == "1", done.stderr
    heavy = {"jsii", "cdktf", "cdktn", "constructs", "pydantic", "jsonschema", "hcl2", "lark", "ruamel"}
    assert not heavy & set(json.loads(loaded.replace("'", '"')))


def test_variables_decide(stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(stack, {**keys(k={"enable_key_rotation": "${var.rotated}"}), "variable": {"rotated": {"type": "bool"}}})
    result = check(stack)
    assert result.exit_code == 0
    assert "${var.rotated}\n      pass --var rotated=VALUE, a --var-file, or TF_VAR_rotated\n" in result.stdout
    assert check(stack, "--var", "rotated=false").exit_code == 1
    (stack.parent / "prod.tfvars").write_text("rotated = false\n")
    assert check(stack, "--var-file", "prod.tfvars").exit_code == 1
    assert "1 unknown" not in check(stack, "--var-file", "prod.tfvars", "--var", "rotated=true").stdout
    monkeypatch.setenv("TF_VAR_rotated", "false")
    assert check(stack).exit_code == 1
    assert "Write --var NAME=VALUE" in check(stack, "--var", "rotated").output


def test_strict(stack: Path) -> None:
    write(stack, {**keys(k={}), "module": {"m": {"source": "./gone"}}})
    result = check(stack)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith(", 1 not read")
    assert check(stack, "--strict").exit_code == 2
    assert json.loads(check(stack, "--format", "json").stdout)["not_read"] == 1
    write(stack, keys(k={}))
    assert check(stack, "--strict").exit_code == 0


def test_tool(stack: Path) -> None:
    (stack / "more.tofu").write_text('resource "aws_kms_key" "o" {\n  enable_key_rotation = false\n}\n')
    write(stack, keys(k={}))
    assert check(stack).exit_code == 1
    assert check(stack, "--tool", "terraform").exit_code == 0


def test_settings_file(stack: Path, tmp_path: Path) -> None:
    (tmp_path / ".secureinfra.yaml").write_text("fail-on: high\nskip: [KMS.4]\n")
    result = check("infra")
    assert result.exit_code == 0
    assert "Settings are those of .secureinfra.yaml." in result.stdout
    assert "Not checked, by --skip: kms-key-rotated." in result.stdout
    assert check("infra", "--no-config").exit_code == 1
    assert check("infra", "--skip", "CKV2_AWS_64").exit_code == 0, "the severity of the file still counts"
    assert check("infra", "--skip", "CKV2_AWS_64", "--fail-on", "low").exit_code == 1, "options win over the file"
    (tmp_path / "other.yaml").write_text("packs: [fsbp]\nstrict: true\n")
    assert json.loads(check("infra", "--config", "other.yaml", "--format", "json").stdout)["packs"] == ["fsbp"]
    write(stack, {**keys(k={}), "module": {"m": {"source": "./gone"}}})
    assert check("infra", "--config", "other.yaml").exit_code == 2
    assert check("infra", "--config", "other.yaml", "--no-strict").exit_code == 0
    (tmp_path / ".secureinfra.yaml").write_text("fail_on: high\n")
    wrong = check("infra")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert ".secureinfra.yaml:1:1: there is no setting 'fail_on'. Did you mean 'fail-on'?" in wrong.stderr
    assert "contradict each other" in check("infra", "--config", "other.yaml", "--no-config").stderr
    assert "gone.yaml" in check("infra", "--config", "gone.yaml").stderr


def test_settings_name_files_beside_them(stack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "known.json").write_text('{"version": 2, "failures": {}}')
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.secureinfra]\nbaseline = "known.json"\nexclude = ["old"]\n')
    write(tmp_path / "infra" / "old", keys(k={"is_enabled": False}))
    monkeypatch.chdir(stack)
    assert check(".", "--write-baseline").exit_code == 0
    assert "kms-key-rotated" in (tmp_path / "known.json").read_text()
    assert check(".").exit_code == 0


def test_one_control_and_none(stack: Path) -> None:
    assert check(stack, "--control", "s3-bucket-tls-only").exit_code == 0
    assert check(stack, "--control", "CKV_AWS_7").exit_code == 1
    assert check(stack, "--skip", "CKV_AWS_7").exit_code == 0
    result = check(stack, "--skip", "CKV_AWS_7777777")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no control" in result.stderr


def test_summary(stack: Path) -> None:
    result = check(stack, "--summary")
    assert result.exit_code == 1
    assert "Failed, by severity\n      1  medium\n" in result.stdout
    assert "--format json holds everything" in check(stack, "--summary", "--format", "json").stderr


def test_a_tree(stack: Path, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "main.tf").write_text("oops {")
    result = check(".")
    assert result.exit_code == 1
    broken, infra = (line for line in result.stdout.splitlines() if line.startswith("== "))
    assert broken == "== broken: 0 passed, 1 failed (1 critical), 0 waived, 0 unknown, 0 not applicable"
    assert infra.startswith("== infra: ")
    assert " 1 failed (1 medium), " in infra
    assert " 2 failed (1 critical, 1 medium), " in result.stdout.splitlines()[-1]
    assert check(".", "--fail-on", "critical").exit_code == 1
    assert check(".", "--strict").exit_code == 2
    assert check(".", "--exclude", "broken", "--strict").exit_code == 1
