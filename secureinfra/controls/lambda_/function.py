"""Controls on Lambda functions: their runtime, network, tracing and failures."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, at_least, is_set, one_of
from secureinfra.controls.shared.zones import lie_in_zones
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.facts.lambda_runtimes import is_supported
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

RUNTIME_SUPPORTED = Control(
    id="lambda-function-runtime-supported",
    title="Lambda functions use a supported runtime",
    why="vulnerabilities in the language and its libraries are not fixed after AWS deprecates the runtime",
    row="lambda-runtime-supported",
    fix="Set runtime to a version that is not deprecated, e.g. python3.14, nodejs24.x or java25.",
)


@RUNTIME_SUPPORTED.check("aws_lambda_function")
def _runtime_supported(function: Block, configuration: Configuration) -> Iterator[Failure]:
    runtime = function.get("runtime")
    if runtime is None:
        raise NotApplicable("the runtime is part of its image")
    if is_unknown(runtime):
        raise UnknownValueError(runtime)
    if not is_supported(str(runtime), datetime.date.today()):
        yield Failure(f"{written('runtime', runtime)}, deprecated", "a runtime that AWS supports", at="runtime")


# Looked up once per configuration, because every function needs it.
_AT_EDGE: WeakKeyDictionary[Configuration, frozenset[str]] = WeakKeyDictionary()


def is_at_edge(function: Block, configuration: Configuration) -> bool:
    """Whether CloudFront runs it (Lambda@Edge), which has no VPC, tracing or dead-letter queue."""
    # docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
    if configuration not in _AT_EDGE:
        _AT_EDGE[configuration] = frozenset(
            target.address
            for distribution in configuration.of_type("aws_cloudfront_distribution")
            for behavior in ("default_cache_behavior", "ordered_cache_behavior")
            for target in configuration.targets(distribution, behavior, "aws_lambda_function")
        )
    return function.address in _AT_EDGE[configuration]


def _refuse_at_edge(function: Block, configuration: Configuration) -> None:
    if is_at_edge(function, configuration):
        raise NotApplicable("Lambda@Edge does not support it")


IN_VPC = Control(
    id="lambda-function-in-vpc",
    title="Lambda functions run in your VPC",
    why="nothing limits where the function sends data",
    row="lambda-in-vpc",
    fix="Write vpc_config with subnet_ids and security_group_ids.",
)


@IN_VPC.check("aws_lambda_function")
def _in_vpc(function: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_at_edge(function, configuration)
    yield from argument("vpc_config.subnet_ids", is_set, "vpc_config { subnet_ids = private subnets }")(
        function, configuration
    )


VPC_MULTI_AZ = Control(
    id="lambda-function-vpc-multi-az",
    title="Lambda functions in a VPC span two or more Availability Zones",
    why="an outage of one zone would stop the function",
    row="lambda-vpc-multi-az",
    fix="Set vpc_config.subnet_ids to subnets in two or more zones.",
)


@VPC_MULTI_AZ.check("aws_lambda_function")
def _vpc_multi_az(function: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "vpc_config.subnet_ids"
    subnets = function.get(path)
    # An empty list keeps a function out of any VPC.
    if subnets is None or (not is_unknown(subnets) and not subnets):
        raise NotApplicable("the function is not in a VPC")
    if not lie_in_zones(subnets, 2, configuration):
        yield Failure(written(path, subnets), "subnets in at least two zones", at=path)


TRACED = Control(
    id="lambda-function-traced",
    title="Lambda functions have tracing",
    why="you could not follow a request through the services it calls",
    row="lambda-xray",
    fix='Write tracing_config { mode = "Active" }.',
)


@TRACED.check("aws_lambda_function")
def _traced(function: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_at_edge(function, configuration)
    yield from argument("tracing_config.mode", one_of("Active"), 'tracing_config { mode = "Active" }')(
        function, configuration
    )


DEAD_LETTERS = Control(
    id="lambda-function-dead-letters",
    title="Lambda functions keep events that they fail to process",
    why="an event that fails three times would be lost unnoticed",
    row="lambda-dlq",
    fix="Write dead_letter_config { target_arn = an SQS queue }, or a destination_config with on_failure in an "
    "aws_lambda_function_event_invoke_config.",
)
# Callers that wait for the answer handle failures themselves.
_SYNCHRONOUS = (
    "apigateway",
    "elasticloadbalancing",
    "vpc-lattice",
    "cognito-idp",
    "lex",
    "lexv2",
    "firehose",
    "appsync",
)


@DEAD_LETTERS.check("aws_lambda_function")
def _dead_letters(function: Block, configuration: Configuration) -> Iterator[Failure]:
    if function.has("dead_letter_config.target_arn"):
        return
    on_failure = "destination_config.on_failure.destination"
    settings = configuration.attached(function, "aws_lambda_function_event_invoke_config", "function_name")
    if any_of(settings, lambda setting: setting.has(on_failure)):
        return
    _refuse_at_edge(function, configuration)
    # A function whose callers are not in the configuration may be invoked in any way.
    callers = list(_waits(function, configuration))
    if callers and not any_of(callers, lambda waits: not waits):
        raise NotApplicable("its callers wait for the answer")
    yield Failure("no dead_letter_config and no on_failure destination", "dead_letter_config { target_arn = a queue }")


def _waits(function: Block, configuration: Configuration) -> Iterator[Any]:
    """Whether each of its callers waits for the answer; unknown callers are included as they are."""
    for called in (function, *configuration.attached(function, "aws_lambda_alias", "function_name")):
        for type in ("aws_lambda_event_source_mapping", "aws_lambda_function_url"):
            yield from (True for _ in configuration.attached(called, type, "function_name"))
        for permission in configuration.attached(called, "aws_lambda_permission", "function_name"):
            principal = permission.get("principal", "")
            yield principal if is_unknown(principal) else principal.partition(".")[0] in _SYNCHRONOUS


CONCURRENCY_LIMITED = Control(
    id="lambda-function-concurrency-limited",
    title="Lambda functions have reserved concurrency",
    why="a flood of calls could use up the account's concurrency, and its cost would have no limit",
    row="lambda-concurrency",
    fix="Set reserved_concurrent_executions.",
)

CONCURRENCY_LIMITED.check("aws_lambda_function")(
    argument("reserved_concurrent_executions", at_least(0), "reserved_concurrent_executions = a number", absent=-1)
)

CODE_SIGNED = Control(
    id="lambda-function-code-signed",
    title="Lambda functions run signed code only",
    why="anyone who may update the function could run any code with its role",
    row="lambda-code-signing",
    fix="Set code_signing_config_arn to the ARN of an aws_lambda_code_signing_config.",
)


@CODE_SIGNED.check("aws_lambda_function")
def _code_signed(function: Block, configuration: Configuration) -> Iterator[Failure]:
    if function.get("package_type", "Zip") == "Image":
        raise NotApplicable("Lambda does not verify signatures of container images")
    path = "code_signing_config_arn"
    yield from argument(path, is_set, f"{path} = the ARN of an aws_lambda_code_signing_config")(function, configuration)
