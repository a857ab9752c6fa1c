"""Controls on stages of API Gateway."""

import pytest

from secureinfra.controls.apigateway import stage
from tests.controls.spec import Spec

REST = {"aws_api_gateway_rest_api": {"a": {"name": "a"}}}
LOGS = {"destination_arn": "${aws_cloudwatch_log_group.g.arn}", "format": "$context.requestId"}
THIS = {"rest_api_id": "${aws_api_gateway_rest_api.a.id}", "deployment_id": "d", "stage_name": "live"}
V2 = {"api_id": "${aws_apigatewayv2_api.a.id}", "name": "live"}
SOCKET = {"aws_apigatewayv2_api": {"a": {"name": "a", "protocol_type": "WEBSOCKET"}}}
ALL = {
    "rest_api_id": "${aws_api_gateway_rest_api.a.id}",
    "stage_name": "${aws_api_gateway_stage.this.stage_name}",
    "method_path": "*/*",
    "settings": {"logging_level": "ERROR"},
}
SETTINGS = "aws_api_gateway_method_settings"
ACL = "aws_wafv2_web_acl_association"
KINDS = "aws_api_gateway_rest_api.a.endpoint_configuration.types"

SPECS = [
    Spec(
        stage.EXECUTION_LOGGED,
        stage.STAGE,
        THIS,
        beside={**REST, SETTINGS: {"s": ALL}},
        also=[{f"{SETTINGS}.s.stage_name": "live"}, {f"{SETTINGS}.s.settings.logging_level": "INFO"}],
        fails=[
            ({SETTINGS: {}}, f"no {SETTINGS}"),
            ({f"{SETTINGS}.s.method_path": "orders/GET"}, f"no {SETTINGS}"),
            ({f"{SETTINGS}.s.settings.logging_level": "OFF"}, f"no {SETTINGS}"),
            ({f"{SETTINGS}.s.stage_name": "other"}, f"no {SETTINGS}"),
        ],
        unknown=[f"{SETTINGS}.s.settings.logging_level", f"{SETTINGS}.s.stage_name", f"{SETTINGS}.s.count"],
    ),
    Spec(
        stage.EXECUTION_LOGGED,
        SETTINGS,
        ALL,
        fails=[
            ({"settings.logging_level": "OFF"}, 'logging_level = "OFF"'),
            ({"settings.logging_level": None}, "logging_level is not set (AWS defaults to 'OFF')"),
        ],
        unknown=["settings.logging_level"],
    ),
    Spec(
        stage.EXECUTION_LOGGED,
        stage.V2_STAGE,
        {**V2, "default_route_settings": {"logging_level": "INFO"}},
        beside=SOCKET,
        fails=[({"default_route_settings": None}, "AWS defaults to 'OFF'")],
        unknown=["default_route_settings.logging_level", "aws_apigatewayv2_api.a.protocol_type", "api_id"],
        spared=[{"aws_apigatewayv2_api.a.protocol_type": "HTTP"}],
    ),
    *(
        Spec(
            control,
            type,
            {**arguments, "access_log_settings": LOGS},
            fails=[({"access_log_settings": None}, "access_log_settings.destination_arn is not set")],
            unknown=["access_log_settings.destination_arn"],
        )
        for control, type, arguments in (
            (stage.ACCESS_LOGGED, stage.STAGE, THIS),
            (stage.V2_ACCESS_LOGGED, stage.V2_STAGE, V2),
        )
    ),
    Spec(
        stage.CLIENT_CERTIFICATE,
        stage.STAGE,
        {**THIS, "client_certificate_id": "${aws_api_gateway_client_certificate.c.id}"},
        fails=[({"client_certificate_id": None}, "client_certificate_id is not set")],
        unknown=["client_certificate_id"],
    ),
    Spec(
        stage.TRACED,
        stage.STAGE,
        {**THIS, "xray_tracing_enabled": True},
        fails=[
            ({"xray_tracing_enabled": None}, "AWS defaults to False"),
            ({"xray_tracing_enabled": False}, "xray_tracing_enabled = false"),
        ],
        unknown=["xray_tracing_enabled"],
    ),
    Spec(
        stage.WEB_ACL,
        stage.STAGE,
        THIS,
        beside={**REST, ACL: {"w": {"resource_arn": "${aws_api_gateway_stage.this.arn}", "web_acl_arn": "w"}}},
        fails=[({ACL: {}}, f"no {ACL}"), ({f"{ACL}.w.resource_arn": "${aws_lb.l.arn}"}, f"no {ACL}")],
        unknown=[f"{ACL}.w.resource_arn", f"{ACL}.w.count"],
        spared=[{ACL: {}, KINDS: ["PRIVATE"]}],
        unsure=[{ACL: {}, KINDS: ["${var.x}"]}],
    ),
    Spec(
        stage.CACHE_ENCRYPTED,
        SETTINGS,
        {**ALL, "settings": {"caching_enabled": True, "cache_data_encrypted": True}},
        fails=[
            ({"settings.cache_data_encrypted": None}, "AWS defaults to False"),
            ({"settings.cache_data_encrypted": False}, "cache_data_encrypted = false"),
        ],
        unknown=["settings.cache_data_encrypted"],
        spared=[{"settings": {}}, {"settings": {"caching_enabled": False}}],
        unsure=[{"settings": {"caching_enabled": "${var.x}"}}],
    ),
    Spec(
        stage.NO_DATA_TRACE,
        SETTINGS,
        ALL,
        also=[{"settings.data_trace_enabled": False}],
        fails=[({"settings.data_trace_enabled": True}, "data_trace_enabled = true")],
        unknown=["settings.data_trace_enabled"],
    ),
    Spec(
        stage.NO_DATA_TRACE,
        stage.V2_STAGE,
        {**V2, "default_route_settings": {"data_trace_enabled": False}, "route_settings": [{"route_key": "$connect"}]},
        fails=[
            ({"default_route_settings.data_trace_enabled": True}, "default_route_settings[0].data_trace_enabled"),
            ({"route_settings.0.data_trace_enabled": True}, "route_settings[0].data_trace_enabled = true"),
        ],
        unknown=["default_route_settings.data_trace_enabled"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
