"""What `app.synth()` says and raises."""

import os
import subprocess
import sys
from pathlib import Path

import jsii
import pytest
from constructs import IValidation

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.engine.synthesis import QUIET
from secureinfra.errors import ConfigError

PROGRAM = """
from secureinfra import App, AwsProvider, AwsProviderConfig, SecureKey, SecureTopic, TerraformStack

app = App(outdir="deep/out")
last, first = TerraformStack(app, "last"), TerraformStack(app, "first")
for stack in (last, first):
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
SecureTopic(last, "news", key=SecureKey(first, "data"))
app.synth()
"""


def said(folder: Path, more: str = "", **environment: str) -> str:
    (folder / "main.py").write_text(PROGRAM + more)
    env = {name: value for name, value in os.environ.items() if name != QUIET}
    done = subprocess.run(
        [sys.executable, "main.py"], check=True, cwd=folder, capture_output=True, text=True, env={**env, **environment}
    )
    assert done.stdout == ""
    return done.stderr


def test_one_line_says_what_was_written_where_and_what_comes_next(tmp_path: Path) -> None:
    assert said(tmp_path) == (
        "secureinfra: wrote first (2 resources), last (2 resources) to deep/out/stacks. Next: terraform "
        "-chdir=deep/out/stacks/first init, then plan.\n"
    )
    assert (tmp_path / "deep" / "out" / "stacks" / "first" / "cdk.tf.json").exists()


def test_quiet(tmp_path: Path) -> None:
    assert said(tmp_path, **{QUIET: "1"}) == ""


def app_with_key(folder: Path) -> tuple[App, TerraformStack]:
    app = App(outdir=str(folder))
    stack = TerraformStack(app, "prod")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    SecureKey(stack, "data")
    return app, stack


def test_what_is_made_after_the_app_was_written_is_told_at_the_end(tmp_path: Path) -> None:
    late = 'SecureKey(first, "late"); SecureKey(first, "later")\n'
    told = said(tmp_path, late).splitlines()
    assert told[1:] == [
        "secureinfra: NOT written, since created after app.synth(): first/late, first/later. Create them before, or call app.synth() "
        "again."
    ]
    again = said(tmp_path, late + "app.synth()\n").splitlines()
    assert ["wrote first" in line for line in again] == [True, True]


def test_refuses_an_output_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ConfigError, match=r"file/out: cannot be written: not a directory. Use a folder that can be written: App"
    ):
        App(outdir=str(tmp_path / "file" / "out"))


def test_refuses_an_output_folder_that_went_away(tmp_path: Path) -> None:
    app, _ = app_with_key(tmp_path / "out")
    (tmp_path / "out" / "stacks").rmdir()
    (tmp_path / "out" / "stacks").write_text("")
    with pytest.raises(ConfigError, match=r"stacks/prod'?: cannot be written: it is not a folder"):
        app.synth()


def test_an_error_of_the_engine_s_stays_as_it_is(tmp_path: Path) -> None:
    app, stack = app_with_key(tmp_path)
    stack.node.add_validation(Refusing())
    with pytest.raises(RuntimeError, match="not today"):
        app.synth()


@jsii.implements(IValidation)
class Refusing:
    """As a program's own validations refuse."""

    def validate(self) -> list[str]:
        return ["not today"]


def test_output_folder_of_the_environment_may_be_set_after_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path / "later"))
    assert App().outdir == str(tmp_path / "later")
