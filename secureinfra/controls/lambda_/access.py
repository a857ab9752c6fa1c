"""Controls on who can invoke Lambda functions: permissions and URLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

NOT_PUBLIC = Control(
    id="lambda-permission-not-public",
    title="Lambda permissions do not allow anonymous access",
    why="any AWS account could invoke the function with its role and at your cost",
    row="lambda-no-public-policy",
    waivable=False,
    fix="Set a principal, or set principal_org_id (organization_id for a layer) with principal '*'.",
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
    return _is_one_reference(principal.text) and not _is_of_a_resource(principal)


def _is_one_reference(text: str) -> bool:
    """Whether a text is `${...}` and nothing else: in `${a.arn}/orders/{id}` and `${a.arn}/${b.id}` the first one ends earlier."""
    depth = 0
    for position, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0 and position > 0:
            return text.startswith("${") and position == len(text) - 1
    return False


def _is_of_a_resource(principal: Any) -> bool:
    from secureinfra.terraform.unknown import is_reference_to_resource  # noqa: PLC0415 - the emitting wing needs none of it

    return is_reference_to_resource(principal)


SOURCE_LIMITED = Control(
    id="lambda-permission-source-limited",
    title="Lambda permissions limit services to known sources",
    why="a bucket, topic or rule of another account could make the service invoke the function",
    row="lambda-no-public-policy",
    fix="Set source_arn to the resource that invokes the function, or source_account to the account.",
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
        raise NotApplicable("the principal is not a service")
    given = [name for name in ("source_arn", "source_account") if _is_written(permission.get(name))]
    by_other = any_of(("event_source_token", "principal_org_id"), lambda name: _limits(permission, name))
    if by_other or (given and not _acts_for_others(permission, given, configuration)):
        return
    if unsure:
        raise UnknownValueError(principal)
    found = written(given[0], permission.get(given[0])) if given else "no source_arn and no source_account"
    yield Failure(found, "source_arn = the ARN of the resource that invokes the function", at="source_arn")


def _limits(permission: Block, name: str) -> bool:
    value = permission.get(name)
    if is_unknown(value):
        return permission.has(name)
    return value not in (None, "", "*")


def _acts_for_others(permission: Block, given: list[str], configuration: Configuration) -> bool:
    """Whether the service may call for a resource of another account, whatever the permission asks of its source."""
    from secureinfra.controls.shared.outsiders import request_of_deputy  # noqa: PLC0415 - the emitting wing needs none of it
    from secureinfra.terraform.model.policy_document import PolicyCondition, PolicyStatement  # noqa: PLC0415

    conditions = {"source_arn": ("ArnLike", "aws:SourceArn"), "source_account": ("StringEquals", "aws:SourceAccount")}
    statement = PolicyStatement(
        "Allow",
        actions=("lambda:InvokeFunction",),
        principals={"Service": (permission.get("principal"),)},
        conditions=tuple(PolicyCondition(*conditions[name], (_sure(permission.get(name)),)) for name in given),
    )
    return bool(request_of_deputy(statement, (), configuration, permission.get("principal")))


def _is_written(value: Any) -> bool:
    return is_unknown(value) or value not in (None, "")


def _sure(value: Any) -> Any:
    """An attribute of a resource, or a longer text, as the text of it."""
    return value.text if is_unknown(value) and not _may_be_anything(value) else value


ACTION_NARROW = Control(
    id="lambda-permission-action-narrow",
    title="Lambda permissions allow invoking a function or reading a layer, and nothing else",
    why="the principal could change the code of the function, which has its role, or delete it",
    row="lambda-permission-action-narrow",
    fix='Set action = "lambda:InvokeFunction" or "lambda:InvokeFunctionUrl", of a layer "lambda:GetLayerVersion".',
)
# lambda:InvokeAsync is the action of an old API; EnableReplication* is what CloudFront needs of Lambda@Edge functions:
# docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
_NARROW = (
    "lambda:invokefunction",
    "lambda:invokefunctionurl",
    "lambda:invokeasync",
    "lambda:getlayerversion",
    "lambda:enablereplication*",
)

ACTION_NARROW.check("aws_lambda_permission", "aws_lambda_layer_version_permission")(
    argument("action", lambda action: str(action).lower() in _NARROW, 'action = "lambda:InvokeFunction"')
)

URL_AUTHENTICATED = Control(
    id="lambda-function-url-authenticated",
    title="Lambda function URLs require IAM authentication",
    why="anyone on the internet could invoke the function with its role and at your cost",
    row="lambda-url-auth",
    fix='Set authorization_type = "AWS_IAM"; for browsers, put CloudFront in front of it.',
)

URL_AUTHENTICATED.check("aws_lambda_function_url")(
    argument("authorization_type", one_of("AWS_IAM"), 'authorization_type = "AWS_IAM"')
)

URL_CORS = Control(
    id="lambda-function-url-cors",
    title="Lambda function URLs allow named origins only (CORS)",
    why="a script of any site could call it with the visitor's cookies and credentials",
    row="lambda-url-cors",
    fix="List the sites in cors.allow_origins.",
)
_ANY_SITE = ("*", "http://*", "https://*")


@URL_CORS.check("aws_lambda_function_url")
def _url_cors(url: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "cors.allow_origins"
    origins = url.get(path)
    if origins is not None and any_of(origins, lambda origin: origin in _ANY_SITE):
        yield Failure(written(path, origins), "allow_origins = the sites that need it", at=path)
