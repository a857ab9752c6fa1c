"""Controls on Lambda functions: their runtime, network, tracing and failures."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, at_least, is_set, one_of
from secureinfra.controls.reading.zones import lie_in_zones
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

RUNTIME_SUPPORTED = Control(
    id="lambda-function-runtime-supported",
    title="AWS still mends its runtime",
    why="holes in the language and its libraries stay open once AWS has deprecated the runtime",
    row="lambda-runtime-supported",
    mend="Set runtime to one that is not deprecated, such as python3.14, nodejs24.x or java25.",
)

# docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: the last day of support, of what has had one for long by year.
_LAST_DAYS = {
    "2016-10-31": "nodejs",
    "2020-03-06": "nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10 dotnetcore1.0 dotnetcore2.0",
    "2023-12-31": "nodejs10.x nodejs12.x nodejs14.x python2.7 python3.6 python3.7 ruby2.5 ruby2.7 dotnetcore2.1 "
    "dotnetcore3.1 dotnet5.0 java8 go1.x provided",
    "2024-12-20": "nodejs16.x python3.8 dotnet6 dotnet7",
    "2025-09-01": "nodejs18.x",
    "2025-12-15": "python3.9",
    "2026-03-31": "ruby3.2",
    "2026-04-30": "nodejs20.x",
    "2026-07-31": "provided.al2",
    "2026-10-31": "python3.10",
    "2026-11-10": "dotnet8 dotnet9",
    "2027-03-31": "ruby3.3",
    "2027-04-30": "nodejs22.x",
    "2027-06-30": "python3.11 java8.al2 java11 java17",
    "2028-03-31": "ruby3.4",
    "2028-04-30": "nodejs24.x",
    "2028-10-31": "python3.12",
    "2028-11-14": "dotnet10",
    "2029-03-31": "ruby4.0",
    "2029-06-30": "python3.13 python3.14 java8.al2023 java11.al2023 java17.al2023 java21 java25 provided.al2023",
}
_SUPPORTED_UNTIL = {runtime: day for day, runtimes in _LAST_DAYS.items() for runtime in runtimes.split()}


@RUNTIME_SUPPORTED.check("aws_lambda_function")
def _runtime_supported(function: Block, configuration: Configuration) -> Iterator[Failure]:
    runtime = function.get("runtime")
    if runtime is None:
        raise NotApplicable("its image brings the runtime along")
    if is_unknown(runtime):
        raise UnknownValueError(runtime)
    last_day = _SUPPORTED_UNTIL.get(str(runtime), "9999")
    if last_day < datetime.date.today().isoformat():
        yield Failure(f"{written('runtime', runtime)}, deprecated", "a runtime that AWS supports", at="runtime")


# Looked up once for a configuration, since every function asks.
_AT_EDGE: WeakKeyDictionary[Configuration, frozenset[str]] = WeakKeyDictionary()


def is_at_edge(function: Block, configuration: Configuration) -> bool:
    """Whether CloudFront runs it, where there is no network, no tracing and no queue for failures."""
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
        raise NotApplicable("Lambda@Edge knows nothing of it")


IN_VPC = Control(
    id="lambda-function-in-vpc",
    title="The function runs in a network of yours",
    why="nothing limits where it sends data",
    row="lambda-in-vpc",
    mend="Write vpc_config with subnet_ids and security_group_ids.",
)


@IN_VPC.check("aws_lambda_function")
def _in_vpc(function: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_at_edge(function, configuration)
    yield from argument("vpc_config.subnet_ids", is_set, "vpc_config { subnet_ids = private subnets }")(
        function, configuration
    )


VPC_MULTI_AZ = Control(
    id="lambda-function-vpc-multi-az",
    title="A function in a network runs in two zones or more",
    why="an outage of one zone would stop it",
    row="lambda-vpc-multi-az",
    mend="Give vpc_config.subnet_ids subnets in two zones or more.",
)


@VPC_MULTI_AZ.check("aws_lambda_function")
def _vpc_multi_az(function: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "vpc_config.subnet_ids"
    subnets = function.get(path)
    # The way to keep a function out of any network is an empty list.
    if subnets is None or (not is_unknown(subnets) and not subnets):
        raise NotApplicable("it runs in no network of yours")
    if not lie_in_zones(subnets, 2, configuration):
        yield Failure(written(path, subnets), "subnets in at least two zones", at=path)


TRACED = Control(
    id="lambda-function-traced",
    title="Calls of the function are traced",
    why="nobody could follow a request through the services it calls",
    row="lambda-xray",
    mend='Write tracing_config { mode = "Active" }.',
)


@TRACED.check("aws_lambda_function")
def _traced(function: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_at_edge(function, configuration)
    yield from argument("tracing_config.mode", one_of("Active"), 'tracing_config { mode = "Active" }')(
        function, configuration
    )


DEAD_LETTERS = Control(
    id="lambda-function-dead-letters",
    title="Events that the function cannot handle are kept",
    why="an event that fails three times is lost, and nobody notices",
    row="lambda-dlq",
    mend="Write dead_letter_config { target_arn = an SQS queue }, or a destination_config with on_failure in an "
    "aws_lambda_function_event_invoke_config.",
)
# Those who wait for the answer handle a failure themselves.
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
    # A function whose callers are not here may be called in any way.
    callers = list(_waits(function, configuration))
    if callers and not any_of(callers, lambda waits: not waits):
        raise NotApplicable("whoever calls it waits for the answer")
    yield Failure(
        "no dead_letter_config and no destination for failures", "dead_letter_config { target_arn = a queue }"
    )


def _waits(function: Block, configuration: Configuration) -> Iterator[Any]:
    """Of each of its callers, whether it waits for the answer; what nobody knows comes as it is."""
    for called in (function, *configuration.attached(function, "aws_lambda_alias", "function_name")):
        for type in ("aws_lambda_event_source_mapping", "aws_lambda_function_url"):
            yield from (True for _ in configuration.attached(called, type, "function_name"))
        for permission in configuration.attached(called, "aws_lambda_permission", "function_name"):
            principal = permission.get("principal", "")
            yield principal if is_unknown(principal) else principal.partition(".")[0] in _SYNCHRONOUS


CONCURRENCY_LIMITED = Control(
    id="lambda-function-concurrency-limited",
    title="The function takes no more than its share of the account",
    why="a flood of calls would leave no room for the other functions of the account, and has no price limit",
    row="lambda-concurrency",
    mend="Set reserved_concurrent_executions.",
)

CONCURRENCY_LIMITED.check("aws_lambda_function")(
    argument("reserved_concurrent_executions", at_least(0), "reserved_concurrent_executions = a number", absent=-1)
)

CODE_SIGNED = Control(
    id="lambda-function-code-signed",
    title="The function runs signed code only",
    why="who may update the function could run any code with its role",
    row="lambda-code-signing",
    mend="Set code_signing_config_arn to an aws_lambda_code_signing_config.",
)


@CODE_SIGNED.check("aws_lambda_function")
def _code_signed(function: Block, configuration: Configuration) -> Iterator[Failure]:
    if function.get("package_type", "Zip") == "Image":
        raise NotApplicable("Lambda checks no signatures of images")
    path = "code_signing_config_arn"
    yield from argument(path, is_set, f"{path} = the ARN of an aws_lambda_code_signing_config")(function, configuration)
