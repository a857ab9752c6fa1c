"""Resource and Data: what they write."""

from typing import TYPE_CHECKING, Any

import pytest

from secureinfra.config.config import Config
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import ENGINE, TerraformStack, TerraformVariable
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.resource import Addressable, Data, Resource, plain
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack

if TYPE_CHECKING or ENGINE == "cdktf":
    from cdktf import TerraformResource
else:
    from cdktn import TerraformResource


class Part(SecureConstruct):
    """A construct without resources of its own."""

    def __init__(self, scope: Any, id: str = "part", config: Config = Config(), *, provider: Any = None) -> None:
        super().__init__(scope, id, config, provider=provider)


def written(stack: TerraformStack, name: str = "part_topic") -> dict[str, Any]:
    found: dict[str, Any] = synthesize(stack)["resource"]["aws_sns_topic"][name]
    return found


def test_attributes_under_the_names_of_terraform() -> None:
    stack = test_stack()
    topic = Resource(Part(stack), "topic", "aws_sns_topic", name="x", fifo_topic=True, tags={"a": None, "b": "c"})
    assert topic.address == topic.fqn == "aws_sns_topic.part_topic"
    assert topic.ref("arn") == "${aws_sns_topic.part_topic.arn}"
    assert isinstance(topic, Addressable)
    assert written(stack) == {
        "//": {"metadata": {"path": "test/part/topic", "uniqueId": "part_topic"}},
        "name": "x",
        "fifo_topic": True,
        "tags": {"b": "c"},
    }


def test_data_source() -> None:
    stack = test_stack()
    zones = Data(Part(stack), "zones", "aws_availability_zones", state="available")
    assert zones.address == "data.aws_availability_zones.part_zones"
    assert zones.ref("names") == "${data.aws_availability_zones.part_zones.names}"
    assert synthesize(stack)["data"]["aws_availability_zones"]["part_zones"]["state"] == "available"


def test_callables_are_called_at_synthesis() -> None:
    stack = test_stack()
    names: list[str] = []
    Resource(Part(stack), "topic", "aws_sns_topic", name=lambda: ",".join(names), tags={"n": lambda: len(names)})
    names.append("late")
    assert written(stack)["name"] == "late"
    assert written(stack)["tags"] == {"n": 1}


def test_left_out_while_when_says_no() -> None:
    stack = test_stack()
    wanted: list[bool] = []
    Resource(Part(stack), "topic", "aws_sns_topic", when=lambda: wanted)
    assert "resource" not in synthesize(stack)
    wanted.append(True)
    assert written(stack)


def test_lifecycle() -> None:
    stack, sandbox = test_stack(), test_stack(environment="sandbox")
    for each in (stack, sandbox):
        topic = Resource(
            Part(each), "topic", "aws_sns_topic", protect=True, create_before_destroy=True, ignore_changes=["tags"]
        )
        topic.require('${var.x != ""}', "x is empty")
    expected = {
        "create_before_destroy": True,
        "ignore_changes": ["tags"],
        "precondition": [{"condition": '${var.x != ""}', "error_message": "x is empty"}],
    }
    assert written(stack)["lifecycle"] == {"prevent_destroy": True, **expected}
    assert written(sandbox)["lifecycle"] == expected


def test_demand_on_a_reference_and_on_a_placeholder() -> None:
    stack = test_stack()
    topic = Resource(Part(stack), "topic", "aws_sns_topic")
    placeholder = TerraformVariable(stack, "days", type="number").number_value
    topic.demand("hours", "${var.hours}", "{value} > 1", "hours are too few")
    topic.demand("days", placeholder, "{value} > 2", "days are too few.")
    document = synthesize(stack)
    (name,) = document["locals"]
    assert document["locals"][name] == "${var.days}"
    assert written(stack)["lifecycle"]["precondition"] == [
        {"condition": "${var.hours > 1}", "error_message": "test/part: hours are too few."},
        {"condition": f"${{local.{name} > 2}}", "error_message": "test/part: days are too few."},
    ]


def test_depends_on_resources_elements_and_addresses() -> None:
    stack = test_stack()
    part, native = Part(stack), TerraformResource(stack, "x", terraform_resource_type="aws_sqs_queue")
    first = Resource(part, "first", "aws_sns_topic")
    Resource(part, "topic", "aws_sns_topic", depends_on=[first, native, "aws_vpc.main"])
    assert written(stack)["depends_on"] == ["aws_sns_topic.part_first", "aws_sqs_queue.x", "aws_vpc.main"]


def test_waivers_stand_beside_the_resource() -> None:
    stack = test_stack()
    waiver = Waiver(control="kms-key-rotated", reason="test", owner="tests", until="2099-12-31")
    Resource(Part(stack, "part", Config(waivers=(waiver,))), "topic", "aws_sns_topic", waivers=[waiver])
    assert written(stack)["//"]["waivers"] == [waiver.to_json("test/part"), waiver.to_json()]


def test_moved() -> None:
    stack = test_stack()
    Resource(Part(stack), "topic", "aws_sns_topic", moved_from="aws_sns_topic.old")
    Resource(Part(stack, "other"), "topic", "aws_sns_topic", moved_from="aws_sns_topic.older")
    assert synthesize(stack)["moved"] == [
        {"from": "aws_sns_topic.old", "to": "aws_sns_topic.part_topic"},
        {"from": "aws_sns_topic.older", "to": "aws_sns_topic.other_topic"},
    ]


def test_overrides() -> None:
    stack = test_stack()
    topic = Resource(Part(stack), "topic", "aws_sns_topic", name="x", policies=[{"id": 1}], tags={"a": "b"})
    topic.add_override("name", None)
    topic.add_override("display_name", "y")
    topic.add_override("policies.0.id", 2)
    topic.add_override("tags.a", "c")
    topic.add_override("lifecycle.prevent_destroy", True)
    block = synthesize(stack, providers=())["resource"]["aws_sns_topic"]["part_topic"]
    assert "name" not in block
    assert (block["display_name"], block["policies"], block["tags"]) == ("y", [{"id": 2}], {"a": "c"})
    assert block["lifecycle"] == {"prevent_destroy": True}
    assert topic.attributes["tags"] == {"a": "b"}


def test_refuses_one_id_twice() -> None:
    part = Part(test_stack())
    Resource(part, "topic", "aws_sns_topic")
    with pytest.raises(ConfigError, match="test/part: it already has a resource 'topic'"):
        Data(part, "topic", "aws_sns_topic")


def test_names_are_unique_across_types() -> None:
    stack = test_stack()
    Resource(Part(stack, "a-b"), "c", "aws_sns_topic")
    with pytest.raises(ConfigError, match="two resources would share one address"):
        Resource(Part(stack, "a"), "b-c", "aws_sqs_queue")


def test_plain() -> None:
    value = {"a": (1, None, {"b": None}), "c": None, "d": lambda: [lambda: 2]}
    assert plain(value, state_of(test_stack())) == {"a": [1, None, {}], "d": [2]}


def test_conditions_are_written_once_however_often_it_is_rendered() -> None:
    stack = test_stack()
    topic = Resource(Part(stack), "topic", "aws_sns_topic", name="x")
    topic.require('${var.x != ""}', "x is empty")
    topic.demand("x", "${var.x}", '{value} != "y"', "x is y")
    first, second = synthesize(stack), synthesize(stack)
    assert first == second
    assert len(second["resource"]["aws_sns_topic"]["part_topic"]["lifecycle"]["precondition"]) == 2
