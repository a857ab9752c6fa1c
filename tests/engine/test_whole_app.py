"""What only the whole app shows is refused or told before anything is written."""

from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.log_group import SecureLogGroup
from secureinfra.aws.detection.macie import Macie
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import ENGINE, App, TerraformStack
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError

FRANKFURT, IRELAND = AwsProviderConfig(region="eu-central-1"), AwsProviderConfig(region="eu-west-1")


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path / "out"))


def stack_in(app: App, name: str, config: AwsProviderConfig = FRANKFURT) -> TerraformStack:
    stack = TerraformStack(app, name)
    AwsProvider(stack, "aws", config)
    return stack


def refusal(app: App) -> str:
    with pytest.raises(ConfigError) as error:
        app.synth()
    assert not list(Path(app.outdir).rglob("cdk.tf.json"))
    return str(error.value)


def test_a_provider_that_is_not_declared_is_told_before_anything_is_written(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "prod")
    config = AwsProviderConfig(alias="west", owner="x", environment="production", region="eu-west-1")
    west = AwsProvider(stack, "west", config)
    SecureKey(stack, "good", provider=west)
    SecureKey(stack, "also-good", provider="aws.west")
    SecureKey(stack, "bad", provider="aws.wst")
    with pytest.raises(ConfigError) as error:
        app.synth()
    assert str(error.value) == (
        "prod/bad: provider='aws.wst' is not declared in the stack. Add AwsProvider(stack, 'wst', "
        "AwsProviderConfig(alias='wst', ...)) and pass it. There are: aws.west."
    )
    assert not list(tmp_path.glob("stacks/*/*.json"))


def test_refuses_a_default_provider_beside_the_engine_s(app: App) -> None:
    stack = stack_in(app, "prod")
    module: Any = __import__(ENGINE)

    class Bindings(module.TerraformProvider):  # type: ignore[misc]
        """As prebuilt bindings make theirs."""

    Bindings(stack, "theirs", terraform_resource_type="aws")
    SecureKey(stack, "data")
    assert refusal(app) == (
        "prod/aws: the stack has a second provider 'aws', 'prod/theirs': Terraform takes one without an alias. Remove one of the "
        "two, or give it an alias."
    )


def test_refuses_a_group_in_another_region_than_its_vpc(app: App) -> None:
    network = SecureVpc(stack_in(app, "network"), "network", VpcConfig(cidr="10.0.0.0/16"))
    SecurityGroup(stack_in(app, "web", IRELAND), "web", SecurityGroupConfig(description="Web"), vpc=network)
    assert refusal(app) == (
        "web/web: vpc='network/network' is in eu-central-1, and web/web in eu-west-1: AWS wants both in one region. Pass provider= "
        "to one of them, or create a SecureVpc in eu-west-1."
    )


@pytest.mark.parametrize("given", ["key", "access_log"])
def test_refuses_what_a_bucket_needs_in_its_region(app: App, given: str) -> None:
    stack = stack_in(app, "prod")
    west = AwsProvider(stack, "west", AwsProviderConfig(region="eu-west-1", alias="west"))
    made: Any = {"key": SecureKey, "access_log": LogBucket}[given]
    SecureBucket(stack, "files", **{given: made(stack, "there", provider=west)})
    assert f"prod/files: {given}='prod/there' is in eu-west-1" in refusal(app)


def test_refuses_what_a_partition_does_not_offer(app: App) -> None:
    Macie(stack_in(app, "gov", AwsProviderConfig(region="us-gov-west-1")), "macie")
    assert refusal(app) == (
        "gov/macie: AWS does not offer Macie in us-gov-west-1 (partition aws-us-gov), which aws_macie2_account.macie_account needs. "
        "Leave Macie out there."
    )


def test_regions_that_are_not_known_are_not_compared(app: App) -> None:
    stack = stack_in(app, "prod", AwsProviderConfig(region="${var.region}"))
    other = stack_in(app, "other")
    SecureLogGroup(stack, "logs", key=SecureKey(other, "key"))
    app.synth()


def test_a_stack_without_a_provider_is_told(app: App, capfd: pytest.CaptureFixture[str]) -> None:
    SecureKey(TerraformStack(app, "bare"), "data")
    app.synth()
    assert "secureinfra: bare: the stack has no provider: region, account" in capfd.readouterr().err


def test_a_waiver_that_is_not_needed_is_told(app: App, capfd: pytest.CaptureFixture[str]) -> None:
    waiver = Waiver(control="kms-key-deletion-delayed", reason="trial", owner="lab", until="2099-12-31")
    stack = stack_in(app, "prod")
    SecureKey(stack, "needed", KeyConfig(deletion_window_in_days=7, waivers=(waiver,)))
    SecureKey(stack, "needless", KeyConfig(waivers=(waiver,)))
    SecureKey(stack, "unknown", KeyConfig.of({"deletion_window_in_days": "${var.days}", "waivers": (waiver,)}))
    app.synth()
    told = [line for line in capfd.readouterr().err.splitlines() if "Waiver" in line]
    assert told == [
        "secureinfra: prod/needless: Waiver(control='kms-key-deletion-delayed') is not needed: the configuration meets the control. "
        "Remove it."
    ]


def test_a_refused_configuration_that_nothing_uses_is_told(app: App, capfd: pytest.CaptureFixture[str]) -> None:
    unused = KeyConfig(deletion_window_in_days=3)
    SecureKey(stack_in(app, "prod"), "data")
    app.synth()
    told = capfd.readouterr().err
    assert (
        "no construct uses a configuration that is refused: KeyConfig deletion_window_in_days=3 must be between 7 and 30"
        in told
    )
    with pytest.raises(ConfigError, match="must be between"):
        unused.require()
