"""Definitions of workflows, checked for what Step Functions refuses: states that do not exist, or that lead nowhere.

states-language.net/spec.html, docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.config.problem import Path, Problem
from secureinfra.config.rules import is_token

_TYPES = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")
_ENDS = ("Succeed", "Fail")


def problems_of(definition: Mapping[str, Any], path: Path = ("definition",)) -> Iterator[Problem]:
    """What Step Functions would refuse.

    Args:
        definition: a workflow, or what is within a Parallel or Map state.
        path: where it stands.
    """
    place = ".".join(map(str, path))
    states = definition.get("States")
    if not isinstance(states, Mapping) or not states:
        yield Problem((*path, "States"), f"has no States at {place}", instead="Write States={...}", subject=place)
        return
    start = definition.get("StartAt")
    if start not in states:
        what = f"has StartAt {start!r} at {place}, which is not one of its states"
        yield Problem((*path, "StartAt"), what, instead=f"Use one of {', '.join(states)}", subject=place)
    for name, state in states.items():
        yield from _problems_of_state((*path, "States", name), name, state, states)


def _problems_of_state(path: Path, name: str, state: Any, states: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(state, Mapping) or state.get("Type") not in _TYPES:
        kind = state.get("Type") if isinstance(state, Mapping) else state
        what = f"has the state {name!r} of type {kind!r}"
        yield Problem(path, what, "Step Functions does not know it", f"Use one of {', '.join(_TYPES)}", subject=name)
        return
    for target in _targets(state):
        if target not in states and not is_token(str(target)):
            what = f"has the state {name!r}, which leads to {target!r}"
            why = "that is not a state beside it"
            yield Problem(path, what, why, f"Use one of {', '.join(states)}", subject=name)
    leads_on = "Next" in state or state.get("End") is True or state["Type"] in (*_ENDS, "Choice")
    if not leads_on:
        why = "the execution would not know what comes next"
        yield Problem(
            path, f"has the state {name!r} without Next or End", why, "Add 'End': True, or 'Next'", subject=name
        )
    for within in ("Branches", "ItemProcessor", "Iterator"):
        held = state.get(within)
        for number, one in enumerate(held if isinstance(held, list | tuple) else [held] if held else []):
            if isinstance(one, Mapping):
                yield from problems_of(one, (*path, within, number))


def _targets(state: Mapping[str, Any]) -> Iterator[Any]:
    if "Next" in state:
        yield state["Next"]
    if state["Type"] == "Choice":
        yield from (one.get("Next") for one in state.get("Choices", ()) if isinstance(one, Mapping))
        if "Default" in state:
            yield state["Default"]
    yield from (one.get("Next") for one in state.get("Catch", ()) if isinstance(one, Mapping))
