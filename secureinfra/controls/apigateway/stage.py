"""Controls on stages of API Gateway: logs, traces, caches, and what is in front of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_false, is_set, is_true, named_by, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

STAGE, V2_STAGE, SETTINGS = "aws_api_gateway_stage", "aws_apigatewayv2_stage", "aws_api_gateway_method_settings"
_LOGS = one_of("ERROR", "INFO")

EXECUTION_LOGGED = Control(
    id="api-gateway-stage-execution-logged",
    title="API Gateway stages log the execution of requests",
    why="you could not find out why a request failed, or which caller caused it",
    row="apigw-execution-logging",
    fix='Write an aws_api_gateway_method_settings for the stage with method_path = "*/*" and settings { logging_level = '
    '"ERROR" }; for a WebSocket API, default_route_settings { logging_level = "ERROR" }.',
)


@EXECUTION_LOGGED.check(STAGE)
def _execution_logged(stage: Block, configuration: Configuration) -> Iterator[Failure]:
    def logs_all(settings: Block) -> bool:
        return settings.get("method_path") == "*/*" and _LOGS(settings.get("settings.logging_level"))

    if not any_of(_settings_of(stage, configuration), logs_all):
        yield Failure(
            f'no {SETTINGS} with method_path = "*/*" and a logging_level',
            f'{SETTINGS} with method_path = "*/*", settings {{ logging_level = "ERROR" }}',
        )


def _settings_of(stage: Block, configuration: Configuration) -> list[Block]:
    """The method settings of a stage, named by a reference or by its literal name."""
    found = configuration.attached(stage, SETTINGS, "stage_name")
    name = stage.get("stage_name")
    if found or not isinstance(name, str):
        return found
    named = [other for other in configuration.of_type(SETTINGS) if not is_unknown(other.get("stage_name"))]
    return [other for other in named if other.get("stage_name") == name and other.surely(stage)]


EXECUTION_LOGGED.check(SETTINGS)(
    argument("settings.logging_level", _LOGS, 'logging_level = "ERROR" or "INFO"', absent="OFF")
)


@EXECUTION_LOGGED.check(V2_STAGE)
def _websocket_execution_logged(stage: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html: HTTP APIs have access logs only.
    if protocol_of(stage, configuration) != "WEBSOCKET":
        raise NotApplicable("HTTP APIs have no execution logs")
    path = "default_route_settings.logging_level"
    yield from argument(path, _LOGS, 'logging_level = "ERROR" or "INFO"', absent="OFF")(stage, configuration)


def protocol_of(part: Block, configuration: Configuration) -> Any:
    """`HTTP` or `WEBSOCKET`: what the API of a stage or route speaks.

    Raises:
        UnknownValueError: the API is not in the configuration.
    """
    api = configuration.target(part.get("api_id"))
    if api is None or api.type != "aws_apigatewayv2_api":
        raise UnknownValueError(Unknown(f"the protocol of the API of {part.address}"))
    return api.get("protocol_type")


ACCESS_LOGGED = Control(
    id="api-gateway-stage-access-logged",
    title="API Gateway stages of REST APIs write access logs",
    why="you could not find out later who called what",
    row="apigw-rest-access-logs",
    fix="Write access_log_settings with destination_arn = the ARN of a log group, and a format.",
)
V2_ACCESS_LOGGED = Control(
    id="apigatewayv2-stage-access-logged",
    title="API Gateway stages of HTTP and WebSocket APIs write access logs",
    why="you could not find out later who called what",
    row="apigw-v2-access-logs",
    fix="Write access_log_settings with destination_arn = the ARN of a log group, and a format.",
)
_DESTINATION = argument(
    "access_log_settings.destination_arn", is_set, "access_log_settings { destination_arn = the ARN of a log group }"
)
ACCESS_LOGGED.check(STAGE)(_DESTINATION)
V2_ACCESS_LOGGED.check(V2_STAGE)(_DESTINATION)

CLIENT_CERTIFICATE = Control(
    id="api-gateway-stage-client-certificate",
    title="API Gateway stages identify themselves to their backends by a certificate",
    why="a backend on the internet cannot tell requests of the API from others",
    row="apigw-client-certificate",
    fix="Set client_certificate_id to the id of an aws_api_gateway_client_certificate, and let the backend verify it.",
)
CLIENT_CERTIFICATE.check(STAGE)(
    argument("client_certificate_id", is_set, "client_certificate_id = the id of a certificate")
)

TRACED = Control(
    id="api-gateway-stage-traced",
    title="API Gateway stages of REST APIs have X-Ray tracing",
    why="you could not follow a request through the services it calls",
    row="apigw-xray",
    fix="Set xray_tracing_enabled = true.",
)
TRACED.check(STAGE)(argument("xray_tracing_enabled", is_true, "xray_tracing_enabled = true", absent=False))

WEB_ACL = Control(
    id="api-gateway-stage-web-acl",
    title="API Gateway stages of public REST APIs are protected by a web ACL",
    why="common attacks would reach the application",
    row="apigw-waf",
    fix="Write an aws_wafv2_web_acl_association with resource_arn = the ARN of the stage.",
)


@WEB_ACL.check(STAGE)
def _web_acl(stage: Block, configuration: Configuration) -> Iterator[Failure]:
    for failure in named_by("aws_wafv2_web_acl_association", "resource_arn")(stage, configuration):
        api = configuration.target(stage.get("rest_api_id"))
        kinds = api.items("endpoint_configuration.types") if api is not None else ()
        if any_of(kinds, lambda kind: kind == "PRIVATE"):
            raise NotApplicable("the API is private")
        yield failure


CACHE_ENCRYPTED = Control(
    id="api-gateway-method-settings-cache-encrypted",
    title="API Gateway caches are encrypted",
    why="a copy of the cache would expose answers to other callers",
    row="apigw-cache-encrypted",
    fix="Set cache_data_encrypted = true beside caching_enabled = true.",
)


@CACHE_ENCRYPTED.check(SETTINGS)
def _cache_encrypted(settings: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "settings.cache_data_encrypted"
    if is_true(settings.get(path)):
        return
    if is_false(settings.get("settings.caching_enabled")):
        raise NotApplicable("nothing is cached")
    yield from argument(path, is_true, "cache_data_encrypted = true", absent=False)(settings, configuration)


NO_DATA_TRACE = Control(
    id="api-gateway-stage-no-data-trace",
    title="API Gateway does not log whole requests and responses",
    why="passwords, tokens and personal data of callers would be in the log",
    row="apigw-no-data-trace",
    fix="Remove data_trace_enabled, or set it to false.",
)
NO_DATA_TRACE.check(SETTINGS)(argument("settings.data_trace_enabled", is_false, "data_trace_enabled = false"))


@NO_DATA_TRACE.check(V2_STAGE)
def _no_data_trace(stage: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(node: Node) -> Iterator[Failure]:
        if not is_false(value := node.get("data_trace_enabled")):
            at = f"{node.path}.data_trace_enabled"
            yield Failure(written(at, value), "data_trace_enabled = false", at=at)

    return each([*stage.blocks("default_route_settings"), *stage.blocks("route_settings")], judge)
