"""References between stacks: led through the other stack's state, in both directions of writing them."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.config.config import Config
from secureinfra.engine._cdk import App, TerraformOutput, TerraformStack
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.cross_stack import across_stacks
from secureinfra.engine.resource import Data, Resource
from secureinfra.errors import ConfigError
from secureinfra.testing import test_stack
from secureinfra.uncaught import original

INPUT = "data.terraform_remote_state.cross-stack-reference-input-network.outputs."


class Topic(SecureConstruct):
    """The least that has a resource."""

    def __init__(self, scope: Any, id: str, **attributes: Any) -> None:
        super().__init__(scope, id, Config())
        self.topic = Resource(self, "topic", "aws_sns_topic", **attributes)


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path / "out"))


def written(app: App, stack: str) -> dict[str, Any]:
    text = Path(app.outdir, "stacks", stack, "cdk.tf.json").read_text()
    document: dict[str, Any] = json.loads(text)
    return document


def synthesized(app: App) -> None:
    try:
        app.synth()
    except RuntimeError as error:
        raise original(error) or error from None


def test_attribute_goes_through_output_and_remote_state(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    key = SecureKey(network, "data")
    Topic(service, "news", kms_master_key_id=key.arn)
    synthesized(app)
    (name,) = written(app, "network")["output"]
    assert written(app, "network")["output"][name] == {"sensitive": True, "value": "${aws_kms_key.data_key.arn}"}
    assert "cross-stack-reference-input-network" in written(app, "service")["data"]["terraform_remote_state"]
    topic = written(app, "service")["resource"]["aws_sns_topic"]["news_topic"]
    assert topic["kms_master_key_id"] == f"${{{INPUT}{name}}}"


def test_stack_that_uses_comes_after_the_one_used(app: App) -> None:
    service, network = TerraformStack(app, "service"), TerraformStack(app, "network")
    Topic(service, "news", kms_master_key_id=SecureKey(network, "data").arn)
    synthesized(app)
    manifest = json.loads(Path(app.outdir, "manifest.json").read_text())
    assert manifest["stacks"]["service"]["dependencies"] == ["network"]
    assert list(written(app, "network")["output"])


def test_within_text_policies_and_expressions(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    arn = SecureKey(network, "data").arn
    expression = arn[2:-1]
    Topic(
        service,
        "news",
        display_name=f"for {arn}!",
        policy=json.dumps({"Resource": [arn, "aws_kms_key.data_key.arn"]}),
        signature_version="${length({ a = " + expression + ' }) + length("' + arn + '")}',
        name="$${aws_kms_key.data_key.arn}",
    )
    synthesized(app)
    (name,) = written(app, "network")["output"]
    topic = written(app, "service")["resource"]["aws_sns_topic"]["news_topic"]
    assert topic["display_name"] == f"for ${{{INPUT}{name}}}!"
    assert json.loads(topic["policy"]) == {"Resource": [f"${{{INPUT}{name}}}", "aws_kms_key.data_key.arn"]}
    assert topic["signature_version"] == f'${{length({{ a = {INPUT}{name} }}) + length("${{{INPUT}{name}}}")}}'
    assert topic["name"] == "$${aws_kms_key.data_key.arn}"


def test_index_and_function_stay_around_the_reference(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    SecureKey(network, "data")
    Topic(service, "news", name='${upper(aws_kms_key.data_key.tags["x"])}')
    synthesized(app)
    (name,) = written(app, "network")["output"]
    topic = written(app, "service")["resource"]["aws_sns_topic"]["news_topic"]
    assert topic["name"] == f'${{upper({INPUT}{name}["x"])}}'


def test_data_source_of_another_stack(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    zones = Data(Topic(network, "any"), "zones", "aws_availability_zones", state="available")
    Topic(service, "news", name=zones.ref("names") + SecureKey(network, "key").account_id)
    synthesized(app)
    values = [output["value"] for output in written(app, "network")["output"].values()]
    assert values == [
        "${data.aws_availability_zones.any_zones.names}",
        "${data.aws_caller_identity.current.account_id}",
    ]


def test_depends_on_becomes_the_order_of_the_stacks(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    key, own = SecureKey(network, "data"), Topic(service, "own")
    Topic(service, "news", depends_on=[key.key, own.topic])
    synthesized(app)
    assert written(app, "service")["resource"]["aws_sns_topic"]["news_topic"]["depends_on"] == [
        "aws_sns_topic.own_topic"
    ]
    manifest = json.loads(Path(app.outdir, "manifest.json").read_text())
    assert manifest["stacks"]["service"]["dependencies"] == ["network"]
    assert "output" not in written(app, "network")


def test_own_address_comes_first(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    SecureKey(network, "data")
    Topic(service, "news", kms_master_key_id=SecureKey(service, "data").arn)
    synthesized(app)
    topic = written(app, "service")["resource"]["aws_sns_topic"]["news_topic"]
    assert topic["kms_master_key_id"] == "${aws_kms_key.data_key.arn}"


def test_reference_knows_its_stack_where_both_have_the_address(app: App) -> None:
    east, west = TerraformStack(app, "network"), TerraformStack(app, "west")
    key, other = SecureKey(east, "data"), SecureKey(west, "data")
    Topic(west, "theirs", kms_master_key_id=key.arn, tags={"keys": lambda: key.arn})
    Topic(west, "own", kms_master_key_id=other.arn, display_name="${aws_kms_key.data_key.arn}")
    synthesized(app)
    (name,) = written(app, "network")["output"]
    topics = written(app, "west")["resource"]["aws_sns_topic"]
    assert (
        topics["theirs_topic"]["kms_master_key_id"] == topics["theirs_topic"]["tags"]["keys"] == f"${{{INPUT}{name}}}"
    )
    assert topics["own_topic"]["kms_master_key_id"] == "${aws_kms_key.data_key.arn}"
    assert topics["own_topic"]["display_name"] == "${aws_kms_key.data_key.arn}"


def test_reference_is_text() -> None:
    reference = SecureKey(test_stack(), "data").arn
    assert copy.deepcopy({"a": reference}) == {"a": "${aws_kms_key.data_key.arn}"}
    assert json.dumps([reference]) == '["${aws_kms_key.data_key.arn}"]'


def test_apps_of_one_process_are_apart(tmp_path: Path) -> None:
    first, second = App(outdir=str(tmp_path / "1")), App(outdir=str(tmp_path / "2"))
    SecureKey(TerraformStack(first, "network"), "data", KeyConfig(description="first"))
    Topic(TerraformStack(second, "service"), "news", kms_master_key_id="${aws_kms_key.data_key.arn}")
    with pytest.raises(ConfigError, match=r"^service: aws_kms_key.data_key.arn is in stack network of another App"):
        second.synth()
    SecureKey(TerraformStack(second, "other"), "data")
    second.synth()
    topic = written(second, "service")["resource"]["aws_sns_topic"]["news_topic"]
    assert topic["kms_master_key_id"].startswith("${data.terraform_remote_state.cross-stack-reference-input-other.")


def test_refuses_references_and_constructs_of_another_app(tmp_path: Path) -> None:
    first, second = App(outdir=str(tmp_path / "1")), App(outdir=str(tmp_path / "2"))
    key = SecureKey(TerraformStack(first, "network"), "data")
    stack = TerraformStack(second, "service")
    with pytest.raises(ConfigError, match=r"^service/files: key='network/data' belongs to another App"):
        SecureBucket(stack, "files", key=key)
    Topic(stack, "news", kms_master_key_id=key.arn)
    with pytest.raises(ConfigError, match=r"^service: aws_kms_key.data_key.arn is in stack network of another App"):
        second.synth()


def test_across_stacks_for_elements_of_the_engine(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    TerraformOutput(service, "key", value=across_stacks(service, SecureKey(network, "data").arn))
    synthesized(app)
    (name,) = written(app, "network")["output"]
    assert written(app, "service")["output"]["key"]["value"] == f"${{{INPUT}{name}}}"


def test_refuses_plain_reference_in_an_element_of_the_engine(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    TerraformOutput(service, "key", value=SecureKey(network, "data").arn)
    with pytest.raises(
        ConfigError, match=r"^service: .*aws_kms_key.data_key.arn, which is in stack network.*across_st"
    ):
        synthesized(app)
    assert not Path(app.outdir, "stacks", "service", "cdk.tf.json").exists()


def test_refuses_stacks_that_use_each_other(app: App) -> None:
    network, service = TerraformStack(app, "network"), TerraformStack(app, "service")
    key, other = SecureKey(network, "data"), SecureKey(service, "other")
    Topic(service, "news", kms_master_key_id=key.arn)
    Topic(network, "news", kms_master_key_id=other.arn)
    with pytest.raises(ConfigError, match=r"which uses something of .*neither could be applied first"):
        synthesized(app)
