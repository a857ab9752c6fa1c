"""Policy documents in every form in which a configuration holds them."""

import json
from typing import Any

import pytest

from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.model.policy_document import PolicyStatement, matches, statements_of
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

STATEMENT = {
    "Sid": "One",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root", "Service": ["a.amazonaws.com", "b.amazonaws.com"]},
    "Action": ["s3:Get*"],
    "Resource": "arn:aws:s3:::b/${aws:username}",
    "Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333"]}},
}


def statements(policy: Any, **sections: Any) -> list[PolicyStatement]:
    resources = {"aws_x": {"x": {"policy": policy}}, **sections.pop("resource", {})}
    configuration = Configuration.of({"resource": resources, **sections})
    return statements_of(configuration.of_type("aws_x")[0], "policy", configuration)


def check(one: PolicyStatement) -> None:
    assert (one.effect, one.actions, one.resources) == ("Allow", ("s3:Get*",), ("arn:aws:s3:::b/${aws:username}",))
    assert one.principals == {
        "AWS": ("arn:aws:iam::111122223333:root",),
        "Service": ("a.amazonaws.com", "b.amazonaws.com"),
    }
    (condition,) = one.condition("AWS:sourceaccount")
    assert (condition.operator, condition.values) == ("StringEquals", ("111122223333",))


def test_json_text() -> None:
    text = json.dumps({"Statement": STATEMENT}).replace("${", "$${")
    (one,) = statements(text)
    check(one)
    assert (one.at, one.sid) == ("Statement[0]", "One")


def test_jsonencode() -> None:
    text = json.dumps({"Statement": [STATEMENT]}).replace("${", "$${")
    (one,) = statements(f"${{jsonencode({text})}}")
    check(one)


def test_data_source() -> None:
    block = {
        "actions": ["s3:Get*"],
        "resources": ["arn:aws:s3:::b/&{aws:username}"],
        "principals": [
            {"type": "AWS", "identifiers": ["arn:aws:iam::111122223333:root"]},
            {"type": "Service", "identifiers": ["a.amazonaws.com", "b.amazonaws.com"]},
        ],
        "condition": {"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["111122223333"]},
    }
    data = {"aws_iam_policy_document": {"d": {"statement": block}}}
    (one,) = statements("${data.aws_iam_policy_document.d.json}", data=data)
    check(one)
    assert one.at == "statement[0]"


def test_data_source_of_others() -> None:
    data = {
        "aws_iam_policy_document": {
            "base": {"statement": [{"sid": "A", "actions": ["a:A"]}, {"sid": "B", "actions": ["b:B"]}]},
            "d": {
                "source_policy_documents": ["${data.aws_iam_policy_document.base.json}"],
                "statement": {"sid": "C", "effect": "Deny", "not_actions": ["c:C"]},
                "override_policy_documents": ['{"Statement": {"Sid": "B", "Effect": "Deny", "Action": "b:*"}}'],
            },
        }
    }
    found = statements("${data.aws_iam_policy_document.d.json}", data=data)
    assert [(one.sid, one.effect, one.actions or one.not_actions) for one in found] == [
        ("A", "Allow", ("a:A",)),
        ("C", "Deny", ("c:C",)),
        ("B", "Deny", ("b:*",)),
    ]


def test_what_terraform_fills_in() -> None:
    text = json.dumps(
        {
            "Statement": {
                "Effect": "Allow",
                "Action": ["${var.action}", "s3:GetObject"],
                "Resource": ["${aws_s3_bucket.b.arn}", "${aws_s3_bucket.b.arn}/${var.prefix}/*", "${local.all}"],
            }
        }
    )
    sections = {
        "variable": {"action": {}, "prefix": {}},
        "locals": {"all": "*"},
        "resource": {"aws_s3_bucket": {"b": {}}},
    }
    (one,) = statements(text, **sections)
    assert is_unknown(one.actions[0])
    assert one.resources == ("${aws_s3_bucket.b.arn}", "${aws_s3_bucket.b.arn}/${var.prefix}/*", "*")
    with pytest.raises(UnknownValueError):
        one.speaks_of("s3:PutObject")


def test_nothing_written() -> None:
    assert statements(None) == []
    assert statements("") == []


@pytest.mark.parametrize("policy", ["${var.policy}", "no json", "[1]", '${file("x.json")}', "{" * 5000])
def test_what_is_no_known_policy_is_unknown(policy: str) -> None:
    with pytest.raises(UnknownValueError):
        statements(policy, variable={"policy": {}})


def test_a_document_that_holds_itself_is_unknown() -> None:
    data = {"aws_iam_policy_document": {"d": {"source_policy_documents": ["${data.aws_iam_policy_document.d.json}"]}}}
    with pytest.raises(UnknownValueError):
        statements("${data.aws_iam_policy_document.d.json}", data=data)


@pytest.mark.parametrize(
    ("principal", "everybody"),
    [("*", True), ({"AWS": "*"}, True), ({"AWS": ["x", "*"]}, True), ({"Service": "*"}, False), ({"AWS": "x"}, False)],
)
def test_everybody(principal: Any, everybody: bool) -> None:
    (one,) = statements(json.dumps({"Statement": {"Effect": "Allow", "Principal": principal}}))
    assert one.everybody is everybody


def test_everybody_but_a_few() -> None:
    (one,) = statements(json.dumps({"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "x"}}}))
    assert one.everybody
    (one,) = statements(json.dumps({"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": "x"}}}))
    assert not one.everybody


def test_an_unknown_principal_or_action_does_not_hide_a_known_one() -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": ["${var.a}", "*"]}, "Action": ["${var.b}", "s3:*", 1]}
    (one,) = statements(json.dumps({"Statement": statement}), variable={"a": {}, "b": {}})
    assert one.everybody
    assert one.speaks_of("s3:GetObject")
    with pytest.raises(UnknownValueError):
        one.speaks_of("sns:Publish")


def test_speaks_of() -> None:
    (one,) = statements(json.dumps({"Statement": {"Effect": "Allow", "Action": "S3:get*"}}))
    assert one.speaks_of("s3:GetObject")
    assert not one.speaks_of("s3:PutObject")
    (one,) = statements(json.dumps({"Statement": {"Effect": "Allow", "NotAction": ["iam:*"]}}))
    assert one.speaks_of("s3:GetObject")
    assert not one.speaks_of("iam:PassRole")
    assert matches("s3:[x]*", "s3:[x]y")


@pytest.mark.parametrize(
    ("operator", "negated", "demands"),
    [
        ("StringEquals", False, True),
        ("StringEqualsIfExists", False, False),
        ("ForAllValues:StringLike", False, False),
        ("ForAnyValue:StringLike", False, True),
        ("StringNotEquals", True, False),
        ("Null", False, False),
        ("Bool", False, True),
    ],
)
def test_conditions(operator: str, negated: bool, demands: bool) -> None:
    (one,) = statements(json.dumps({"Statement": {"Effect": "Allow", "Condition": {operator: {"k": "v"}}}}))
    (condition,) = one.conditions
    assert (condition.negated, condition.demands_key) == (negated, demands)


def test_a_statement_takes_the_place_of_an_inherited_one_of_its_sid() -> None:
    data = {
        "aws_iam_policy_document": {
            "base": {"statement": [{"sid": "A", "effect": "Deny", "actions": ["a:A"]}, {"actions": ["b:B"]}]},
            "d": {
                "source_policy_documents": ["${data.aws_iam_policy_document.base.json}"],
                "statement": [{"sid": "A", "actions": ["c:C"]}, {"actions": ["d:D"]}],
            },
        }
    }
    found = statements("${data.aws_iam_policy_document.d.json}", data=data)
    assert [(one.effect, one.actions) for one in found] == [
        ("Allow", ("b:B",)),
        ("Allow", ("c:C",)),
        ("Allow", ("d:D",)),
    ]


@pytest.mark.parametrize(("count", "known"), [("${var.n}", False), (1, True)])
def test_a_document_that_may_not_be_there_says_nothing(count: Any, known: bool) -> None:
    sections = {
        "variable": {"n": {}},
        "data": {"aws_iam_policy_document": {"d": {"count": count, "statement": {"actions": ["a:A"]}}}},
    }
    policy = '${try(data.aws_iam_policy_document.d[0].json, "{}")}'
    if known:
        assert len(statements(policy, **sections)) == 1
    else:
        with pytest.raises(UnknownValueError):
            statements(policy, **sections)
    assert len(statements("${data.aws_iam_policy_document.d[0].json}", **sections)) == 1, "or Terraform stops"
