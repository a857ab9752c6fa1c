"""The files of `terraform test` that a module brings along."""

from secureinfra.modules.content.own_tests import defaults_test, refusals_test
from secureinfra.modules.content.source import Variable
from tests.modules.content.small import KEY, OWNER, PERIOD, small


def test_defaults_are_planned_and_asserted() -> None:
    written = defaults_test(small())
    assert written["variables"] == {"owner": "security"}
    assert written["run"]["defaults"]["command"] == "plan"
    assert written["run"]["defaults"]["assert"]
    assert "variables" not in defaults_test(small(variables=(PERIOD,)))


def test_one_run_for_each_validation() -> None:
    runs = refusals_test(small())["run"]
    assert runs["refuses_period"]["expect_failures"] == ["var.period"]
    assert not 90 <= runs["refuses_period"]["variables"]["period"] <= 2560
    assert {name.rpartition("_")[0] if name[-1].isdigit() else name for name in runs} == {
        "refuses_name",
        "refuses_period",
    }


def test_no_file_where_nothing_is_refused() -> None:
    assert refusals_test(small({"description": "Key"}, variables=(Variable("period", "number", "", 365), OWNER))) == {}


def test_a_slow_plan_is_narrowed_to_what_the_variable_is_for() -> None:
    assert "plan_options" not in refusals_test(small())["run"]["refuses_period"]
    keys = {f"key{number}": {**KEY, "rotation_period_in_days": 365} for number in range(45)}
    module = small(document={"resource": {"aws_kms_key": {**keys, "key": dict(KEY)}}})
    assert refusals_test(module)["run"]["refuses_period"]["plan_options"] == {"target": ["aws_kms_key.key"]}


def test_signs_of_a_template_are_text_in_a_value() -> None:
    owner = Variable("owner", "string", "", example="${aws:username}")
    assert defaults_test(small(variables=(PERIOD, owner)))["variables"] == {"owner": "$${aws:username}"}
