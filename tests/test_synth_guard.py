"""The guard and `assert_meets`: nothing synthesises that breaks a control, whoever made it."""

from pathlib import Path

import pytest

from secureinfra import App, Configuration, SecureKey, TerraformStack, Waiver, guard
from secureinfra.aws.kms_key import KeyConfig
from secureinfra.engine import failure
from secureinfra.engine._cdk import ENGINE
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import assert_meets, configuration_of, synthesize, test_stack


def raw_key(stack: TerraformStack) -> None:
    """A key made by the engine alone, as prebuilt bindings make theirs."""
    module = __import__(ENGINE)
    resource = module.TerraformResource(stack, "raw", terraform_resource_type="aws_kms_key")
    resource.add_override("is_enabled", False)
    resource.add_override("enable_key_rotation", True)
    resource.add_override("policy", '{"Statement": []}')


def refusal(app: App) -> ControlError:
    with pytest.raises(Exception, match="breaks control") as caught:
        app.synth()
    error = failure.original(caught.value)
    assert isinstance(error, ControlError)
    return error


def test_a_stack_that_meets_everything_synthesises(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "good")
    SecureKey(stack, "key")
    guard(stack)
    app.synth()
    assert (tmp_path / "stacks" / "good" / "cdk.tf.json").exists()


def test_a_resource_of_the_engine_that_breaks_a_control_stops_it(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "bad")
    guard(stack)
    raw_key(stack)
    error = refusal(app)
    assert str(error) == (
        "bad: 1 finding (all).\n"
        "aws_kms_key.raw (construct bad/raw): is_enabled = false breaks control kms-key-enabled: what it encrypted could not "
        "be read.\n"
        "  Should be: is_enabled = true. Set is_enabled = true, or leave it out. SecureKey does.\n"
        "Mend these, or give what may be waived a Waiver(control=..., reason=..., owner=..., until=...).\n"
        "Nothing was written."
    )
    assert not list(tmp_path.rglob("cdk.tf.json"))


def test_an_override_that_breaks_a_control_stops_it(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "bad")
    key = SecureKey(stack, "key")
    key.resources["key"].add_override("enable_key_rotation", False)
    guard(stack)
    assert "enable_key_rotation = false breaks control kms-key-rotated" in str(refusal(app))


def test_waivers_beside_resources_and_of_a_file_count(tmp_path: Path) -> None:
    waiver = Waiver(control="kms-key-deletion-delayed", reason="trial", owner="lab", until="2099-12-31")
    app = App(outdir=str(tmp_path / "out"))
    stack = TerraformStack(app, "waived")
    SecureKey(stack, "key", KeyConfig(deletion_window_in_days=7, waivers=(waiver,)))
    raw_key(stack)
    file = tmp_path / "waivers.yaml"
    file.write_text(
        "- {control: kms-key-enabled, address: aws_kms_key.raw, reason: retired, owner: lab, until: 2099-12-31}\n"
    )
    guard(stack, waivers=file)
    app.synth()
    assert list((tmp_path / "out").rglob("cdk.tf.json"))


def test_threshold_and_packs(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "mild")
    raw_key(stack)
    guard(stack, ["cis-v5"])
    guard(stack, "all", fail_on="high")
    app.synth()


def test_refuses_unknown_packs_and_severities() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="there is no pack 'cis-v55'. Did you mean 'cis-v5'"):
        guard(stack, ["cis-v55"])
    with pytest.raises(ConfigError, match="fail_on='severe' is no severity. Use one of low, medium, high, critical"):
        guard(stack, fail_on="severe")


def test_assert_meets() -> None:
    stack = test_stack("good")
    SecureKey(stack, "key")
    assert_meets(synthesize(stack))
    assert_meets(configuration_of(stack), "cis-v5", "fsbp")
    raw_key(stack)
    with pytest.raises(AssertionError, match="aws_kms_key.raw .*is_enabled = false breaks control kms-key-enabled"):
        assert_meets(synthesize(stack))
    assert_meets(synthesize(stack), "cis-v5")
    assert_meets(synthesize(stack), fail_on="high")


def test_configuration_of() -> None:
    stack = test_stack("queried")
    SecureKey(stack, "key")
    configuration = configuration_of(stack)
    assert isinstance(configuration, Configuration)
    (key,) = configuration.of_type("aws_kms_key")
    assert key.get("enable_key_rotation") is True
    assert [alias.address for alias in configuration.attached(key, "aws_kms_alias", "target_key_id")] == [
        "aws_kms_alias.key_alias"
    ]
