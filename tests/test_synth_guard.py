"""The guard and `assert_meets`: nothing synthesizes that breaks a control, whoever made it."""

from pathlib import Path

import pytest

from secureinfra import (
    App,
    Configuration,
    RoleConfig,
    SecureKey,
    SecureRole,
    ServiceTrust,
    TerraformStack,
    Waiver,
    guard,
)
from secureinfra.aws.kms.key import KeyConfig
from secureinfra.engine._cdk import ENGINE, TerraformHclModule
from secureinfra.errors import ConfigError, ControlError
from secureinfra.proofs import no_access
from secureinfra.proofs.theorems.invariants import WORDS
from secureinfra.proofs.theorems.theorem import Theorem
from secureinfra.testing import assert_meets, assert_proved, configuration_of, synthesize, test_stack


def raw_key(stack: TerraformStack) -> None:
    """A key made by the engine alone, as prebuilt bindings make theirs."""
    module = __import__(ENGINE)
    resource = module.TerraformResource(stack, "raw", terraform_resource_type="aws_kms_key")
    resource.add_override("is_enabled", False)
    resource.add_override("enable_key_rotation", True)
    resource.add_override("policy", '{"Statement": []}')


def refusal(app: App) -> ControlError:
    with pytest.raises(ControlError, match="breaks control") as caught:
        app.synth()
    return caught.value


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
        "aws_kms_key.raw (construct bad/raw): is_enabled = false breaks control kms-key-enabled: data encrypted with the key could not "
        "be read.\n"
        "  Expected: is_enabled = true. Set is_enabled = true, or leave it out. Zone and SecureKey do.\n"
        "Fix these, or add a Waiver(control=..., reason=..., owner=..., until=...).\n"
        "Nothing was written."
    )
    assert not list(tmp_path.rglob("cdk.tf.json"))


def test_earlier_stacks_are_not_written_either(tmp_path: Path) -> None:
    def build(*, broken: bool) -> App:
        app = App(outdir=str(tmp_path))
        for name in ("first", "new", "last") if broken else ("first", "last"):
            stack = TerraformStack(app, name)
            SecureKey(stack, "key", KeyConfig(description="changed" if broken else None))
            guard(stack)
        if broken:
            raw_key(stack)
        return app

    build(broken=False).synth()
    (tmp_path / "stacks" / "first" / "terraform.tfstate").write_text("{}")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert str(refusal(build(broken=True))).endswith("Nothing was written.")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


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
    with pytest.raises(ConfigError, match="pack 'cis-v55' does not exist. Did you mean 'cis-v5'"):
        guard(stack, ["cis-v55"])
    with pytest.raises(ConfigError, match="fail_on='severe' is not a severity. Use one of low, medium, high, critical"):
        guard(stack, fail_on="severe")


def test_a_stack_within_the_stack_is_checked(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "outer")
    guard(stack)
    raw_key(TerraformStack(stack, "inner"))
    assert "aws_kms_key.raw (construct outer/inner/raw): is_enabled = false" in str(refusal(app))


def test_refuses_an_app_that_validates_nothing(tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path), skip_validation=True), "open")
    with pytest.raises(
        ConfigError, match=r"^open: App\(skip_validation=True\) runs no validation, so that a guard would not"
    ):
        guard(stack)


def test_modules_that_are_not_read_and_waivers_that_are_not_needed_are_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = App(outdir=str(tmp_path / "out"))
    stack = TerraformStack(app, "prod")
    key = SecureKey(stack, "key")
    key.key.waivers.append(Waiver(control="kms-key-rotated", reason="imported", owner="lab", until="2099-12-31"))
    TerraformHclModule(stack, "vpc", source="terraform-aws-modules/vpc/aws")
    guard(stack)
    app.synth()
    told = capfd.readouterr().err
    assert "module.vpc" in told
    assert "Waiver(control='kms-key-rotated') no longer covers a finding. Remove it." in told


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


def test_refuses_to_check_nothing() -> None:
    with pytest.raises(ConfigError, match=r"guard: packs=\(\) checks nothing. Leave packs out for 'all'"):
        guard(test_stack(), packs=())


def test_an_invariant_that_is_broken_stops_it(tmp_path: Path) -> None:
    def build(invariant: Theorem | str) -> App:
        app = App(outdir=str(tmp_path))
        stack = TerraformStack(app, "proved")
        key = SecureKey(stack, "key")
        role = SecureRole(stack, "app", RoleConfig(trust=ServiceTrust(service="lambda.amazonaws.com")))
        key.grant_decrypt(role)
        guard(stack, proofs=[invariant])
        return app

    key, role = "proved/key", "proved/app"
    build(no_access(key, "kms:Decrypt")).synth()
    build("no-escalation").synth()
    with pytest.raises(ControlError) as refused:
        build(no_access(key, "kms:Decrypt", by=role, id="app-reads-nothing")).synth()
    assert "could kms:Decrypt" in str(refused.value)
    assert "This breaks app-reads-nothing" in str(refused.value)
    assert str(refused.value).endswith("Nothing was written.")


def test_assert_proved() -> None:
    stack = test_stack("proved")
    SecureKey(stack, "key")
    held = configuration_of(stack)
    assert_proved(held)
    assert_proved(held, no_access("proved/key", "kms:*"), "keys-kept")
    with pytest.raises(AssertionError, match=r"unknown: it holds only if: .*This breaks keys-kept"):
        assert_proved(held, "keys-kept", strict=True)
    with pytest.raises(ConfigError, match=r"write assert_proved\(configuration_of\(stack\)\)"):
        assert_proved(stack)  # type: ignore[arg-type]


def test_proofs_has_the_words_of_invariants() -> None:
    import secureinfra.proofs as door

    assert set(door.__all__) == set(WORDS)
    assert set(door.__all__) <= set(dir(door))
    assert all(callable(getattr(door, name)) for name in door.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'no_acces'"):
        door.no_acces  # type: ignore[attr-defined]  # noqa: B018
