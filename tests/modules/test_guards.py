"""What Terraform must judge of variables moves from resources to the variables."""

from secureinfra.modules.guards import guarded, name_variable, outcome
from secureinfra.modules.source import NAME, Validation, Variable

CIDR = Variable("cidr", "string", "The network.", example="10.20.0.0/16", setting="cidr")
DAYS = Variable("days", "number", "How long.", 90, setting="days")


def document(*preconditions: dict[str, str]) -> dict[str, object]:
    return {"resource": {"aws_vpc": {"vpc": {"lifecycle": {"precondition": list(preconditions)}}}}}


def demand(condition: str, message: str) -> dict[str, str]:
    return {"condition": f"${{{condition}}}", "error_message": message}


def test_a_condition_on_variables_alone_becomes_a_validation() -> None:
    bare, (cidr,) = guarded(
        document(demand("can(cidrnetmask(var.cidr))", f"{NAME}/x: VpcConfig cidr is no network.")), [CIDR]
    )
    assert bare == {"resource": {"aws_vpc": {"vpc": {}}}}
    assert cidr.validations == (Validation("can(cidrnetmask(var.cidr))", "cidr is no network."),)


def test_a_condition_on_a_resource_stays() -> None:
    stays = demand("contains(data.aws_availability_zones.zones.names, var.cidr)", "no such zone")
    bare, (cidr,) = guarded(document(stays), [CIDR])
    assert bare == document(stays)
    assert cidr.validations == ()


def test_the_same_condition_is_written_once() -> None:
    twice = [
        demand("var.days >= 1", f"{NAME}: AConfig days must be 1."),
        demand("var.days >= 1", f"{NAME}/y: BConfig age must be 1."),
    ]
    _, (days,) = guarded(document(*twice), [DAYS])
    assert [validation.message for validation in days.validations] == ["days must be 1."]


def test_a_broken_control_is_told_with_its_reason() -> None:
    _, (days,) = guarded(
        document(demand("var.days >= 365", f"{NAME}: LogGroupConfig days breaks log-group-retained.")), [DAYS]
    )
    assert days.validations[0].message.startswith("days must keep the control log-group-retained: ")


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
        document(demand('can(regex("^arn:", each_role_arns))', f"{NAME}: AConfig role_arns is no ARN.")), [roles]
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
