"""The README of a module: each part says what the module holds."""

import re

from secureinfra.modules.content.readme import readme
from tests.modules.content.small import PERIOD, small

WAIVER = {"control": "kms-key-rotated", "reason": "imported | kept", "owner": "crypto", "until": "2099-12-31"}


def rows(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head."""
    part = text.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_requirements_name_both_tools() -> None:
    module = small()
    found = rows(readme(module, ""), "Requirements")
    assert [row[:2] for row in found[:2]] == [["Terraform", "1.9 or newer"], ["or OpenTofu", "1.9 or newer"]]
    assert found[2][1] == f"`{module.document['terraform']['required_providers']['aws']['version']}`"


def test_inputs() -> None:
    assert rows(readme(small(), ""), "Inputs") == [
        ["`name`", "`string`", '`"data-key"`', small().variables[0].description],
        ["`period`", "`number`", "`365`", PERIOD.description],
        ["`owner`", "`string`", "required", "Who answers for it."],
    ]


def test_outputs_and_resources() -> None:
    text = readme(small(), "")
    assert rows(text, "Outputs") == [["`arn`", "Its ARN."]]
    assert rows(text, "Resources") == [["`aws_kms_key`", "1", "`key`"]]
    assert "## Outputs\n\nNone." in readme(small(outputs=()), "")


def test_controls_are_those_that_passed_on_the_module() -> None:
    module = small()
    listed = [cell[0] for cell in rows(readme(module, ""), "Controls")]
    assert listed == sorted({f"`{finding.control.id}`" for finding in module.report.of_status("passed")})
    assert "`kms-key-rotated`" in listed


def test_waived_controls_are_apart_with_their_reason() -> None:
    module = small({"enable_key_rotation": False, "//": {"waivers": [WAIVER]}})
    text = readme(module, "")
    row = next(line for line in text.splitlines() if line.startswith("| `kms-key-rotated`"))
    assert "`aws_kms_key.key`" in row
    assert "imported \\| kept" in row, "a bar would end the cell"


def test_how_it_is_used_and_written_again() -> None:
    text = readme(small(), "secureinfra module --out key")
    assert 'module "data_key" {' in text
    assert "```shell\nsecureinfra module --out key\n```" in text
    assert '"multi_region": false' in text
    assert '"multi_region"' not in readme(small(settings={}), "")


def test_further_providers_are_named() -> None:
    assert "`aws.us_east_1`" in readme(small({"provider": "aws.us_east_1"}), "")


def test_what_is_left_to_the_caller() -> None:
    assert re.search(r"^\|[^|]*\|[^|]*\| Who may use it \|$", readme(small(), ""), re.MULTILINE)
