"""What to give so that a value becomes known."""

import pytest

from secureinfra.check.unknowns import what_to_give
from secureinfra.terraform.unknown import Unknown


@pytest.mark.parametrize(
    ("text", "references", "said"),
    [
        ("${var.a}", ["var.a"], "pass --var a=VALUE, a --var-file, or TF_VAR_a"),
        (
            "${var.a[0].b}-${var.c}",
            ["var.a[0].b", "var.c"],
            "pass --var a=VALUE --var c=VALUE, a --var-file, or TF_VAR_a",
        ),
        ("${module.m.var.a}", ["module.m.var.a"], "pass the argument in the call of the module, or check a plan"),
        ('${file("/etc/x")}', [], "keep the file below the root module, or check a plan"),
        ("${data.aws_vpc.v.id}", ["data.aws_vpc.v.id"], "check a plan, which holds more values"),
    ],
)
def test_what_to_give(text: str, references: list[str], said: str) -> None:
    assert what_to_give(Unknown(text, references)) == said
