"""A refused value for each validation."""

from secureinfra.modules.content.guards import name_variable, outcome
from secureinfra.modules.content.refusals import refusals_of
from secureinfra.modules.content.source import Validation, Variable


def test_each_validation_gets_a_value_that_it_refuses() -> None:
    days = Variable(
        "days",
        "number",
        "",
        90,
        validations=(
            Validation("floor(var.days) == var.days", "whole"),
            Validation("var.days >= 7 && var.days <= 400", "range"),
        ),
    )
    variables = (name_variable("network"), days)
    found, without = refusals_of(variables)
    assert without == []
    assert [(refusal.variable, refusal.number) for refusal in found] == [("name", 1), ("days", 1), ("days", 2)]
    by_name = {variable.name: variable for variable in variables}
    for refusal in found:
        variable = by_name[refusal.variable]
        assert outcome(variable.validations[refusal.number - 1], variable, refusal.value) is False


def test_two_variables_refused_together_are_both_expected() -> None:
    low = Variable("low", "number", "", 1, validations=(Validation("var.low < var.high", "order"),))
    high = Variable("high", "number", "", 9, validations=(Validation("var.high > var.low", "order"),))
    found, _ = refusals_of((low, high))
    assert [set(refusal.refused) for refusal in found] == [{"low", "high"}, {"low", "high"}]


def test_what_cannot_be_refused_is_said() -> None:
    _, without = refusals_of((Variable("x", "string", "", "a", validations=(Validation("var.x == var.x", "odd"),)),))
    assert without == ["x: odd"]
