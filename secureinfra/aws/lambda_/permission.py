"""Which service may invoke a function, and for which of this account's resources."""

from __future__ import annotations

from secureinfra.config.rules import ARN, is_token
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import shortened, words
from secureinfra.errors import ConfigError

# Services whose pages show `--source-account` for a function, which means that they send aws:SourceAccount: s3 and lambda.alarms
# (docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html, docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
# alarms-and-actions-Lambda.html), ses (docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html), config
# (docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html), logs
# (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html) and secretsmanager
# (docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html).
# Others do not all send it: with it, EventBridge for one never invokes the function (hashicorp/terraform-provider-aws pull
# request 4116, which cites AWS's troubleshooting page). For those the account is in the source's ARN, which Terraform checks.
_SEND_ACCOUNT = frozenset({"s3", "lambda.alarms.cloudwatch", "ses", "config", "logs", "secretsmanager"})
LONGEST_ID = 100
"""Characters of a statement's id, as Lambda and the provider take them."""


def allow_service(
    owner: SecureConstruct, function_name: str, service: str, source_arn: str, id: str | None, action: str
) -> Resource:
    """Let a service invoke a function for one resource, or one pattern of resources, of this account.

    Args:
        owner: the construct of the function.
        function_name: reference to its name.
        service: the service without `.amazonaws.com`.
        source_arn: the resource that it acts for; `*` allowed after the account.
        id: end of the permission's id; by default made from service and source.
        action: what is allowed.

    Raises:
        ConfigError: the source is not an ARN, has no account where the service sends none, or needs an id.
    """
    service = service.removesuffix(".amazonaws.com")
    asked = f"{owner.path}: allow_invoke_from({service!r}, {source_arn!r})"
    if not is_token(source_arn):
        _refuse_unusable(asked, service, source_arn)
    if id is None and "TfToken[" in source_arn:
        raise ConfigError(f"{asked} needs an id: its address must not depend on the order of the code. Add id='...'.")
    name = _name_of(service, id or _short(source_arn))
    if name in owner.resources:
        raise ConfigError(
            f"{asked} is allowed already, as {name!r}. Remove one, or give it an id of its own with id='...'."
        )
    sends = service in _SEND_ACCOUNT
    permission = Resource(
        owner,
        name,
        "aws_lambda_permission",
        statement_id=name,
        action=action,
        function_name=function_name,
        principal=f"{service}.amazonaws.com",
        source_arn=source_arn,
        source_account=owner.account_id if sends else None,
        function_url_auth_type="AWS_IAM" if action == "lambda:InvokeFunctionUrl" else None,
    )
    if not sends:
        own = owner.account_id.removeprefix("${").removesuffix("}")
        permission.demand(
            f"{name}-source",
            source_arn,
            f'split(":", {{value}})[4] == {own}',
            f"{source_arn if not is_token(source_arn) else name} is not of this account, so that another account could invoke the "
            "function. Name a resource of this account",
        )
    return permission


def allow_delivery(owner: SecureConstruct, function_name: str, service: str, source_arn: str) -> Resource:
    """Let a service invoke a function for a source of this library, whose ARN ends in its name; twice is as good as once.

    Args:
        owner: the construct of the function.
        function_name: reference to its name.
        service: the service without `.amazonaws.com`.
        source_arn: the source that it acts for.
    """
    id = source_arn.rpartition(":")[2]
    held = owner.resources.get(_name_of(service, id))
    if isinstance(held, Resource) and held.attributes["source_arn"] == source_arn:
        return held
    return allow_service(owner, function_name, service, source_arn, id, "lambda:InvokeFunction")


def _name_of(service: str, source: str) -> str:
    return shortened(f"invoker-{words(f'{service} {source}')}", LONGEST_ID)


def _refuse_unusable(asked: str, service: str, source_arn: str) -> None:
    if ARN.complaint(source_arn):
        raise ConfigError(f"{asked} source {source_arn!r} {ARN.complaint(source_arn)}.")
    account = source_arn.split(":")[4]
    if "*" in account or "?" in account or (not account and service not in _SEND_ACCOUNT):
        raise ConfigError(
            f"{asked} names no account: a resource of any account could make {service} invoke the function. Write the source's ARN "
            "with its account, e.g. 'arn:aws:events:eu-central-1:111122223333:rule/nightly'."
        )


def _short(source_arn: str) -> str:
    """Of a reference its address, of an ARN what comes after the account."""
    return source_arn if is_token(source_arn) else source_arn.split(":", 5)[-1]
