"""Files beside the stack's Terraform: written by `app.synth()`, where the argument says."""

from pathlib import Path

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.asset import add_asset, place_of
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError


def test_is_written_beside_the_stack_that_names_it(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    for name in ("one", "two"):
        owner = SecureKey(TerraformStack(app, name), "data")
        assert add_asset(owner, "code.zip", name.encode()) == "assets/code.zip"
    app.synth()
    for name in ("one", "two"):
        assert (tmp_path / "stacks" / name / "assets" / "code.zip").read_bytes() == name.encode()


def test_one_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    add_asset(SecureKey(TerraformStack(app, "one"), "data"), "code.zip", b"")
    (tmp_path / "stacks" / "one").mkdir(parents=True)
    (tmp_path / "stacks" / "one" / "assets").write_text("in the way")
    with pytest.raises(ConfigError, match=r"assets/code\.zip: cannot be written: "):
        app.synth()


def test_a_module_cannot_carry_one(tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "one")
    state_of(stack).module = "data"
    with pytest.raises(ConfigError, match=r"a Terraform module cannot carry the file 'code\.zip'"):
        add_asset(SecureKey(stack, "data"), "code.zip", b"")


def test_paths_are_seen_from_the_start() -> None:
    assert place_of("src").is_absolute()
    assert place_of("/src") == Path("/src")
