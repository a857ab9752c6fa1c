"""Settings files: one stack, fleets, what is different in a target, placeholders, and the places of all of them."""

import pytest

from secureinfra.errors import ConfigError
from tests.stacks.files import FLEET, STACK, project


def refusal(text: str, *assignments: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        project(text, *assignments)
    return str(error.value).splitlines()


def test_one_stack() -> None:
    (stack,) = project().stacks
    assert (stack.name, stack.blueprint, stack.project, stack.target) == ("lake", "data-lake", "lake", None)
    assert stack.values["provider"]["region"] == "eu-central-1"
    assert stack.places.at(("settings", "people")) == "settings.yaml:8:3"


def test_a_fleet_has_a_stack_for_each_target() -> None:
    first, second, third = project(FLEET).stacks
    assert [stack.name for stack in (first, second, third)] == ["lake-first", "lake-second", "lake-third"]
    assert first.values["provider"]["allowed_account_ids"] == ["111111111111"]
    assert first.values["provider"]["region"] == "eu-central-1"
    assert second.values["provider"]["region"] == "eu-west-1"
    assert second.values["provider"]["environment"] == "production"
    assert second.values["provider"]["tags"] == {"cost-center": "42"}
    assert second.values["settings"]["trail_retention_days"] == 500
    assert second.values["settings"]["people"] == first.values["settings"]["people"]
    assert third.values["backend"]["key"] == "elsewhere.tfstate"


def test_placeholders() -> None:
    second = project(FLEET).stacks[1]
    assert second.values["backend"] == {
        "bucket": "acme-state-222222222222",
        "key": "lake/second.tfstate",
        "region": "eu-west-1",
        "kms_key_id": "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-4333-8444-555555555555",
    }
    assert second.values["permissions_boundary"] == "arn:aws:iam::222222222222:policy/boundary"
    assert second.values["provider"]["assume_role"]["role_arn"] == "arn:aws:iam::222222222222:role/deploy"


def test_placeholders_of_the_blueprint_and_of_terraform_are_left_alone() -> None:
    (stack,) = project(STACK, "settings.tags={x: 'a{department}'}", "provider.tags={y: '${var.name}'}").stacks
    assert stack.values["settings"]["tags"] == {"x": "a{department}"}
    assert stack.values["provider"]["tags"] == {"y": "${var.name}"}
    assert stack.problems == ()


def test_a_placeholder_that_stands_for_nothing() -> None:
    (stack,) = project(STACK, "backend={key: '{target}/{acount}'}").stacks
    assert stack.problems == (
        "--set backend={key: '{target}/{acount}'}: '{target}/{acount}': {target} is not a placeholder. Use "
        "{name}, {region}, {environment}.",
        "--set backend={key: '{target}/{acount}'}: '{target}/{acount}': {acount} is not a placeholder. Use "
        "{name}, {region}, {environment}.",
    )


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("provider", "owner"), 5),
        (("provider", "region"), 25),
        (("provider", "environment"), 26),
        (("provider", "allowed_account_ids", 0), 24),
        (("provider", "tags", "cost-center"), 27),
        (("settings", "trail_retention_days"), 28),
        (("settings", "people", "mfa"), 18),
        (("backend", "key"), 10),
    ],
)
def test_values_of_a_target_have_their_own_places(keys: tuple[str | int, ...], line: int) -> None:
    second = project(FLEET).stacks[1]
    assert second.places.at(keys).split(":")[:2] == ["settings.yaml", str(line)]
    assert second.places.below(keys[0]).at(keys[1:]) == second.places.at(keys)


def test_some_targets_only() -> None:
    assert [stack.name for stack in project(FLEET).only(["third", "first"]).stacks] == ["lake-first", "lake-third"]
    with pytest.raises(
        ConfigError, match="--target fourth: settings.yaml has no such target. It has first, second, third."
    ):
        project(FLEET).only(["fourth"])
    with pytest.raises(ConfigError, match="It has none: it describes one stack."):
        project().only(["first"])


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("nam=x", "SettingsFile has no field 'nam'. Did you mean 'name'?"),
        ("name=Lake", "SettingsFile name='Lake' is not a name: write up to 42 lower-case letters"),
        ("name=../lake", "is not a name"),
        ("targets=[{name: a}]", "SettingsFile lacks 'targets.0.account'"),
        ("targets=[{name: a, account: 12}]", "must be a valid string"),
        ("targets=[{name: a, account: '${var.x}'}]", "is known to Terraform only: targets are selected before that"),
        (
            "targets=[{name: a, account: '111111111111'}, {name: a, account: '222222222222'}]",
            "targets holds 'a' 2 times: each target has its own folder",
        ),
        ("targets=[{name: a, account: '111111111111', environment: prod}]", "must be 'production', 'staging'"),
        ("waivers=[{control: kms-key-rotated}]", "has no usable reason"),
        (
            "waivers=[{control: kms-key-rotated, reason: x, owner: y, until: 2099-01-01}]",
            "waivers have no effect here: a waiver belongs next to the setting that needs it",
        ),
        ("pipeline={plan_role_arn: x, apply_role_arn: y}", "is not a role: write its ARN"),
        ("settings=[]", "must be a valid dictionary"),
    ],
)
def test_refuses(assignment: str, said: str) -> None:
    assert any(said in line for line in refusal(STACK, assignment))


def test_all_problems_are_told_at_once() -> None:
    """Those of the file's own fields, and those of its parts."""
    found = refusal(STACK, "name=A b", "provider.region=nowhere", "settings.zones=3", "permissions_boundary=x")
    told = "\n".join(found)
    for part in (
        "SettingsFile name='A b'",
        "AwsProviderConfig region='nowhere'",
        "DataLakeConfig has no field 'zones'",
    ):
        assert part in told
    assert "permissions_boundary='x'" in told
    assert len(found) == 4


@pytest.mark.parametrize("assignment", ["settings=3", "blueprint=data-lakes", "backend=[]"])
def test_a_part_that_cannot_be_read_does_not_hide_the_rest(assignment: str) -> None:
    assert "name='A b' is not a name" in "".join(refusal(STACK, "name=A b", assignment))


def test_refuses_one_state_for_several_targets() -> None:
    (line,) = refusal(
        FLEET.replace("{name}/{target}.tfstate", "lake.tfstate").replace("acme-state-{account}", "acme-state")
    )
    assert line.startswith(
        "settings.yaml:10:3: backend key='lake.tfstate' is the state of lake-first and of lake-second"
    )
    # Other buckets, other states.
    assert len(project(FLEET.replace("{name}/{target}.tfstate", "lake.tfstate")).stacks) == 3
