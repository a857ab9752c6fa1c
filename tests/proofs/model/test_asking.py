"""Who may do what: principals of the configuration, named ones, other accounts and anonymous callers."""

from __future__ import annotations

from typing import Any

import pytest

from secureinfra.errors import ConfigError
from secureinfra.proofs.model.asking import Answer, can, who
from secureinfra.proofs.model.names import known_action, principal_named, resource_named
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.configurations import ROOT, allow, configuration, deny, policy, role, trust

OTHER = "444455556666"
BUCKET = "aws_s3_bucket.b"
OBJECTS = "${aws_s3_bucket.b.arn}/*"


def bucket(*statements: dict[str, Any]) -> dict[str, Any]:
    held = {"bucket": f"${{{BUCKET}.id}}", "policy": policy(*statements)}
    return {"aws_s3_bucket__b": {}, **({"aws_s3_bucket_policy__p": held} if statements else {})}


def asked(principal: str, action: str, resource: str, held: Configuration) -> Answer:
    return can(principal_named(principal, [held]), known_action(action), resource_named(resource, [held]))


def answer(principal: str, action: str, resource: str, held: Configuration) -> str:
    return asked(principal, action, resource, held).verdict.answer


def test_a_role_may_what_its_policy_allows() -> None:
    held = configuration(**bucket(), **role(allow("s3:GetObject", OBJECTS)))
    found = asked("aws_iam_role.app", "s3:GetObject", BUCKET, held).verdict
    assert found.answer == "BROKEN"
    assert found.told().startswith("${aws_iam_role.app.arn} could s3:GetObject arn:aws:s3:::${aws_s3_bucket.b.bucket}/")
    assert [one.origin.address for one in found.statements] == ["aws_iam_role_policy.app"]
    assert answer("aws_iam_role.app", "s3:PutObject", BUCKET, held) == "PROVED"


def test_objects_and_the_bucket_are_told_apart() -> None:
    held = configuration(**bucket(), **role(allow("s3:*", "${aws_s3_bucket.b.arn}")))
    assert answer("aws_iam_role.app", "s3:ListBucket", BUCKET, held) == "BROKEN"
    assert answer("aws_iam_role.app", "s3:GetObject", BUCKET, held) == "PROVED"


@pytest.mark.parametrize(
    ("type", "action", "ending"),
    [
        ("aws_dynamodb_table", "dynamodb:Query", "/index/*"),
        ("aws_cloudwatch_log_group", "logs:PutLogEvents", ":*"),
        ("aws_ecr_repository", "ecr:PutImage", ""),
        ("aws_secretsmanager_secret", "secretsmanager:GetSecretValue", ""),
    ],
)
def test_a_grant_on_one_resource_says_nothing_of_another(type: str, action: str, ending: str) -> None:
    held = configuration(**{f"{type}__a": {}, f"{type}__b": {}}, **role(allow(action, f"${{{type}.a.arn}}{ending}")))
    assert answer("aws_iam_role.app", action, f"{type}.a", held) == "BROKEN"
    assert answer("aws_iam_role.app", action, f"{type}.b", held) == "PROVED"


def test_what_may_be_another_resource_is_unknown() -> None:
    held = configuration(
        aws_ssm_parameter__a={},
        aws_ssm_parameter__b={},
        **role(allow("ssm:GetParameter", "${aws_ssm_parameter.a.arn}")),
    )
    assert answer("aws_iam_role.app", "ssm:GetParameter", "aws_ssm_parameter.a", held) == "BROKEN"
    assert answer("aws_iam_role.app", "ssm:GetParameter", "aws_ssm_parameter.b", held) == "UNKNOWN"


def test_a_deny_of_the_resource_wins() -> None:
    held = configuration(**bucket(deny("s3:GetObject", OBJECTS, Principal="*")), **role(allow("s3:*")))
    assert answer("aws_iam_role.app", "s3:GetObject", BUCKET, held) == "PROVED"


def test_in_the_same_account_the_resource_alone_suffices() -> None:
    named = allow("s3:GetObject", OBJECTS, Principal={"AWS": "${aws_iam_role.app.arn}"})
    assert answer("aws_iam_role.app", "s3:GetObject", BUCKET, configuration(**bucket(named), **role())) == "BROKEN"
    root = allow("s3:GetObject", OBJECTS, Principal={"AWS": ROOT})
    assert answer("aws_iam_role.app", "s3:GetObject", BUCKET, configuration(**bucket(root), **role())) == "PROVED"


def test_a_literal_name_may_be_the_role() -> None:
    named = allow("s3:GetObject", OBJECTS, Principal={"AWS": "arn:aws:iam::111122223333:role/app"})
    assert answer("aws_iam_role.app", "s3:GetObject", BUCKET, configuration(**bucket(named), **role())) == "UNKNOWN"


def test_another_account_needs_both() -> None:
    named = allow("s3:GetObject", OBJECTS, Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})
    held = configuration(**bucket(named))
    found = asked(f"account:{OTHER}", "s3:GetObject", BUCKET, held)
    assert (found.verdict.answer, bool(found.assumes)) == ("BROKEN", True)
    other = asked("account:777788889999", "s3:GetObject", BUCKET, held)
    assert (other.verdict.answer, other.assumes) == ("PROVED", "It belongs to another account than the resource.")
    assert answer("anonymous", "s3:GetObject", BUCKET, held) == "PROVED"
    assert answer("external", "s3:GetObject", BUCKET, held) == "BROKEN"


def test_one_principal_of_another_account() -> None:
    ci = f"arn:aws:iam::{OTHER}:role/ci"
    held = configuration(**bucket(allow("s3:GetObject", OBJECTS, Principal={"AWS": ci})))
    assert answer(ci, "s3:GetObject", BUCKET, held) == "BROKEN"
    assert answer(f"arn:aws:iam::{OTHER}:role/other", "s3:GetObject", BUCKET, held) == "PROVED"
    assert answer(f"account:{OTHER}", "s3:GetObject", BUCKET, held) == "BROKEN"


def test_an_account_may_by_a_condition_on_one_of_its_principals() -> None:
    only = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/ci*"}}
    held = configuration(**bucket(allow("s3:GetObject", OBJECTS, Principal="*", Condition=only)))
    assert answer(f"account:{OTHER}", "s3:GetObject", BUCKET, held) == "BROKEN"
    assert answer("account:777788889999", "s3:GetObject", BUCKET, held) == "PROVED"


def test_keys_leave_it_to_the_account_only_where_their_policy_says_so() -> None:
    decrypt = role(allow("kms:Decrypt", "${aws_kms_key.k.arn}"))
    assert (
        answer("aws_iam_role.app", "kms:Decrypt", "aws_kms_key.k", configuration(aws_kms_key__k={}, **decrypt))
        == "BROKEN"
    )
    closed = {"policy": policy(allow("kms:*", Principal={"Service": "logs.amazonaws.com"}))}
    held = configuration(aws_kms_key__k=closed, **decrypt)
    assert answer("aws_iam_role.app", "kms:Decrypt", "aws_kms_key.k", held) == "PROVED"


def test_a_grant_of_a_key_counts() -> None:
    grant = {"key_id": "${aws_kms_key.k.id}", "grantee_principal": "${aws_iam_role.app.arn}", "operations": ["Decrypt"]}
    held = configuration(aws_kms_key__k={}, aws_kms_grant__g=grant, **role())
    assert answer("aws_iam_role.app", "kms:Decrypt", "aws_kms_key.k", held) == "BROKEN"
    assert answer("aws_iam_role.app", "kms:Encrypt", "aws_kms_key.k", held) == "PROVED"


def test_a_trust_policy_decides_who_assumes_a_role() -> None:
    trusted = {"assume_role_policy": trust({"AWS": "${aws_iam_role.app.arn}"})}
    held = configuration(aws_iam_role__target=trusted, **role(), **role(allow("sts:AssumeRole"), name="other"))
    assert answer("aws_iam_role.app", "sts:AssumeRole", "aws_iam_role.target", held) == "BROKEN"
    assert answer("aws_iam_role.other", "sts:AssumeRole", "aws_iam_role.target", held) == "PROVED"


def test_who_lists_every_kind_of_caller() -> None:
    named = allow(
        "s3:GetObject", OBJECTS, Principal={"AWS": [f"arn:aws:iam::{OTHER}:root"], "Service": "config.amazonaws.com"}
    )
    held = configuration(**bucket(named), **role(allow("s3:*")), **role(allow("s3:List*"), name="other"))
    found = {one.who: one.verdict.answer for one in who("s3:GetObject", resource_named(BUCKET, [held]))}
    assert found == {
        "anonymous": "PROVED",
        "any other account": "PROVED",
        f"account {OTHER}": "BROKEN",
        "config.amazonaws.com": "BROKEN",
        "aws_iam_role.app": "BROKEN",
        "aws_iam_role.other": "PROVED",
    }


def test_a_policy_that_is_not_known_leaves_it_open() -> None:
    held = configuration(aws_sqs_queue__q={"policy": "${var.policy}"})
    found = asked("anonymous", "sqs:SendMessage", "aws_sqs_queue.q", held).verdict
    assert (found.answer, found.why) == ("UNKNOWN", "its policy depends on ${var.policy}")


def test_a_resource_of_another_configuration_is_not_answered() -> None:
    one, other = configuration("one", **bucket()), configuration("other", **role(allow("s3:*")))
    found = can(principal_named("aws_iam_role.app", [one, other]), "s3:GetObject", resource_named(BUCKET, [one, other]))
    assert found.verdict.answer == "UNKNOWN"
    assert "different configurations" in found.verdict.why


def test_an_arn_of_something_elsewhere_is_answered_by_the_principal() -> None:
    held = configuration(**role(allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders")))
    found = asked("aws_iam_role.app", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders", held)
    assert (found.verdict.answer, bool(found.assumes)) == ("BROKEN", True)
    assert answer("aws_iam_role.app", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:other", held) == "PROVED"


def test_names_are_construct_paths_too() -> None:
    role_of = {
        "assume_role_policy": trust({"Service": "ec2.amazonaws.com"}),
        "//": {"metadata": {"path": "shop/app/role"}},
    }
    held = configuration(**bucket(), aws_iam_role__app=role_of)
    assert answer("shop/app/role", "s3:GetObject", BUCKET, held) == "PROVED"
    assert answer("shop/app", "s3:GetObject", BUCKET, held) == "PROVED"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("aws_iam_role.ap", r"no principal 'aws_iam_role\.ap' .*Did you mean 'aws_iam_role\.app'"),
        ("annonymous", "Did you mean 'anonymous'"),
        ("account:12", "is not an account"),
        ("aws_s3_bucket.b", r"no principal 'aws_s3_bucket\.b'"),
        ("", "no principal ''"),
    ],
)
def test_refuses_a_name_that_fits_nothing(name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        principal_named(name, [configuration(**bucket(), **role())])


def test_refuses_a_name_that_means_several() -> None:
    both = [configuration("one", **bucket()), configuration("other", **bucket())]
    with pytest.raises(
        ConfigError, match=r"means several resources: aws_s3_bucket\.b of one, aws_s3_bucket\.b of other"
    ):
        resource_named(BUCKET, both)


def test_roles_that_trust_each_other_come_to_an_end() -> None:
    chain = {
        f"aws_iam_role__r{n}": {"assume_role_policy": trust({"AWS": f"${{aws_iam_role.r{(n + 1) % 60}.arn}}"})}
        for n in range(60)
    }
    held = configuration(**chain)
    found = {one.who: one.verdict.answer for one in who("sts:AssumeRole", resource_named("aws_iam_role.r0", [held]))}
    assert [name for name, verdict in found.items() if verdict == "BROKEN"] == ["aws_iam_role.r1"]


def test_a_policy_of_ten_thousand_statements_is_given_up() -> None:
    many = [allow("s3:GetObject", f"arn:aws:s3:::b{n}/*") for n in range(10_000)]
    held = configuration(**bucket(), **role(*many))
    found = asked("aws_iam_role.app", "s3:GetObject", BUCKET, held).verdict
    assert (found.answer, found.why) == ("UNKNOWN", "gave up after 2,000 statements")
