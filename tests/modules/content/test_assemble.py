"""A module put together from its source."""

import pytest

from secureinfra.errors import ConfigError
from secureinfra.modules.content.assemble import with_values
from secureinfra.modules.content.source import Output, Validation, Variable
from tests.modules.content.small import KEY, OWNER, PERIOD, small

WAIVER = {"control": "kms-key-rotated", "reason": "imported", "owner": "crypto", "until": "2099-12-31"}


def test_the_name_becomes_a_variable_where_it_is_used() -> None:
    module = small()
    assert [variable.name for variable in module.variables] == ["name", "period", "owner"]
    assert module.document["variable"]["name"]["default"] == "data-key"
    assert module.document["resource"]["aws_kms_key"]["key"]["description"] == "Key of ${var.name}"
    assert [one.name for one in small({"description": "Key"}).variables] == ["period", "owner"]


def test_variables_are_declared_with_their_guards() -> None:
    declared = small().document["variable"]
    assert declared["period"] == {
        "type": "number",
        "description": PERIOD.description,
        "default": 365,
        "nullable": False,
        "validation": [
            {
                "condition": "${var.period >= 90 && var.period <= 2560}",
                "error_message": "period must be from 90 to 2560.",
            }
        ],
    }
    assert "default" not in declared["owner"]


def test_a_template_sign_in_a_message_is_text() -> None:
    odd = Variable("odd", "string", "", "a", validations=(Validation('var.odd == "a"', "Write ${x}."),))
    (validation,) = small(variables=(PERIOD, odd)).document["variable"]["odd"]["validation"]
    assert validation["error_message"] == "Write $${x}."


def test_metadata_of_the_engine_is_left_out() -> None:
    assert "//" not in small().document["resource"]["aws_kms_key"]["key"]


def test_a_waiver_stands_beside_what_it_excuses() -> None:
    module = small({"enable_key_rotation": False, "//": {"waivers": [{**WAIVER, "construct": "stack/lock"}]}})
    notes = module.document["resource"]["aws_kms_key"]["key"]["//"]
    assert notes["waivers"] == [WAIVER]
    assert {"check": "CKV_AWS_7", "reason": "imported"} in notes["checkov"]
    assert [finding.control.id for finding in module.report.of_status("waived")] == ["kms-key-rotated"]


def test_refuses_what_breaks_a_control() -> None:
    with pytest.raises(ConfigError, match="kms-key-rotated"):
        small({"enable_key_rotation": False})


def test_a_value_is_checked_in_place_of_each_variable() -> None:
    document = with_values({"resource": {}}, (PERIOD, OWNER))
    assert document["variable"] == {"period": {"default": 365}, "owner": {"default": "security"}}


def test_further_providers_are_asked_for() -> None:
    assert small().aliases == ()
    assert "configuration_aliases" not in small().document["terraform"]["required_providers"]["aws"]
    module = small({"provider": "aws.us_east_1"})
    assert module.aliases == ("aws.us_east_1",)
    assert module.document["terraform"]["required_providers"]["aws"]["configuration_aliases"] == ["aws.us_east_1"]


def test_the_name_within_outputs() -> None:
    value = KEY["description"]
    module = small({"description": "Key"}, outputs=(Output("label", "Its label.", [value]),))
    assert module.document["output"] == {"label": {"description": "Its label.", "value": ["Key of ${var.name}"]}}
    assert module.variables[0].name == "name"


def test_resources_in_order() -> None:
    assert small().resources == ["aws_kms_key.key"]
