"""What stands for variables, and the expressions in its place."""

from secureinfra.modules.content.placeholders import misplaced, resolved
from secureinfra.modules.content.source import ITEM, NAME, TAGS, Variable

TAGGED = f"{TAGS}tags"
ITEMS = f"${{{ITEM}role_arns}}"
ARNS = Variable("role_arns", "list(string)", "", ["a"], setting="role_arns")


def resource(**arguments: object) -> dict[str, object]:
    return {"resource": {"aws_x": {"x": arguments}}}


def test_the_name() -> None:
    assert resolved(resource(a=NAME, b=f"alias/{NAME}/key")) == resource(a="${var.name}", b="alias/${var.name}/key")


def test_tags_alone() -> None:
    assert resolved(resource(tags={TAGGED: ""})) == resource(tags="${var.tags}")


def test_tags_with_others_keep_their_order() -> None:
    tags = {"Name": f"{NAME}/a", TAGGED: "", "aws tier": "private"}
    assert resolved(resource(tags=tags)) == resource(
        tags='${merge({ Name = "${var.name}/a" }, var.tags, { "aws tier" = "private" })}'
    )


def test_blocks_of_keys_and_values_are_repeated_for_tags() -> None:
    tag = [{"key": key, "value": value, "on": False} for key, value in {"Name": NAME, TAGGED: ""}.items()]
    assert resolved(resource(tag=tag, other=[{"key": "a", "value": "b"}])) == resource(
        other=[{"key": "a", "value": "b"}],
        dynamic={
            "tag": {
                "for_each": "${merge({ Name = var.name }, var.tags)}",
                "content": {"key": "${tag.key}", "value": "${tag.value}", "on": False},
            }
        },
    )


def test_a_block_that_says_something_else_stays_by_itself() -> None:
    other = {"key": "Managed", "value": "true", "on": True}
    tag = [{"key": "Name", "value": NAME, "on": False}, {"key": TAGGED, "value": "", "on": False}, other]
    assert resolved(resource(tag=tag)) == resource(
        tag=[other],
        dynamic={
            "tag": {
                "for_each": "${merge({ Name = var.name }, var.tags)}",
                "content": {"key": "${tag.key}", "value": "${tag.value}", "on": False},
            }
        },
    )


def test_tags_where_no_map_is_decide_structure() -> None:
    tags = Variable("tags", "map(string)", "", {}, setting="tags")
    assert "decides structure" in str(misplaced(resource(a=[{"name": TAGGED}]), [tags]))
    assert misplaced(resource(a={TAGGED: ""}), [tags]) == {}


def test_items_alone_and_among_others() -> None:
    assert resolved(resource(a=[ITEMS])) == resource(a="${var.role_arns}")
    assert resolved(resource(a=["first", ITEMS])) == resource(a='${concat(["first"], var.role_arns)}')


def test_items_within_text() -> None:
    assert resolved(resource(a=[f"{ITEMS}/*"])) == resource(a='${[for arn in var.role_arns : "${arn}/*"]}')


def test_a_variable_without_effect_is_none() -> None:
    assert "has no effect" in str(misplaced(resource(a="b"), [ARNS]))
    assert misplaced(resource(a=[ITEMS]), [ARNS]) == {}


def test_items_where_no_list_is_decide_structure() -> None:
    assert "decides structure" in str(misplaced(resource(a=ITEMS), [ARNS]))


def test_items_in_an_address_decide_it() -> None:
    assert "decides addresses" in str(misplaced({"resource": {"aws_x": {"each_role_arns": {"a": [ITEMS]}}}}, [ARNS]))


def test_what_something_is_named_after_decides_addresses() -> None:
    port = Variable("port", "number", "", 443, setting="port")
    named = {"resource": {"aws_x": {"to_tcp_var_port": {"from_port": "${var.port}"}}}}
    assert "decides addresses" in str(misplaced(named, [port]))
    assert "decides addresses" in str(misplaced(resource(a="${var.port}", b="tcp var-port to service"), [port]))
    assert misplaced(resource(a="${var.port}"), [port]) == {}
