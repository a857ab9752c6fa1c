"""What an identity policy may not allow: one law, by which constructs refuse a statement and checks judge one.

Each rule is given a statement that allows, and yields what is wrong with it, in words that can stand before "breaks
control ...". A part that only Terraform knows is never taken for a good one: where the answer hangs on it, a rule raises
`UnknownValueError`.
"""

from __future__ import annotations

import functools
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from secureinfra.controls.reading.iam_actions import is_unscopable, scopable
from secureinfra.controls.reading.iam_patterns import (
    Condition,
    Statement,
    all_of,
    allows,
    allows_everywhere,
    is_all_of_a_service,
    is_every_action,
    is_everything,
    is_known,
    limits_target,
    matches,
    may,
    may_be_of,
    reaches_all,
    says_something,
    surely,
    which,
    written,
)
from secureinfra.controls.verdict import any_of

Rule = Callable[[Statement], Iterator[str]]

_DECRYPTS = ("kms:Decrypt", "kms:ReEncryptFrom")

# What answers with credentials, or makes some that work; the Service Authorization Reference of each service. Those for
# which AWS knows no resource, such as ecr:GetAuthorizationToken, cannot be limited: their token opens what else is allowed.
_CREDENTIALS = (
    "appsync:CreateApiKey",
    "cloud9:CreateEnvironmentToken",
    "codeartifact:GetAuthorizationToken",
    "codepipeline:PollForJobs",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "ec2:GetPasswordData",
    "emr-containers:GetManagedEndpointSessionCredentials",
    "gamelift:RequestUploadCredentials",
    "grafana:CreateWorkspaceApiKey",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "lightsail:CreateBucketAccessKey",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "mediapackage:RotateIngestEndpointCredentials",
    "rds-db:connect",
    "redshift-serverless:GetCredentials",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "sso:GetRoleCredentials",
    "sts:AssumeRole",
    "sts:GetFederationToken",
)
_DATA_READS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)


def administrator(statement: Statement) -> Iterator[str]:
    """Every action on everything; conditions do not help: whoever meets them owns the account."""
    if all_of(lambda: any_of(statement.actions, is_every_action), lambda: any_of(statement.resources, is_everything)):
        yield "Action '*' on Resource '*'"


def action_star(statement: Statement) -> Iterator[str]:
    """Every action."""
    if any_of(statement.actions, is_every_action):
        yield "Action '*'"


def service_wildcard(statement: Statement) -> Iterator[str]:
    """Every action of a service."""
    return (f"Action {action!r}" for action in which(statement.actions, is_all_of_a_service))


def all_of_iam(statement: Statement) -> Iterator[str]:
    """Every action of IAM on everything in it."""

    def covers(pattern: Any) -> bool:
        return is_every_action(pattern) or (is_all_of_a_service(pattern) and matches(pattern.partition(":")[0], "iam"))

    def spares(pattern: Any) -> bool:
        return matches(pattern.partition(":")[0], "iam")

    def given() -> bool:
        if statement.not_actions:
            return not any_of(statement.not_actions, spares)
        return any_of(statement.actions, covers)

    if all_of(given, lambda: reaches_all(statement, "iam")):
        yield "every action of IAM on every resource"


def not_action(statement: Statement) -> Iterator[str]:
    """All but what is listed."""
    if any_of(statement.not_actions, is_known):
        yield f"NotAction {written(statement.not_actions)!r} with Allow"
    if any_of(statement.not_resources, is_known):
        yield f"NotResource {written(statement.not_resources)!r} with Allow"


def pass_role(statement: Statement) -> Iterator[str]:
    """Roles are passed that nobody named, or to a service that nobody named."""
    passes = all_of(
        lambda: allows(statement, "iam:PassRole"),
        lambda: (
            any_of(statement.not_resources, is_known)
            or any_of(statement.resources, lambda resource: may_be_of("iam", resource))
        ),
    )
    if not passes:
        return

    def to_service(condition: Condition) -> bool:
        return condition.key.lower() == "iam:passedtoservice" and says_something(condition)

    if surely(lambda: reaches_all(statement, "iam")):
        yield "iam:PassRole on every role"
    elif not any_of(statement.conditions, to_service):
        yield "iam:PassRole without a condition on iam:PassedToService"
    elif reaches_all(statement, "iam"):  # not known, or it were reported above
        yield "iam:PassRole on every role"


def decrypt_everything(statement: Statement) -> Iterator[str]:
    """Decryption with every key; conditions do not help: KMS.1 and KMS.2 of Security Hub ignore them too."""
    if any_of(_DECRYPTS, lambda decrypt: allows_everywhere(statement, decrypt)):
        yield "kms:Decrypt with every key"


def resource_star(statement: Statement) -> Iterator[str]:
    """Every resource, for an action of which AWS would take a narrower one."""
    broad = all_of(
        lambda: any_of(statement.actions, lambda action: not is_unscopable(action)),
        lambda: any_of(statement.resources, is_everything),
    )
    if broad:
        resource = next(which(statement.resources, is_everything))
        limited = which(statement.actions, lambda action: not is_unscopable(action))
        yield f"Resource {resource!r} for {', '.join(map(_in_words, limited))}"


def unlimited(level: str) -> Rule:
    """A rule: no action of an access level on every resource, where no condition limits it either.

    Args:
        level: `WRITES` or `PERMISSIONS`; actions of which AWS knows no narrower resource are left out.
    """

    def names(action: Any) -> tuple[str, ...]:
        return ("every action",) if is_every_action(action) else scopable(action, level)

    def rule(statement: Statement) -> Iterator[str]:
        def speaks() -> bool:
            if statement.not_actions:
                return not any_of(statement.not_actions, is_every_action)
            return any_of(statement.actions, names)

        if not all_of(speaks, lambda: _is_open(statement)):
            return
        if statement.not_actions:
            yield f"everything but {', '.join(written(statement.not_actions))}, on every resource"
        else:
            found = sorted({name for action in which(statement.actions, names) for name in names(action)})
            yield f"{_shortened(found)} on every resource"

    return rule


def unlimited_credentials(statement: Statement) -> Iterator[str]:
    """Credentials of everybody, where no condition limits it either."""
    return _unlimited_of(_CREDENTIALS, statement)


def unlimited_data_reads(statement: Statement) -> Iterator[str]:
    """Every object, parameter or secret, where no condition limits it either."""
    return _unlimited_of(_DATA_READS, statement)


def escalations(statements: Iterable[Statement]) -> Iterator[str]:
    """The published ways to more rights that statements open together, where neither resource nor condition limits them.

    Args:
        statements: all that one holder of rights is told, allowing or denying.
    """
    reaching = list(filter(_may_reach_all, statements))
    if not reaching:
        return

    @functools.cache
    def opens(action: str) -> bool:
        return any_of(reaching, lambda statement: _opens(statement, action))

    for method in which(_methods(), lambda method: all_of(*(functools.partial(opens, a) for a in method["actions"]))):
        yield f"{' + '.join(method['actions'])} on every resource (known as {method['name']!r})"


def _may_reach_all(statement: Statement) -> bool:
    return may(lambda: all_of(lambda: statement.effect == "Allow", lambda: reaches_all(statement)))


def _opens(statement: Statement, action: str) -> bool:
    return all_of(
        lambda: allows(statement, action),
        lambda: reaches_all(statement, action.partition(":")[0]),
        lambda: not any_of(statement.conditions, limits_target),
        lambda: statement.effect == "Allow",
    )


def _unlimited_of(actions: Iterable[str], statement: Statement) -> Iterator[str]:
    def is_given(action: str) -> bool:
        # A role is a resource of IAM, whoever lets it be taken on.
        service = "iam" if action == "sts:AssumeRole" else action.partition(":")[0]
        return all_of(
            lambda: allows(statement, action),
            lambda: reaches_all(statement, service),
            lambda: not is_unscopable(action),
            lambda: not any_of(statement.conditions, says_something),
        )

    # Most statements name their resources: the rest is not asked of them.
    if may(lambda: reaches_all(statement)) and (found := list(which(actions, is_given))):
        yield f"{_shortened(found)} on every resource"


def _is_open(statement: Statement) -> bool:
    """Whether neither resource nor condition limits a statement."""

    def everywhere() -> bool:
        if statement.not_resources:
            return any_of(statement.not_resources, is_known)
        return any_of(statement.resources, is_everything)

    return all_of(everywhere, lambda: not any_of(statement.conditions, says_something))


def _shortened(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest


def _in_words(action: str) -> str:
    names = scopable(action)
    if len(names) == 1 and names[0].lower() == action.lower():
        return action
    rest = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{action} (a policy can name resources for {names[0]}{rest})"


@functools.cache
def _methods() -> Sequence[Mapping[str, Any]]:
    text = pkgutil.get_data("secureinfra.controls.reading", "iam_escalations.json") or b""
    methods: Sequence[Mapping[str, Any]] = json.loads(text)["methods"]
    return methods
