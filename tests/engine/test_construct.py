"""SecureConstruct: ids, configs, overrides, references both ways, providers."""

from typing import TYPE_CHECKING, Annotated, Any

import jsii
import pytest
from constructs import Construct, IConstruct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.config.config import Config
from secureinfra.config.rule import between
from secureinfra.config.rules import Number
from secureinfra.config.waiver import Waiver
from secureinfra.controls import kms
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import ENGINE, App, TerraformOutput, TerraformStack
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.resource import Resource
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

if TYPE_CHECKING or ENGINE == "cdktf":
    from cdktf import Aspects, IAspect, TerraformResource
else:
    from cdktn import Aspects, IAspect, TerraformResource


class Queue(SecureConstruct):
    """A queue, with another construct in it when asked."""

    def __init__(
        self,
        scope: Any,
        id: str,
        config: Config = Config(),
        *,
        inner: bool = False,
        provider: Any = None,
        **values: Any,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.queue = Resource(self, "queue", "aws_sqs_queue", **values)
        self.inner = Queue(self, "dead-letters") if inner else None


class Native(TerraformResource):
    """An element of the engine, as prebuilt bindings are."""

    def __init__(self, scope: Construct, id: str, **attributes: Any) -> None:
        super().__init__(scope, id, terraform_resource_type="aws_sns_topic")
        for name, value in attributes.items():
            self.add_override(name, value)


def test_addresses_are_paths_below_the_stack() -> None:
    stack = test_stack()
    team = Construct(stack, "payments")
    Queue(team, "jobs", inner=True)
    Queue(stack, "queue")
    assert addresses(synthesize(stack)) == [
        "aws_sqs_queue.payments_jobs_dead_letters_queue",
        "aws_sqs_queue.payments_jobs_queue",
        "aws_sqs_queue.queue",
    ]


def test_path_starts_with_the_stack() -> None:
    queue = Queue(Construct(test_stack("prod"), "payments"), "jobs", inner=True)
    assert queue.path == "prod/payments/jobs" == queue.node.path
    assert queue.inner is not None
    assert queue.inner.path == "prod/payments/jobs/dead-letters" == queue.inner.node.path


def test_aspects_visit_constructs() -> None:
    seen: list[str] = []

    @jsii.implements(IAspect)
    class Note:
        def visit(self, node: IConstruct) -> None:
            if isinstance(node, Queue):
                seen.append(node.node.id)
                node.queue.attributes["tags"] = {"seen": "yes"}

    stack = test_stack()
    Queue(stack, "jobs", inner=True)
    Aspects.of(stack).add(Note())
    app = stack.node.root
    assert isinstance(app, App)
    app.synth()
    assert seen == ["jobs", "dead-letters"]
    tags = [block["tags"] for block in synthesize(stack)["resource"]["aws_sqs_queue"].values()]
    assert tags == [{"seen": "yes"}] * 2


def test_references_to_and_from_elements_of_the_engine() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    topic = Native(stack, "news", kms_master_key_id=key.arn)
    Queue(stack, "jobs", redrive_policy=topic.get_string_attribute("arn"))
    TerraformOutput(stack, "key", value=key.arn)
    document = synthesize(stack)
    (name,) = document["resource"]["aws_sns_topic"]
    assert document["resource"]["aws_sns_topic"][name]["kms_master_key_id"] == "${aws_kms_key.data_key.arn}"
    assert document["resource"]["aws_sqs_queue"]["jobs_queue"]["redrive_policy"] == f"${{aws_sns_topic.{name}.arn}}"
    assert document["output"]["key"]["value"] == "${aws_kms_key.data_key.arn}"


def test_what_is_let_go_of_is_not_destroyed_but_in_a_sandbox() -> None:
    def removed(environment: str) -> Any:
        stack = test_stack(environment=environment)
        for name in ("one", "other"):
            Queue(stack, name).let_go("aws_kms_key", "records", "key")
        return synthesize(stack).get("removed")

    kept = {"destroy": False}
    assert removed("production") == [
        {"from": "aws_kms_key.one_records_key", "lifecycle": kept},
        {"from": "aws_kms_key.other_records_key", "lifecycle": kept},
    ]
    assert removed("sandbox") is None


def test_ambient_data_sources_are_written_once() -> None:
    stack = test_stack()
    found = {(queue.account_id, queue.region, queue.partition) for queue in (Queue(stack, "a"), Queue(stack, "b"))}
    assert found == {
        (
            "${data.aws_caller_identity.current.account_id}",
            "${data.aws_region.current.id}",
            "${data.aws_partition.current.partition}",
        )
    }
    assert synthesize(stack)["data"] == {
        "aws_caller_identity": {"current": {}},
        "aws_region": {"current": {}},
        "aws_partition": {"current": {}},
    }


def test_provider_with_an_alias_is_inherited() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    west = AwsProvider(stack, "west", AwsProviderConfig(region="eu-west-1", alias="west"))
    queue = Queue(stack, "jobs", inner=True, provider=west)
    assert queue.inner is not None
    assert queue.inner.region == "${data.aws_region.current_west.id}"
    Queue(stack, "other", provider="aws.east")
    Queue(stack, "plain")
    document = synthesize(stack)
    providers = {name: block.get("provider") for name, block in document["resource"]["aws_sqs_queue"].items()}
    assert providers == {
        "jobs_queue": "aws.west",
        "jobs_dead_letters_queue": "aws.west",
        "other_queue": "aws.east",
        "plain_queue": None,
    }
    assert document["data"]["aws_region"] == {"current_west": {"provider": "aws.west"}}


def test_default_provider_as_object_is_no_alias() -> None:
    stack = test_stack()
    aws = AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    Queue(stack, "jobs", provider=aws)
    assert "provider" not in synthesize(stack)["resource"]["aws_sqs_queue"]["jobs_queue"]


def test_refuses_what_is_no_provider() -> None:
    with pytest.raises(
        ConfigError, match="is not a provider: give an AwsProvider or an address such as 'aws.us_east_1'"
    ):
        Queue(test_stack(), "jobs", provider=7)


@pytest.mark.parametrize("id", ["a b", "a/b", "ä", "", "a.b", "${var.x}"])
def test_refuses_id(id: str) -> None:
    with pytest.raises(ConfigError, match=r"may hold letters, digits, '-' and '_' only: it becomes an address"):
        Queue(test_stack(), id)


def test_refuses_id_twice() -> None:
    stack = test_stack()
    Queue(stack, "jobs")
    with pytest.raises(ConfigError, match="test/jobs: its scope has a construct 'jobs' already: choose another id"):
        Queue(stack, "jobs")
    with pytest.raises(ConfigError, match="its scope has a construct 'key' already"):
        _ = SecureKey(stack, "key"), SecureKey(stack, "key")


def test_refuses_scope_without_a_stack() -> None:
    with pytest.raises(ConfigError, match="jobs: its scope is not inside a stack. Pass a TerraformStack"):
        Queue(App(outdir=test_stack().node.root.outdir), "jobs")  # type: ignore[attr-defined]


def test_refuses_the_config_of_another_construct() -> None:
    with pytest.raises(
        ConfigError, match=r"test/data: SecureKey takes a KeyConfig, not Config: write SecureKey\(scope, id"
    ):
        SecureKey(test_stack(), "data", Config())  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="takes a KeyConfig, not dict"):
        SecureKey(test_stack(), "data", {"alias": "x"})  # type: ignore[arg-type]


def test_nothing_is_left_of_a_refused_construct() -> None:
    stack = test_stack()
    with pytest.raises(ControlError):
        SecureKey(stack, "data", KeyConfig(deletion_window_in_days=7))
    SecureKey(stack, "data")
    assert addresses(synthesize(stack)) == ["aws_kms_alias.data_alias", "aws_kms_key.data_key"]


def test_refuses_override_without_a_resource() -> None:
    with pytest.raises(
        ConfigError, match=r"write construct.resources\[name\].add_override\('name', ...\) with one of queue"
    ):
        Queue(test_stack(), "jobs").add_override("name", "x")


def test_override_of_a_resource() -> None:
    stack = test_stack()
    Queue(stack, "jobs").resources["queue"].add_override("name", "x")
    assert synthesize(stack)["resource"]["aws_sqs_queue"]["jobs_queue"]["name"] == "x"


def test_refuses_hcl_output() -> None:
    stack = test_stack()
    Queue(stack, "jobs")
    with pytest.raises(Exception, match="would leave these resources out: synthesize JSON"):
        stack.to_hcl_terraform()


def test_require() -> None:
    queue = Queue(test_stack(), "jobs")
    good = Waiver(control=kms.ROTATED.id, reason="test", owner="tests", until="2099-12-31")
    assert queue.require(kms.ROTATED, good, "this") is good
    with pytest.raises(ControlError, match="test/jobs: this breaks control kms-key-rotated: one leaked key"):
        queue.require(kms.ROTATED, None, "this")
    with pytest.raises(ControlError, match="breaks control kms-key-deletion-delayed"):
        queue.require(kms.DELETION_DELAYED, good, "this")
    old = Waiver(control=kms.ROTATED.id, reason="test", owner="tests", until="2020-01-01")
    with pytest.raises(ConfigError, match="test/jobs: Waiver.*expired on 2020-01-01"):
        queue.require(kms.ROTATED, old, "this")


def test_stack_without_our_constructs_is_as_the_engine_makes_it() -> None:
    stack = test_stack()
    Native(stack, "news")
    assert list(synthesize(stack)["resource"]) == ["aws_sns_topic"]
    assert isinstance(stack, TerraformStack)


class PairConfig(Config):
    """What two queues have in common."""

    seconds: Annotated[Number, between(1, 60, "seconds"), kms.DELETION_DELAYED.keeps(lambda seconds: seconds > 5)] = 30


class Pair(SecureConstruct):
    """Two queues and nothing of its own."""

    def __init__(self, scope: Any, id: str, config: PairConfig) -> None:
        super().__init__(scope, id, config)
        Queue(self, "first", delay_seconds=config.seconds)
        Queue(self, "second")


def test_a_construct_of_constructs_is_judged_beside_its_first_resource() -> None:
    stack = test_stack()
    Pair(stack, "pair", PairConfig.of({"seconds": "${var.seconds}"}))
    queues = synthesize(stack)["resource"]["aws_sqs_queue"]
    conditions = [one["condition"] for one in queues["pair_first_queue"]["lifecycle"]["precondition"]]
    assert conditions == ["${var.seconds >= 1 && var.seconds <= 60}", "${var.seconds}"]
    assert queues["pair_first_queue"]["delay_seconds"] == "${var.seconds}"
    assert "lifecycle" not in queues["pair_second_queue"]


def test_a_waiver_of_a_construct_of_constructs_stands_beside_its_first_resource() -> None:
    stack = test_stack()
    waiver = Waiver(control=kms.DELETION_DELAYED.id, reason="a trial", owner="tests", until="2099-12-31")
    Pair(stack, "pair", PairConfig.of({"seconds": 3, "waivers": (waiver,)}))
    queues = synthesize(stack)["resource"]["aws_sqs_queue"]
    (written,) = queues["pair_first_queue"]["//"]["waivers"]
    assert (written["control"], written["construct"]) == (kms.DELETION_DELAYED.id, "test/pair")
    assert queues["pair_first_queue"]["//"]["metadata"]["path"] == "test/pair/first/queue"
