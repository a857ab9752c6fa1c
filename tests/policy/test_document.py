"""Policy documents: rendered grammatically, joined without change of meaning, counted before AWS counts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, like
from secureinfra.policy.grammar import problems

READER = Principal.arns("arn:aws:iam::111122223333:role/reader")
WRITER = Principal.arns("arn:aws:iam::111122223333:role/writer")

names = st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True)
actions = st.lists(
    st.builds(lambda s, n: f"{s}:{n}", st.sampled_from(["s3", "kms", "sqs"]), names),
    min_size=1,
    max_size=3,
    unique=True,
)
arns = st.lists(st.builds(lambda n: f"arn:aws:s3:::{n.lower()}/*", names), min_size=1, max_size=3, unique=True)
conditions = st.lists(
    st.builds(lambda k, v: equals(f"aws:{k}", v), names, names), max_size=2, unique_by=lambda condition: condition.key
)
statements = st.builds(
    lambda effect, act, res, cond: Statement(
        effect=effect, actions=tuple(act), resources=tuple(res), conditions=tuple(cond)
    ),
    st.sampled_from(["Allow", "Deny"]),
    actions,
    arns,
    conditions,
)


def triples(document: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    """Every single thing that a policy says."""
    return {
        (statement["Effect"], action, resource, json.dumps(statement.get("Condition"), sort_keys=True))
        for statement in document["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


@given(st.lists(statements, min_size=1, max_size=5))
def test_rendered_policies_are_grammatical(some: list[Statement]) -> None:
    assert problems(json.loads(PolicyDocument("identity", "test/x", some).to_json())) == []


@given(st.lists(statements, min_size=1, max_size=6))
def test_joining_changes_no_meaning(some: list[Statement]) -> None:
    joined = PolicyDocument("identity", "test/x", some).render()
    apart = {"Statement": [statement.render() for statement in some]}
    assert triples(joined) == triples(apart)


@given(st.lists(statements, min_size=1, max_size=4))
def test_size_is_counted_as_written(some: list[Statement]) -> None:
    text = PolicyDocument("identity", "test/x", some).to_json()
    assert text == json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


def test_principals_are_joined() -> None:
    both = [
        Statement(sid="Read", principal=who, actions=("s3:GetObject",), resources=("*",)) for who in (READER, WRITER)
    ]
    (statement,) = PolicyDocument("resource", "test/x", both).render()["Statement"]
    assert statement["Principal"]["AWS"] == [*READER.ids, *WRITER.ids]


def test_principals_of_different_statements_are_not_joined() -> None:
    document = PolicyDocument("resource", "test/x")
    document.add(Statement(principal=READER, actions=("s3:GetObject",), resources=("*",)))
    document.add(Statement(principal=WRITER, actions=("s3:PutObject",), resources=("*",)))
    assert len(document.render()["Statement"]) == 2


def test_repeated_sids_are_numbered() -> None:
    document = PolicyDocument("resource", "test/x")
    document.add(Statement(sid="Read", principal=READER, actions=("s3:GetObject",), resources=("*",)))
    document.add(Statement(sid="Read", principal=WRITER, actions=("s3:ListBucket",), resources=("*",)))
    assert [statement["Sid"] for statement in document.render()["Statement"]] == ["Read", "Read2"]


@pytest.mark.parametrize(
    ("resource", "written"),
    [
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/$${aws:username}/*"),
        ("arn:aws:s3:::x/${aws:PrincipalTag/team}/*", "arn:aws:s3:::x/$${aws:PrincipalTag/team}/*"),
        ("arn:aws:s3:::x/${*}", "arn:aws:s3:::x/$${*}"),
        ("arn:aws:s3:::x/$${aws:username}", "arn:aws:s3:::x/$${aws:username}"),
        ("${aws_s3_bucket.x.arn}/*", "${aws_s3_bucket.x.arn}/*"),
        ("${data.aws_partition.current.partition}", "${data.aws_partition.current.partition}"),
    ],
)
def test_policy_variables_are_escaped_and_references_are_not(resource: str, written: str) -> None:
    text = PolicyDocument("identity", "t", [Statement(actions=("s3:GetObject",), resources=(resource,))]).to_json()
    assert json.loads(text)["Statement"][0]["Resource"] == [written]


def test_refuses_policy_over_the_size_limit() -> None:
    document = PolicyDocument("identity", "test/role")
    for number in range(400):
        document.add(Statement(actions=(f"s3:Get{number}",), resources=(f"arn:aws:s3:::bucket-{number}/*",)))
    with pytest.raises(ConfigError, match=r"test/role: its identity policy has [0-9,]+ characters, AWS accepts 10,240"):
        document.to_json()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"actions": ("GetObject",)}, "is no action: write 'service:Action'"),
        ({"actions": ("S3:GetObject",)}, "is no action"),
        ({"actions": ("s3:GetObject",), "resources": ("bucket/*",)}, "is no ARN"),
        ({"actions": ("s3:GetObject",), "sid": "Read it"}, "is no statement id"),
    ],
)
def test_refuses_malformed_statement(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Statement(**parts)


def test_refuses_two_conditions_on_one_key() -> None:
    with pytest.raises(ConfigError, match="AWS would keep only one"):
        Statement(actions=("s3:GetObject",), resources=("*",), conditions=(equals("aws:x", "1"), equals("AWS:X", "2")))


def test_operators_stay_apart() -> None:
    both = Statement(
        actions=("s3:GetObject",), resources=("*",), conditions=(equals("aws:x", "1"), like("aws:x", "2*"))
    )
    (statement,) = PolicyDocument("identity", "t", [both]).render()["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:x": ["1"]}, "StringLike": {"aws:x": ["2*"]}}


def test_refuses_condition_without_value() -> None:
    with pytest.raises(ConfigError, match="has no usable value"):
        Condition("StringEquals", "aws:x", ())
