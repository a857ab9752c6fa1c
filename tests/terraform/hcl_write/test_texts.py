"""Which expressions are sure to be strings."""

from __future__ import annotations

import pytest

from secureinfra.terraform.hcl_write.nesting import type_of
from secureinfra.terraform.hcl_write.texts import Texts

TEXTS = Texts(
    {
        "variable": {"s": {"type": "string"}, "n": {"type": "number"}, "any": {}},
        "locals": {"s": "a", "again": "${local.s}", "n": 1, "circle": "${local.circle}"},
    },
    type_of,
)


@pytest.mark.parametrize(
    "code",
    [
        *("aws_kms_key.k.arn", 'aws_kms_key.k["a"].arn', "data.aws_caller_identity.c.account_id", "each.key"),
        *("var.s", "local.s", "local.again", "random_pet.p.id", "module.m.key_arn", 'lower("A")', 'join("-", var.l)'),
        *('"text"', "path.module"),
    ],
)
def test_strings(code: str) -> None:
    assert TEXTS.has(code)


@pytest.mark.parametrize(
    "code",
    [
        *("aws_kms_key.k.rotation_period_in_days", "aws_kms_key.k.tags", "aws_kms_key.k", "each.value", "count.index"),
        *("var.n", "var.any", "var.other", "var.s[0]", "local.n", "local.circle", "local.none", "module.m.size"),
        *('length("a")', 'join("", a) == b', "a ? b : c", "1", '"a" == "b"', 'aws_vpc.v[")"].tags', "true"),
    ],
)
def test_others(code: str) -> None:
    assert not TEXTS.has(code)
