"""Controls on whom the policies of buckets and access points let in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.s3_settings import POLICIES, POLICY, known_text, statements_in, where
from secureinfra.controls.verdict import Failure, any_of, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyCondition, PolicyStatement

POLICY_NOT_PUBLIC = Control(
    id="s3-bucket-policy-not-public",
    title="No bucket policy lets everybody in",
    why="anybody could read or write the data",
    row="s3-policy-no-public",
    waivable=False,
    mend=(
        "Name the principals by ARN, or limit Principal '*' by a condition with fixed values, such as aws:SourceVpce, "
        "aws:SourceArn or aws:PrincipalOrgID; serve what is public through CloudFront."
    ),
    python="bucket.grant_read(role) and its like name them.",
)
# What S3 itself counts as a limit: docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
_LIMITING_KEYS = (
    "aws:principalaccount aws:principalarn aws:principalorgid aws:principalorgpaths aws:sourceaccount aws:sourcearn "
    "aws:sourceorgid aws:sourceorgpaths aws:sourceowner aws:sourcevpc aws:sourcevpce aws:userid aws:vpceaccount "
    "aws:vpceorgid s3:dataaccesspointaccount s3:dataaccesspointarn s3:x-amz-server-side-encryption-aws-kms-key-id"
).split()
# A wider network is no limit: the same page.
_LEAST_PREFIX = {4: 8, 6: 32}


@POLICY_NOT_PUBLIC.check(*POLICIES)
def _policy_not_public(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if not statement.allows:
            return
        harmless: tuple[Callable[[], bool], ...] = (
            lambda: not statement.everybody,
            lambda: any_of(statement.conditions, _limits),
        )
        if not any_of(harmless, lambda ask: ask()):
            conditions = "a condition that leaves out outsiders" if statement.conditions else "a condition"
            yield Failure(
                f"Allow for Principal '*' without {conditions}",
                "principals by ARN, or a condition with fixed values",
                at=where(block, statement),
            )

    return each(statements_in(block, configuration), judge)


def _limits(condition: PolicyCondition) -> bool:
    if not condition.demands_key:
        return False
    key = condition.key.lower()
    if key == "aws:sourceip":
        return all(_is_narrow(known_text(value)) for value in condition.values)
    return key in _LIMITING_KEYS and all(_is_fixed(known_text(value)) for value in condition.values)


def _is_fixed(value: str) -> bool:
    """Whether a value names one account, organisation or resource at least, rather than any."""
    # `${aws:PrincipalAccount}` is IAM's own variable, which whoever asks fills in.
    if re.search(r"\$\{[a-z0-9-]+:", value, re.IGNORECASE):
        return False
    text = re.sub(r"\$\{[^}]*\}", "0", value)
    if not any(sign in text for sign in "*?"):
        return bool(text)
    arn = text.split(":", 5)
    owner = arn[4] if len(arn) == 6 else text.partition("/")[0] if text.startswith("o-") else ""
    return bool(owner) and not any(sign in owner for sign in "*?")


def _is_narrow(value: str) -> bool:
    import ipaddress  # noqa: PLC0415 - few policies name networks

    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return "${" in value
    return network.prefixlen >= _LEAST_PREFIX[network.version]


POLICY_NO_EXTERNAL_ADMIN = Control(
    id="s3-bucket-policy-no-external-admin",
    title="No other account may change who reaches the bucket",
    why="another account could open the bucket, or take its encryption away",
    row="s3-policy-no-external-admin",
    mend=(
        "Allow other accounts the object actions they need, and none of s3:DeleteBucketPolicy, s3:PutBucketAcl, "
        "s3:PutBucketPolicy, s3:PutEncryptionConfiguration and s3:PutObjectAcl. Write the own account as "
        "data.aws_caller_identity, or in the provider's allowed_account_ids, to show that it is."
    ),
    python="bucket.grant_read(role) and its like allow object actions only.",
)
_ADMINISTRATION = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
)


@POLICY_NO_EXTERNAL_ADMIN.check("aws_s3_bucket", POLICY)
def _policy_no_external_admin(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if not statement.allows or not (given := [a for a in _ADMINISTRATION if statement.speaks_of(a)]):
            return
        if any_of(statement.conditions, lambda condition: _keeps_out_others(condition, configuration)):
            return
        named = [id for kind in ("AWS", "CanonicalUser") for id in statement.principals.get(kind, ())]
        ids = ["*"] if statement.everybody else named
        for failure in each(ids, lambda held: _of_another(held, configuration)):
            yield Failure(f"Allow of {given[0]} for {failure.found}", "object actions only", at=where(block, statement))

    return each(statements_in(block, configuration), judge)


def _of_another(principal: Any, configuration: Configuration) -> Iterator[Failure]:
    if _is_elsewhere(known_text(principal), configuration):
        yield Failure("everybody" if principal == "*" else str(principal), "")


def _keeps_out_others(condition: PolicyCondition, configuration: Configuration) -> bool:
    keys = ("aws:principalaccount", "aws:principalarn")
    if condition.key.lower() not in keys or not condition.demands_key:
        return False
    return not any(_is_elsewhere(known_text(value), configuration) for value in condition.values)


def _is_elsewhere(principal: str, configuration: Configuration) -> bool:
    """Whether a principal belongs to another account than the bucket.

    Raises:
        UnknownValueError: nothing says which account this one is.
    """
    parts = principal.split(":")
    account = parts[4] if parts[0] == "arn" and len(parts) > 4 else principal
    if account == "*":
        return True
    if account in ("aws", "cloudfront"):
        return False
    if re.fullmatch(r"\d{12}", account) and (own := _own_accounts(configuration)):
        return account not in own
    target = configuration.target(account.removeprefix("${").removesuffix("}"))
    if target is None:
        raise UnknownValueError(Unknown(f"whether {principal} is of another account"))
    return target.type == "aws_organizations_account" or target.type.endswith("_service_account")


def _own_accounts(configuration: Configuration) -> set[str]:
    """The accounts that the providers may work in, and those that a plan says they do."""
    found: set[str] = set()
    for provider in configuration.providers.get("aws", ()):
        listed = provider.get("allowed_account_ids")
        found.update(str(account) for account in listed or () if isinstance(account, str | int))
    identities = configuration.of_type("data.aws_caller_identity")
    found.update(account for held in identities if isinstance(account := held.get("account_id"), str))
    return found
