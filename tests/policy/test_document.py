"""Policy documents: rendered grammatically, joined without change of meaning, counted before AWS counts."""

import itertools
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.errors import ConfigError, ControlError
from secureinfra.facts.iam_actions import named_by
from secureinfra.policy import Condition, PolicyDocument, PolicyKind, Principal, Statement
from secureinfra.policy.conditions import equals, like, principal_organization, secure_transport
from secureinfra.policy.document import SIZE_LIMITS
from secureinfra.policy.grammar import problems

READER = Principal.arns("arn:aws:iam::111122223333:role/reader")
WRITER = Principal.arns("arn:aws:iam::111122223333:role/writer")

names = st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True)
actions = st.lists(
    st.sampled_from([*named_by("s3:*Object*"), *named_by("kms:*"), *named_by("sqs:*")]),
    min_size=1,
    max_size=3,
    unique=True,
)
arns = st.lists(st.builds(lambda n: f"arn:aws:s3:::{n.lower()}/*", names), min_size=1, max_size=3, unique=True)
conditions = st.lists(
    # Few keys and values, so that statements often differ in nothing but one value.
    st.builds(
        Condition,
        st.sampled_from(["StringEquals", "StringNotEquals"]),
        st.sampled_from(["aws:A", "aws:B"]),
        st.sampled_from([("x",), ("y",), ("x", "y")]),
    ),
    max_size=2,
    unique_by=lambda condition: condition.key,
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
        (statement["Effect"], action, resource, met)
        for statement in document["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
        for met in ways(statement.get("Condition", {}))
    }


def ways(conditions: dict[str, dict[str, list[str]]]) -> set[str]:
    """Each way in which all conditions are met: by one value each, or, where they are negated, by none of all."""
    choices = [
        [(operator, key, value) for value in ([values] if "Not" in operator else values)]
        for operator, keys in sorted(conditions.items())
        for key, values in sorted(keys.items())
    ]
    return {json.dumps(way) for way in itertools.product(*choices)}


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


# A variable of IAM, wherever it may stand, next to a reference of Terraform.
variables = st.sampled_from(
    [
        "${aws:username}",
        "${aws:PrincipalTag/team}",
        "${aws:PrincipalTag/team, 'none'}",
        "${token.actions.githubusercontent.com:sub}",
        "${saml:sub}",
        "${*}",
        "${?}",
        "${$}",
    ]
)


@given(variables, variables, names)
def test_every_policy_variable_is_escaped_and_no_reference(one: str, other: str, name: str) -> None:
    reference = f"${{aws_s3_bucket.{name}.arn}}"
    statement = Statement(
        actions=("s3:GetObject",),
        resources=(f"{reference}/{one}/{other}", f"arn:aws:s3:::x/{other}"),
        conditions=(like("s3:prefix", f"{other}/*", f"home/{one}"),),
    )
    text = PolicyDocument("identity", "t", [statement]).to_json()
    assert problems(json.loads(text)) == []
    # What Terraform reads: `$${` becomes `${`; what is left of `${` is the reference, once.
    assert re.findall(r"(?<!\$)\$\{[^}]*\}", text) == [reference]
    read = json.loads(text.replace("$${", "${"))
    assert read["Statement"][0]["Resource"] == list(statement.resources)


principals = st.one_of(
    st.builds(lambda n: Principal.arns(f"arn:aws:iam::111122223333:role/{n}"), names),
    st.builds(lambda n: Principal.service(f"{n.lower()}.amazonaws.com"), names),
)


@given(st.lists(st.tuples(statements, principals, names), min_size=1, max_size=6))
def test_rendered_resource_policies_are_grammatical(some: list[tuple[Statement, Principal, str]]) -> None:
    whole = [replace(statement, principal=principal, sid=sid) for statement, principal, sid in some]
    assert problems(PolicyDocument("resource", "test/x", whole).render()) == []


IDENTITY: dict[str, Any] = {"actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::x/*",)}
USER = "arn:aws:iam::111122223333:user/ada"


@pytest.mark.parametrize("kind", ["resource", "key"])
@pytest.mark.parametrize("everybody", [Principal.everybody(), Principal.arns("*")])
@pytest.mark.parametrize(
    "conditions", [(), (secure_transport(),), (Condition("StringEqualsIfExists", "aws:SourceVpc", ("x",)),)]
)
def test_not_public(kind: PolicyKind, everybody: Principal, conditions: tuple[Condition, ...]) -> None:
    statement = Statement(**IDENTITY, principal=everybody, conditions=conditions)
    with pytest.raises(ControlError, match="test/x: s3:GetObject for everyone breaks control iam-policy-not-public"):
        PolicyDocument(kind, "test/x", [statement])
    limited = replace(statement, conditions=(principal_organization("o-a1b2c3d4e5"),))
    assert PolicyDocument(kind, "test/x", [limited])
    assert PolicyDocument(kind, "test/x", [replace(statement, effect="Deny")])


def test_refuses_not_principal_with_allow() -> None:
    with pytest.raises(ControlError, match="NotPrincipal with Allow breaks control iam-policy-not-public"):
        PolicyDocument("resource", "test/x", [Statement(**IDENTITY, not_principal=READER)])


@pytest.mark.parametrize("kind", ["resource", "key"])
def test_no_users(kind: PolicyKind) -> None:
    with pytest.raises(ControlError, match="user/ada' breaks control iam-policy-no-users"):
        PolicyDocument(kind, "test/x", [Statement(**IDENTITY, principal=Principal.arns(USER))])
    assert PolicyDocument(kind, "test/x", [Statement(**IDENTITY, effect="Deny", principal=Principal.arns(USER))])


def test_trust_names_principals() -> None:
    everybody = Statement(
        actions=("sts:AssumeRole",),
        principal=Principal.everybody(),
        conditions=(principal_organization("o-a1b2c3d4e5"),),
    )
    with pytest.raises(ControlError, match="breaks control iam-role-trust-names-principals"):
        PolicyDocument("trust", "test/x", [everybody])


@pytest.mark.parametrize(
    ("kind", "parts", "words"),
    [
        ("identity", {**IDENTITY, "principal": READER}, "has no principal"),
        ("boundary", {"actions": ("s3:GetObject",)}, "names no resource"),
        ("resource", IDENTITY, "a resource policy needs principals"),
        ("trust", {**IDENTITY, "principal": READER}, "applies to its own role only"),
    ],
)
def test_refuses_statement_of_another_kind(kind: PolicyKind, parts: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=f"test/x: .*{words}"):
        PolicyDocument(kind, "test/x", [Statement(**parts)])


def test_references_count_as_little_as_they_can() -> None:
    document = PolicyDocument("trust", "test/x")
    account = "${data.aws_caller_identity.current.account_id}"
    roles = tuple(f"arn:aws:iam::{account}:role/{number:02}" for number in range(40))
    document.add(Statement(actions=("sts:AssumeRole",), principal=Principal.arns(*roles)))
    assert len(document.to_json()) > SIZE_LIMITS["trust"]
    more = tuple(f"arn:aws:iam::{account}:role/{number:02}" for number in range(40, 60))
    document.add(Statement(actions=("sts:AssumeRole",), principal=Principal.arns(*more)))
    with pytest.raises(ConfigError, match="its trust policy has .* AWS accepts 2,048"):
        document.to_json()


def test_principals_are_joined() -> None:
    both = [
        Statement(sid="Read", principal=who, actions=("s3:GetObject",), resources=("*",)) for who in (READER, WRITER)
    ]
    (statement,) = PolicyDocument("resource", "test/x", both).render()["Statement"]
    assert statement["Principal"]["AWS"] == [*READER.ids, *WRITER.ids]


def rendered(*conditions: tuple[Condition, ...]) -> list[Any]:
    some = [Statement(actions=("s3:GetObject",), resources=("*",), conditions=each) for each in conditions]
    found: list[Any] = PolicyDocument("identity", "test/x", some).render()["Statement"]
    return found


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "ArnEquals", "ArnLike"])
def test_values_of_one_condition_are_joined(operator: str) -> None:
    same = Condition("Bool", "aws:SecureTransport", ("true",))
    values = ("arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::a", "arn:aws:s3:::c")
    (statement,) = rendered(*((same, Condition(operator, "aws:SourceArn", (value,))) for value in values))
    assert statement["Condition"][operator]["aws:SourceArn"] == ["arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::c"]
    assert statement["Condition"]["Bool"] == {"aws:SecureTransport": ["true"]}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # Not `a` or not `b` is everything, not neither of them; a set within `a` or within `b` is not one within both.
        ((Condition("StringNotEquals", "aws:x", ("a",)),), (Condition("StringNotEquals", "aws:x", ("b",)),)),
        (
            (Condition("ForAllValues:StringEquals", "aws:x", ("a",)),),
            (Condition("ForAllValues:StringEquals", "aws:x", ("b",)),),
        ),
        ((Condition("StringEquals", "aws:x", ("a",)),), (Condition("StringLike", "aws:x", ("b",)),)),
        ((Condition("StringEquals", "aws:x", ("a",)),), (Condition("StringEquals", "aws:y", ("b",)),)),
        ((Condition("StringEquals", "aws:x", ("a",)),), ()),
        (
            (Condition("StringEquals", "aws:x", ("a",)), Condition("StringEquals", "aws:y", ("a",))),
            (Condition("StringEquals", "aws:x", ("b",)), Condition("StringEquals", "aws:y", ("b",))),
        ),
    ],
)
def test_conditions_that_mean_more_together_are_not_joined(
    one: tuple[Condition, ...], two: tuple[Condition, ...]
) -> None:
    assert len(rendered(one, two)) == 2


def test_repeated_sids_avoid_those_that_are_taken() -> None:
    document = PolicyDocument("resource", "test/x")
    for sid, action in (("Read", "s3:GetObject"), ("Read2", "s3:GetObjectTagging"), ("Read", "s3:ListBucket")):
        document.add(Statement(sid=sid, principal=READER, actions=(action,), resources=("*",)))
    assert [statement["Sid"] for statement in document.render()["Statement"]] == ["Read", "Read2", "Read3"]


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
        ("${provider::aws::arn_build(x)}", "${provider::aws::arn_build(x)}"),
    ],
)
def test_policy_variables_are_escaped_and_references_are_not(resource: str, written: str) -> None:
    text = PolicyDocument("identity", "t", [Statement(actions=("s3:GetObject",), resources=(resource,))]).to_json()
    assert json.loads(text)["Statement"][0]["Resource"] == [written]


def test_quotes_of_an_expression_are_terraforms() -> None:
    # Terraform reads no `\\"` within `${}`; what is said of JSON around it stays as it is.
    written = '${element(split(":", aws_iam_role.x.arn), 4)}'
    condition = Condition("StringEquals", "aws:PrincipalAccount", (written, 'say "hello"'))
    text = PolicyDocument(
        "identity", "t", [Statement(actions=("s3:GetObject",), resources=("*",), conditions=(condition,))]
    ).to_json()
    assert f'["{written}","say \\"hello\\""]' in text


def test_refuses_policy_over_the_size_limit() -> None:
    document = PolicyDocument("identity", "test/role")
    for number, action in zip(range(400), named_by("ec2:*"), strict=False):
        document.add(Statement(actions=(action,), resources=(f"arn:aws:s3:::bucket-{number}/*",)))
    with pytest.raises(ConfigError, match=r"test/role: its identity policy has [0-9,]+ characters, AWS accepts 10,240"):
        document.to_json()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"actions": ("GetObject",)}, "is not an action: write 'service:Action'"),
        ({"actions": ("S3:GetObject",)}, "is not an action"),
        ({"actions": ("s3:GetObject",), "resources": ("bucket/*",)}, "is not an ARN"),
        ({"actions": ("s3:GetObject",), "sid": "Read it"}, "is not a statement id"),
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


def _for_everyone(operator: str, key: str, *values: str) -> Statement:
    return Statement(
        actions=("sqs:SendMessage",),
        resources=("*",),
        principal=Principal.everybody(),
        conditions=(Condition(operator, key, values),),
    )


@pytest.mark.parametrize(
    ("operator", "key", "values", "caller"),
    [
        ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/*",), "role/example"),
        ("StringLike", "aws:PrincipalOrgID", ("o-abcdefghij", "*"), "aws:PrincipalOrgID"),
        ("StringLike", "aws:SourceAccount", ("1*",), "aws:SourceAccount 1"),
        ("StringEquals", "aws:PrincipalAccount", ("${aws:PrincipalAccount}",), "role/example"),
    ],
)
def test_a_condition_that_every_stranger_can_meet_is_no_limit(
    operator: str, key: str, values: tuple[str, ...], caller: str
) -> None:
    with pytest.raises(ControlError, match=rf"a statement by which .*{caller}.* breaks control iam-policy-not-public"):
        PolicyDocument("resource", "test/x", [_for_everyone(operator, key, *values)])


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringEquals", "aws:PrincipalOrgID", ("o-abcdefghij",)),
        ("StringEquals", "aws:PrincipalAccount", ("${data.aws_caller_identity.current.account_id}",)),
        ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::${var.account}:role/*",)),
    ],
)
def test_a_condition_that_may_keep_strangers_out_is_accepted(operator: str, key: str, values: tuple[str, ...]) -> None:
    assert PolicyDocument("resource", "test/x", [_for_everyone(operator, key, *values)]).statements
