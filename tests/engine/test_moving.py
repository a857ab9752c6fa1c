"""Moves: which addresses follow each other, which names stay, and what cannot have moved."""

from typing import Any

import pytest
from constructs import Construct

from secureinfra.config.config import Config
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.resource import Resource
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack


class Queue(SecureConstruct):
    """A queue that is called after its path, perhaps with another one in it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        inner: str | None = None,
        inner_from: str | None = None,
        earlier: str | None = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, Config(), moved_from=moved_from)
        name = self.path.replace("/", "-")
        self.queue = Resource(self, "queue", "aws_sqs_queue", name=name, moved_from=earlier)
        self.inner = Queue(self, inner, moved_from=inner_from) if inner else None


class Group(SecureConstruct):
    """A construct without resources of its own."""

    def __init__(self, scope: Construct, id: str, *, moved_from: str | None = None) -> None:
        super().__init__(scope, id, Config(), moved_from=moved_from)


def moves(stack: TerraformStack) -> list[str]:
    """Each `moved` block, without the type that all have."""
    blocks = synthesize(stack).get("moved", [])
    return [f"{one['from']} -> {one['to']}".replace("aws_sqs_queue.", "") for one in blocks]


def names(stack: TerraformStack) -> list[str]:
    return [one["name"] for one in synthesize(stack)["resource"]["aws_sqs_queue"].values()]


def test_everything_within_moves_and_keeps_its_name() -> None:
    stack = test_stack()
    queue = Queue(Construct(stack, "team"), "jobs", inner="late", moved_from="old/jobs")
    assert moves(stack) == ["old_jobs_queue -> team_jobs_queue", "old_jobs_late_queue -> team_jobs_late_queue"]
    assert names(stack) == ["test-old-jobs", "test-old-jobs-late"]
    assert (queue.path, queue.node_path, queue.node.path) == ("test/old/jobs", "test/team/jobs", "test/team/jobs")


def test_reports_say_where_it_is_now() -> None:
    stack = test_stack()
    Queue(stack, "new", moved_from="old")
    (block,) = synthesize(stack)["resource"]["aws_sqs_queue"].values()
    assert block["//"]["metadata"]["path"] == "test/new/queue"


@pytest.mark.parametrize("said", ["old/jobs", "test/old/jobs"])
def test_a_path_with_and_without_its_stack(said: str) -> None:
    stack = test_stack()
    Queue(stack, "jobs", moved_from=said)
    assert moves(stack) == ["old_jobs_queue -> jobs_queue"]


def test_moved_twice_and_back() -> None:
    stack = test_stack()
    Queue(stack, "c", moved_from="a -> b")
    assert (moves(stack), names(stack)) == (["a_queue -> b_queue", "b_queue -> c_queue"], ["test-a"])
    stack = test_stack()
    Queue(stack, "a", moved_from="a->b")
    assert (moves(stack), names(stack)) == (["b_queue -> a_queue"], ["test-a"])


def test_beside_where_it_is() -> None:
    stack = test_stack()
    Queue(Group(stack, "team"), "jobs", moved_from="./works")
    assert moves(stack) == ["team_works_queue -> team_jobs_queue"]


def test_what_is_around_it_moved_too_in_either_order() -> None:
    stack = test_stack()
    Queue(Group(stack, "new", moved_from="old"), "b", moved_from="./a")
    expected = ["old_a_queue -> old_b_queue", "old_b_queue -> new_a_queue", "new_a_queue -> new_b_queue"]
    assert (moves(stack), names(stack)) == (expected, ["test-old-a"])
    stack = test_stack()
    Queue(Group(stack, "new", moved_from="old"), "b", moved_from="alone")
    assert (moves(stack), names(stack)) == (
        ["alone_queue -> old_b_queue", "old_b_queue -> new_b_queue"],
        ["test-alone"],
    )


def test_into_a_plain_construct_within_one_that_moved() -> None:
    stack = test_stack()
    Queue(Construct(Group(stack, "new", moved_from="old"), "team"), "jobs")
    assert (moves(stack), names(stack)) == (["old_team_jobs_queue -> new_team_jobs_queue"], ["test-old-team-jobs"])


def test_an_earlier_address_comes_first() -> None:
    stack = test_stack()
    Queue(stack, "new", moved_from="old", earlier="aws_sqs_queue.ancient")
    assert moves(stack) == ["ancient -> old_queue", "old_queue -> new_queue"]


def test_one_address_needs_no_block() -> None:
    stack = test_stack()
    Queue(Group(stack, "jobs"), "queue", moved_from="jobs")
    assert (moves(stack), names(stack)) == ([], ["test-jobs"])


def test_from_another_stack_names_stay_and_nothing_moves_here() -> None:
    stack = test_stack()
    Queue(stack, "new", inner="late", moved_from="shop:old/jobs")
    assert (moves(stack), names(stack)) == ([], ["shop-old-jobs", "shop-old-jobs-late"])
    stack = test_stack()
    Queue(stack, "newest", moved_from="shop:old -> new")
    assert (moves(stack), names(stack)) == (["new_queue -> newest_queue"], ["shop-old"])


def test_what_leaves_the_state_is_named_wherever_it_may_be() -> None:
    stack = test_stack()
    Queue(stack, "c", moved_from="a -> b").let_go("aws_kms_key", "key")
    assert [one["from"] for one in synthesize(stack)["removed"]] == [
        "aws_kms_key.a_key",
        "aws_kms_key.b_key",
        "aws_kms_key.c_key",
    ]


@pytest.mark.parametrize("said", ["", "a//b", "/a", "a/", "a.b", "a -> ", "shop:", ":a", "./", "${var.a}", "a -> b c"])
def test_refuses_what_is_not_a_path(said: str) -> None:
    with pytest.raises(
        ConfigError, match=r"^test/new: moved_from=.* is not a path: it names what the construct was\. Write"
    ):
        Queue(test_stack(), "new", moved_from=said)


@pytest.mark.parametrize("said", ["new", "test/new", "./new"])
def test_refuses_where_it_is(said: str) -> None:
    with pytest.raises(ConfigError, match=r"^test/new: moved_from='.*new' is where it is: write where it was"):
        Queue(test_stack(), "new", moved_from=said)


def test_refuses_two_kinds_of_paths_together() -> None:
    with pytest.raises(ConfigError, match=r"^test/new: moved_from='a -> \./b' mixes paths with and without './'"):
        Queue(test_stack(), "new", moved_from="a -> ./b")


def refusal(*queues: dict[str, Any]) -> str:
    app = App()
    stack = TerraformStack(app, "shop")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    for given in queues:
        Queue(stack, **given)
    with pytest.raises(ConfigError) as error:
        app.synth()
    return str(error.value)


@pytest.mark.parametrize("order", [1, -1])
def test_refuses_a_path_that_is_taken(order: int) -> None:
    queues: list[dict[str, Any]] = [{"id": "new", "moved_from": "old"}, {"id": "old"}]
    assert refusal(*queues[::order]) == (
        "shop/new: moved_from='old' is where shop/old is or was: addresses and names of the two would be the same. Give that one "
        "another id, or leave moved_from out."
    )


def test_refuses_a_path_on_the_way_that_is_taken() -> None:
    text = refusal({"id": "c", "moved_from": "a -> b"}, {"id": "b"})
    assert text.startswith("shop/c: moved_from='a -> b' is where shop/b is or was:")


def test_refuses_two_that_were_in_one_place() -> None:
    assert refusal({"id": "b", "moved_from": "old"}, {"id": "a", "moved_from": "old"}) == (
        "shop/a: moved_from='old' is that of shop/b too: only one of them can have been there. Leave it out of the other."
    )


def test_refuses_a_chain() -> None:
    text = refusal({"id": "b", "moved_from": "a"}, {"id": "c", "moved_from": "b"})
    assert text.endswith("One construct that moved twice names both places: moved_from='a -> b'.")
