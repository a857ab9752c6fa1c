"""Which expressions are sure to be strings."""

from __future__ import annotations

import pytest

from secureinfra.terraform.hcl_write.nesting import type_at
from secureinfra.terraform.hcl_write.texts import Texts

TEXTS = Texts(
    {
        "variable": {
            "s": {"type": "string"},
            "n": {"type": "number"},
            "any": {},
            "none": None,
            "list": {"type": "list(string)"},
            "map": {"type": "map(string)"},
            "numbers": {"type": "list(number)"},
        },
        "locals": {
            "s": "a",
            "again": "${local.s}",
            "n": 1,
            "circle": "${local.circle}",
            "no": "${",
            "list": ["a"],
            "two": "${var.n}-${var.n}",
            "escaped": "$${var.n}",
            "called": "${ lower( var.s) }",
            "m": "${var.n}",
        },
    },
    type_at,
)


@pytest.mark.parametrize(
    "code",
    [
        *("aws_kms_key.k.arn", 'aws_kms_key.k["a"].arn', "data.aws_caller_identity.c.account_id", "each.key"),
        *("var.s", "local.s", "local.again", "random_pet.p.id", "module.m.key_arn", 'lower("A")', 'join("-", var.l)'),
        *('"text"', '"a-${var.n}"', "path.module", "local.two", "local.escaped", "local.called", "var.list[0]"),
        *('var.map["a"]', "var.map.a", "var.list[count.index]", 'join("}", [for x in var.l : "${x})"])', "(var.s)"),
        *("data.aws_iam_policy_document.d.json", "data.aws_region.current[0].id", "aws_vpc.v[each.key].arn"),
        *("aws_db_instance.d.master_user_secret[0].secret_arn", "aws_vpc_endpoint.e.dns_entry[0].dns_name"),
        *('aws_vpc_endpoint.e.tags["a"]', "aws_vpc_endpoint.e.tags.a", "random_pet.p[0].id"),
        *("aws_db_instance.d.timeouts.create", "aws_vpc_endpoint.e.dns_options[0].dns_record_ip_type"),
        *('var.any ? var.s : "a"', "try(var.s, local.two)", 'coalesce(var.s, "a")', 'module.m["a"].key_arn'),
    ],
)
def test_strings(code: str) -> None:
    assert TEXTS.has(code)


@pytest.mark.parametrize(
    "code",
    [
        *("aws_kms_key.k.rotation_period_in_days", "aws_kms_key.k.tags", "aws_kms_key.k", "each.value", "count.index"),
        *("var.n", "var.any", "var.other", "var.s[0]", "local.n", "local.circle", "local.none", "module.m.size"),
        *("var.list", "var.list.a", "var.numbers[0]", "var.none", "local.m", "local.no", "local.list[0]", "local.list"),
        *(
            "aws_db_instance.d.master_user_secret[0]",
            "aws_vpc_endpoint.e.tags",
            "aws_vpc_endpoint.e.dns_entry[*].dns_name",
        ),
        *("aws_db_instance.d.timeouts", "data.aws_region.current[0]", "aws_vpc.v[0]", "aws_vpc_endpoint.e.dns_options"),
        *("aws_vpc_endpoint.e[*].id", "aws_vpc_endpoint.e.dns_options.dns_record_ip_type", "var", "data.x", "", "(1)"),
        *(
            "var.any ? var.s : 1",
            "try(var.s, 1)",
            '"${var.n}"',
            "var.a ? var.b ? var.s : var.s : var.s",
            "lower(var.s) == var.s",
        ),
        *('length("a")', 'join("", a) == b', "a ? b : c", "1", '"a" == "b"', 'aws_vpc.v[")"].tags', "true"),
    ],
)
def test_others(code: str) -> None:
    assert not TEXTS.has(code)
