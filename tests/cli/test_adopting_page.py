"""What the page on adopting shows, compared with what the command does."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import secureinfra
from secureinfra import App, AwsProvider, AwsProviderConfig, TerraformStack
from secureinfra.cli.program import program
from secureinfra.testing import outdir, synthesize

EXAMPLE = Path(__file__).parents[2] / "examples" / "adopting"
PAGE = (EXAMPLE / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE / "state.json", tmp_path)
    first, *_ = blocks("console")[0].splitlines()
    result = CliRunner().invoke(program, first.split()[1:])
    assert result.exit_code == 0, result.output
    assert result.output.startswith(blocks("text")[0])
    assert blocks("python")[0] in (tmp_path / "shop/main.py").read_text()


def test_by_hand() -> None:
    stack = TerraformStack(App(outdir=outdir()), "shop")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    names = {"stack": stack, **{name: getattr(secureinfra, name) for name in secureinfra.__all__}}
    for block in blocks("python")[1:]:
        exec(compile(block, "README.md", "exec"), names)
    document = synthesize(stack)
    assert document["import"] == [
        {"to": "aws_s3_bucket.invoices_bucket", "id": "acme-invoices"},
        {"to": "aws_iam_role.worker_role", "id": "worker"},
        {"to": "aws_iam_role_policy.worker_permissions", "id": "worker:permissions"},
    ]
    assert document["moved"] == [{"from": "module.orders.aws_s3_bucket.this[0]", "to": "aws_s3_bucket.orders_bucket"}]
