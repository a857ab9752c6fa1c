"""Definitions of workflows: what Step Functions accepts, and what it refuses."""

from typing import Any

import pytest

from secureinfra.aws.sfn.definition import problems_of

DONE = {"Type": "Succeed"}


def told(states: Any, start: str = "First") -> str:
    return " ".join(problem.text for problem in problems_of({"StartAt": start, "States": states}))


def test_accepts_states_that_lead_on() -> None:
    states = {
        "First": {
            "Type": "Task",
            "Resource": "x",
            "Next": "Which",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Broken"}],
        },
        "Which": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "Each"}],
            "Default": "Done",
        },
        "Each": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}},
            "Next": "Both",
        },
        "Both": {"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": DONE}}], "End": True},
        "Broken": {"Type": "Fail"},
        "Done": DONE,
    }
    assert told(states) == ""


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ({}, "has no States at definition"),
        ({"Second": DONE}, "has StartAt 'First' at definition, which is not one of its states"),
        ({"First": {"Type": "Job"}}, "has the state 'First' of type 'Job'"),
        ({"First": "Done"}, "has the state 'First' of type 'Done'"),
        ({"First": {"Type": "Pass", "Next": "Gone"}}, "which leads to 'Gone'"),
        ({"First": {"Type": "Pass"}}, "has the state 'First' without Next or End"),
        ({"First": {"Type": "Choice", "Choices": [{"Next": "Gone"}]}}, "which leads to 'Gone'"),
        ({"First": {"Type": "Choice", "Choices": [], "Default": "Gone"}}, "which leads to 'Gone'"),
        ({"First": {"Type": "Task", "End": True, "Catch": [{"Next": "Gone"}]}}, "which leads to 'Gone'"),
        (
            {"First": {"Type": "Parallel", "End": True, "Branches": [{"StartAt": "A", "States": {"B": DONE}}]}},
            "has StartAt 'A' at definition.States.First.Branches.0",
        ),
        ({"First": {"Type": "Map", "End": True, "ItemProcessor": {"StartAt": "A", "States": {}}}}, "has no States at"),
    ],
)
def test_refuses(states: Any, message: str) -> None:
    assert message in told(states)


def test_a_state_that_only_terraform_knows_is_left_to_it() -> None:
    assert told({"First": {"Type": "Pass", "Next": "${var.next}"}}) == ""
