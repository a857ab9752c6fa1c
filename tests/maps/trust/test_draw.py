"""Choosing a part of a trust map, folding what is alike, and the same as text."""

from __future__ import annotations

import pytest

from secureinfra.errors import ConfigError
from secureinfra.maps.trust.draw import facts_of
from secureinfra.maps.trust.rows import holder_rows
from secureinfra.maps.trust.sentences import headline, sentences
from secureinfra.terraform.model.configuration import Configuration
from tests.maps.trust.documents import configuration, delivered


def test_role_is_shown_with_what_it_has_to_do_with() -> None:
    (account,) = facts_of([configuration("delivered")], roles=("partner",)).accounts
    assert list(account.roles) == ["aws_iam_role.partner"]
    assert [held.label for held in account.callers.values()] == ["Account 444455556666"]
    assert [held.label for held in account.holders.values()] == ["orders"]


def test_resource_is_shown_with_who_may_use_it() -> None:
    (account,) = facts_of([configuration("delivered")], resources=("aws_sqs_queue.orders",)).accounts
    assert [held.label for held in account.roles.values()] == ["partner", "worker"]
    assert [held.label for held in account.callers.values()] == ["Account 444455556666", "Lambda"]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (
            {"roles": ("deplyo",)},
            "there is no role or principal 'deplyo' in this configuration. Did you mean 'deploy'?",
        ),
        (
            {"resources": ("upload",)},
            "there is no resource with a grant 'upload' in this configuration. Did you mean 'uploads'?",
        ),
    ],
)
def test_refuses_a_name_that_is_not_there(choice: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        facts_of([configuration("delivered")], **choice)  # type: ignore[arg-type]
    assert str(refused.value) == message


def test_configurations_without_principals_are_left_out() -> None:
    found = facts_of([Configuration.of({}, "a/none"), Configuration.of(delivered(), "a/shop")])
    assert (found.name, [account.name for account in found.accounts]) == ("shop", ["a/shop"])


def test_what_is_alike_stands_once() -> None:
    (account,) = facts_of([configuration("40 functions")]).accounts
    (role,), (holder,) = account.roles.values(), account.holders.values()
    assert (role.label, len(role.members)) == ("40 roles like f00", 40)
    assert (holder.label, holder.notes, len(holder.members)) == ("40 log groups", ("each by its own role",), 40)
    assert len(account.grants) == 1
    assert len(account.grants[0].rules) == 40


def test_many_services_and_many_rows_join() -> None:
    (account,) = facts_of([configuration("shared")]).accounts
    assert "30 AWS services" in {held.label for held in account.callers.values()}
    (row,) = holder_rows(account, "aws_sqs_queue.all")
    assert (row.text, row.aside, len(row.sources)) == ("send", "10 roles", 10)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("empty", "There is no principal and no resource policy."),
        (
            "opened",
            "Open to anyone: door, site, orders. No grant of everything is proved. "
            "No principal from outside this account is named.",
        ),
        (
            "powerful",
            "Everything in the account is granted to admin. No principal from outside this account is named.",
        ),
        (
            "delivered",
            "Everything on a resource is granted to worker. "
            "2 principals from outside this account: Account 444455556666, GitHub Actions.",
        ),
    ],
)
def test_first_sentences_answer_what_is_open(name: str, text: str) -> None:
    assert headline(facts_of([configuration(name)])) == text


def test_sentences_say_what_the_picture_shows() -> None:
    assert sentences(facts_of([configuration("powerful")]))[1:] == [
        "IAM user ann.",
        "Role admin.",
        "Role audit, with SecurityAudit.",
        "Role ci, boundary.",
        "It is not known whether role ci may assume admin: a permissions boundary is defined elsewhere.",
        "This account may assume audit.",
        "Codebuild may assume ci.",
        "Role admin may do everything on Every resource in The whole account.",
        "Ann may do everything on data in S3 buckets.",
        "It is not known whether role ci may read on data in S3 buckets: a permissions boundary is defined elsewhere.",
        "Not drawn: reads of settings. 9 resources in all.",
        "Not known: 2 of the lines, as a permissions boundary is defined elsewhere, "
        "what the AWS managed policy SecurityAudit allows (1).",
        "Not counted: service control policies, session policies, and policies that other accounts keep.",
    ]
