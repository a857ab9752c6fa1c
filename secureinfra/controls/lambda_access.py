"""Controls on who may call Lambda functions: permissions and URLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

NOT_PUBLIC = Control(
    id="lambda-permission-not-public",
    title="No permission lets everyone call the function",
    why="anybody with an AWS account could run it with its role and at your cost",
    row="lambda-no-public-policy",
    waivable=False,
    mend="Name a principal, or set principal_org_id (organization_id for a layer) beside principal '*'.",
)


@NOT_PUBLIC.check("aws_lambda_permission", "aws_lambda_layer_version_permission")
def _not_public(permission: Block, configuration: Configuration) -> Iterator[Failure]:
    principal = permission.get("principal")
    # An attribute of a resource, or a longer text, is a principal and never `*`.
    if is_unknown(principal) and not _may_be_anything(principal):
        return
    if principal == "*":
        limit = "principal_org_id" if permission.type == "aws_lambda_permission" else "organization_id"
        if not permission.has(limit):
            yield Failure(
                written("principal", principal), "principal = an ARN, an account or a service", at="principal"
            )


def _may_be_anything(principal: Any) -> bool:
    whole = principal.text.startswith("${") and principal.text.endswith("}") and "}${" not in principal.text
    return whole and not _is_of_a_resource(principal)


def _is_of_a_resource(principal: Any) -> bool:
    from secureinfra.terraform.unknown import is_reference_to_resource  # noqa: PLC0415 - the emitting wing needs none of it

    return is_reference_to_resource(principal)


SOURCE_LIMITED = Control(
    id="lambda-permission-source-limited",
    title="A service may call the function for your resources only",
    why="somebody else's bucket, topic or rule could make the service call it",
    row="lambda-no-public-policy",
    mend="Set source_arn to the resource that calls, or source_account to the account.",
)
_SERVICES = ("amazonaws.com", "amazonaws.com.cn", "amazon.com")


@SOURCE_LIMITED.check("aws_lambda_permission")
def _source_limited(permission: Block, configuration: Configuration) -> Iterator[Failure]:
    principal = permission.get("principal")
    text = text_of(principal)
    service = text.endswith(_SERVICES)
    # `logs.${data.aws_partition.p.dns_suffix}` is a service, too.
    unsure = not service and is_unknown(principal) and text.endswith("}") and not _is_of_a_resource(principal)
    if (not service and not unsure) or text.startswith("arn:"):
        raise NotApplicable("the principal is no service")
    limits = ("source_arn", "source_account", "event_source_token", "principal_org_id")
    if any_of(limits, lambda name: _limits(permission, name)):
        return
    if unsure:
        raise UnknownValueError(principal)
    found = "no source_arn and no source_account"
    yield Failure(found, "source_arn = the ARN of the resource that calls", at="source_arn")


def _limits(permission: Block, name: str) -> bool:
    value = permission.get(name)
    if is_unknown(value):
        return permission.has(name)
    return value not in (None, "", "*")


URL_AUTHENTICATED = Control(
    id="lambda-function-url-authenticated",
    title="Calls of the function's URL are signed",
    why="everybody on the internet could run the function with its role and at your cost",
    row="lambda-url-auth",
    mend='Set authorization_type = "AWS_IAM"; put CloudFront before it for browsers.',
)

URL_AUTHENTICATED.check("aws_lambda_function_url")(
    argument("authorization_type", one_of("AWS_IAM"), 'authorization_type = "AWS_IAM"')
)

URL_CORS = Control(
    id="lambda-function-url-cors",
    title="Only named sites call the function's URL from a browser",
    why="a script of any site could call it with what the visitor's browser holds",
    row="lambda-url-cors",
    mend="List the sites in cors.allow_origins.",
)
_ANY_SITE = ("*", "http://*", "https://*")


@URL_CORS.check("aws_lambda_function_url")
def _url_cors(url: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "cors.allow_origins"
    origins = url.get(path)
    if origins is not None and any_of(origins, lambda origin: origin in _ANY_SITE):
        yield Failure(written(path, origins), "allow_origins = the sites that need it", at=path)
