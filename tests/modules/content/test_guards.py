"""What Terraform must judge of variables moves from resources to the variables."""

from secureinfra.config.config import Precondition
from secureinfra.controls import find
from secureinfra.modules.content.guards import guarded, name_variable, outcome
from secureinfra.modules.content.source import NAME, Validation, Variable

CIDR = Variable("cidr", "string", "The network.", example="10.20.0.0/16", setting="cidr")
DAYS = Variable("days", "number", "How long.", 90, setting="days")


def document(*preconditions: dict[str, str]) -> dict[str, object]:
    return {"resource": {"aws_vpc": {"vpc": {"lifecycle": {"precondition": list(preconditions)}}}}}


def asked(message: str, *, field: str, control: str = "") -> dict[str, Precondition]:
    """What a precondition with that text was made from."""
    return {message: Precondition(field, "", "", "is wrong", f"AConfig {field}", find(control) if control else None)}


def demand(condition: str, message: str) -> dict[str, str]:
    return {"condition": f"${{{condition}}}", "error_message": message}


def test_a_condition_on_variables_alone_becomes_a_validation() -> None:
    text = f"{NAME}/x: AConfig cidr is wrong."
    before = document(demand("can(cidrnetmask(var.cidr))", text))
    bare, (cidr,) = guarded(before, [CIDR], conditions=asked(text, field="cidr"))
    assert bare == {"resource": {"aws_vpc": {"vpc": {}}}}
    assert cidr.validations == (Validation("can(cidrnetmask(var.cidr))", "cidr is wrong."),)


def test_a_setting_with_another_name_speaks_of_the_variable() -> None:
    range = Variable("network_range", "string", "The network.", example="10.20.0.0/16", setting="cidr")
    before = document(demand("can(cidrnetmask(var.network_range))", "cidr is wrong"))
    _, (found,) = guarded(before, [range], conditions=asked("cidr is wrong", field="cidr"))
    assert [validation.message for validation in found.validations] == ["network_range is wrong."]


def test_a_text_that_nothing_is_known_of_stays_as_it_is() -> None:
    _, (days,) = guarded(document(demand("var.days > 1", "AConfig days: too few.")), [DAYS])
    assert [validation.message for validation in days.validations] == ["AConfig days: too few."]


def test_a_condition_on_a_resource_stays() -> None:
    stays = demand("contains(data.aws_availability_zones.zones.names, var.cidr)", "no such zone")
    bare, (cidr,) = guarded(document(stays), [CIDR])
    assert bare == document(stays)
    assert cidr.validations == ()


def test_the_same_condition_is_written_once() -> None:
    twice = [demand("var.days >= 1", "AConfig days is wrong."), demand("var.days >= 1", "BConfig age is old.")]
    conditions = asked("AConfig days is wrong.", field="days") | asked("BConfig age is old.", field="age")
    _, (days,) = guarded(document(*twice), [DAYS], conditions=conditions)
    assert [validation.message for validation in days.validations] == ["days is wrong."]


def test_a_broken_control_is_told_with_its_reason() -> None:
    known = asked("days", field="days", control="log-group-retained")
    _, (days,) = guarded(document(demand("var.days >= 365", "days")), [DAYS], conditions=known)
    assert days.validations[0].message.startswith("days must satisfy control log-group-retained: ")


def test_two_variables_are_judged_where_the_first_is_declared() -> None:
    other = Variable("most", "number", "", 100, setting="most")
    _, (days, most) = guarded(
        document(demand("var.days <= var.most", f"{NAME}: days must not exceed most.")), [DAYS, other]
    )
    assert len(days.validations) == 1
    assert most.validations == ()


def test_a_condition_that_is_an_error_for_some_values_answers_false() -> None:
    _, (cidr,) = guarded(document(demand('tonumber(split("/", var.cidr)[1]) >= 16', f"{NAME}: too small.")), [CIDR])
    (validation,) = cidr.validations
    assert validation.condition == 'try(tonumber(split("/", var.cidr)[1]) >= 16, false)'
    assert outcome(validation, cidr, "nonsense") is False


def test_items_of_a_list_are_judged_one_by_one() -> None:
    roles = Variable("role_arns", "list(string)", "", ["arn:aws:iam::111122223333:role/a"], setting="role_arns")
    _, (found,) = guarded(
        document(demand('can(regex("^arn:", each_role_arns))', f"{NAME}: AConfig role_arns is not an ARN.")), [roles]
    )
    (validation,) = found.validations
    assert validation.condition == 'alltrue([for arn in var.role_arns : can(regex("^arn:", arn))])'
    assert outcome(validation, found, ["arn:x", "no"]) is False


def test_the_longest_name_is_as_long_as_its_placeholder() -> None:
    name = name_variable("network")
    (validation,) = name.validations
    assert [outcome(validation, name, "x" * length) for length in (1, 2, len(NAME), len(NAME) + 1)] == [
        False,
        True,
        True,
        False,
    ]
    assert outcome(validation, name, "9lives") is False
    assert outcome(validation, name, "ends-") is False
