"""HttpApi: authorizers, routes, limits, logs, domain, VPC link."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.apigatewayv2.api import HttpApi
from secureinfra.aws.apigatewayv2.config import HttpApiConfig, HttpApiCorsConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lambda_.code import S3Code
from secureinfra.aws.lambda_.config import FunctionConfig
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.config import LoadBalancerConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"
ISSUER = "https://login.example.com"
OPEN = Waiver(control="apigatewayv2-route-authorized", reason="a health check", owner="shop", until="2099-12-31")


def function(stack: Any, id: str = "orders") -> Function:
    code = S3Code(bucket="acme-builds", key="orders.zip", object_version="7")
    return Function(stack, id, FunctionConfig(code=code, runtime="python3.13", handler="app.handler"))


def balancer(stack: Any, **changed: Any) -> SecureLoadBalancer:
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, tiers=("public", "private")))
    return SecureLoadBalancer(stack, "shop", LoadBalancerConfig(**changed), vpc=network, certificate=CERTIFICATE)


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    HttpApi(stack, "api")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    orders = function(stack)
    config = HttpApiConfig(
        name="shop",
        description="Orders",
        domain_name="api.example.com",
        trust_store_uri="s3://acme-trust/partners.pem",
        trust_store_version="3sL4kqtJlcpXroDTDmJ",
        throttling_rate_limit=50,
        throttling_burst_limit=100,
        cors=HttpApiCorsConfig(allow_origins=("https://shop.example.com",), allow_methods=("GET", "POST")),
        log_retention_in_days=731,
        tags={"team": "shop"},
    )
    key, topic = SecureKey(stack, "data"), SecureTopic(stack, "pages")
    api = HttpApi(stack, "api", config, certificate=CERTIFICATE, key=key, alarms=topic)
    staff = api.add_jwt_authorizer("staff", issuer=ISSUER, audience=("shop",))
    api.add_route("POST /orders/{id}", orders, authorizer=staff, scopes=("orders/write",))
    api.add_route("GET /", orders, authorizer=api.add_function_authorizer("partners", orders, ttl_seconds=60))
    api.add_route("$default", orders, authorizer=api.iam)
    api.add_route("GET /healthz", orders, waiver=OPEN)
    api.add_balancer_route("ANY /shop/{proxy+}", balancer(stack), server_name="shop.example.com", authorizer=staff)
    matches_snapshot(stack)


def test_route_authorized() -> None:
    stack = test_stack()
    api, orders = HttpApi(stack, "api"), function(stack)
    with pytest.raises(
        ControlError,
        match=r"add_route\('GET /orders'\) without an authorizer breaks control apigatewayv2-route-authorized",
    ):
        api.add_route("GET /orders", orders)
    api.add_route("GET /orders", orders, authorizer=api.iam)
    assert only(stack, "aws_apigatewayv2_route")["authorization_type"] == "AWS_IAM"


def test_waiver_for_a_route_that_everybody_may_call_is_written_on_it() -> None:
    stack = test_stack()
    HttpApi(stack, "api").add_route("GET /healthz", function(stack), waiver=OPEN)
    route = only(stack, "aws_apigatewayv2_route")
    assert route["authorization_type"] == "NONE"
    assert route["//"]["waivers"][0]["control"] == "apigatewayv2-route-authorized"


def test_tokens_are_of_one_issuer_and_for_named_clients() -> None:
    stack = test_stack()
    api = HttpApi(stack, "api")
    staff = api.add_jwt_authorizer("staff", issuer=ISSUER, audience=("shop",))
    route = api.add_route("GET /orders", function(stack), authorizer=staff, scopes=("orders/read",))
    assert only(stack, "aws_apigatewayv2_authorizer")["jwt_configuration"] == {"issuer": ISSUER, "audience": ["shop"]}
    assert route.attributes["authorizer_id"] == "${aws_apigatewayv2_authorizer.api_authorizer_staff.id}"
    assert route.attributes["authorization_scopes"] == ["orders/read"]


def test_function_is_invoked_for_its_route_and_authorizer_only() -> None:
    stack = test_stack()
    api, orders = HttpApi(stack, "api"), function(stack)
    partners = api.add_function_authorizer("partners", function(stack, "partners"))
    api.add_route("ANY /orders/{id}", orders, authorizer=partners)
    sources = {one["source_arn"] for one in synthesize(stack)["resource"]["aws_lambda_permission"].values()}
    assert sources == {
        "${aws_apigatewayv2_api.api.execution_arn}/*/*/orders/{id}",
        "${aws_apigatewayv2_api.api.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.api_authorizer_partners.id}",
    }


def test_access_logged_without_headers_and_bodies() -> None:
    stack = test_stack()
    HttpApi(stack, "api")
    settings = only(stack, "aws_apigatewayv2_stage")["access_log_settings"]
    assert settings["destination_arn"] == "${aws_cloudwatch_log_group.api_access_log_group.arn}"
    assert not [value for value in json.loads(settings["format"]).values() if "header" in value or "body" in value]


def test_throttled() -> None:
    stack = test_stack()
    HttpApi(stack, "api", HttpApiConfig(throttling_rate_limit=20, throttling_burst_limit=40))
    limits = only(stack, "aws_apigatewayv2_stage")["default_route_settings"]
    assert (limits["throttling_rate_limit"], limits["throttling_burst_limit"]) == (20, 40)


def test_domain_tls_and_no_other_address() -> None:
    stack = test_stack()
    api = HttpApi(stack, "api", HttpApiConfig(domain_name="api.example.com"), certificate=CERTIFICATE)
    settings = only(stack, "aws_apigatewayv2_domain_name")["domain_name_configuration"]
    assert settings["security_policy"] == "TLS_1_2"
    assert only(stack, "aws_apigatewayv2_api")["disable_execute_api_endpoint"] is True
    assert api.endpoint == "https://api.example.com"
    assert (
        api.domain_target
        == "${aws_apigatewayv2_domain_name.api_domain.domain_name_configuration[0].target_domain_name}"
    )


def test_private_backend_is_reached_over_tls_and_through_one_link() -> None:
    stack = test_stack()
    api, shop = HttpApi(stack, "api"), balancer(stack)
    for route in ("GET /shop/{proxy+}", "POST /shop/{proxy+}"):
        api.add_balancer_route(route, shop, server_name="shop.example.com", authorizer=api.iam)
    resources = synthesize(stack)["resource"]
    assert list(resources["aws_apigatewayv2_vpc_link"]) == ["api_link"]
    for integration in resources["aws_apigatewayv2_integration"].values():
        assert integration["tls_config"] == {"server_name_to_verify": "shop.example.com"}
        assert integration["connection_id"] == "${aws_apigatewayv2_vpc_link.api_link.id}"
    rules = resources["aws_vpc_security_group_ingress_rule"]
    link = "${aws_security_group.api_link_group_security_group.id}"
    assert {rule["from_port"] for rule in rules.values() if rule.get("referenced_security_group_id") == link} == {
        443,
        80,
    }


def test_grant_invoke_is_for_one_route_that_iam_decides_on() -> None:
    stack = test_stack()
    api, orders = HttpApi(stack, "api"), function(stack)
    caller = SecureRole(stack, "caller", RoleConfig(trust=ServiceTrust(service="lambda")))
    api.add_route("ANY /orders/{id}", orders, authorizer=api.iam)
    api.add_route("GET /healthz", orders, waiver=OPEN)
    api.grant_invoke(caller, "ANY /orders/{id}")
    policy = synthesize(stack)["resource"]["aws_iam_role_policy"]["caller_permissions"]["policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Action"] == ["execute-api:Invoke"]
    assert statement["Resource"] == ["${aws_apigatewayv2_api.api.execution_arn}/*/*/orders/*"]
    for route in ("GET /healthz", "GET /bills"):
        with pytest.raises(ConfigError, match=r"a route with authorizer=api\.iam"):
            api.grant_invoke(caller, route)


def test_alarms_go_to_the_topic_that_is_given() -> None:
    stack = test_stack()
    HttpApi(stack, "api", alarms=SecureTopic(stack, "pages"))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert {name: one["metric_name"] for name, one in alarms.items()} == {
        "api_alarm_server_errors": "5xx",
        "api_alarm_latency": "Latency",
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"trust_store_uri": "s3://acme/a.pem"}, "is given without a domain"),
        ({"trust_store_version": "7"}, "is given without trust_store_uri"),
        (
            {"throttling_rate_limit": 5000, "throttling_burst_limit": 10},
            "is less than a tenth of throttling_rate_limit=5000",
        ),
        ({"domain_name": "api.example.com"}, "a domain and a certificate belong together"),
        (
            {"cors": HttpApiCorsConfig(allow_origins=("*",), allow_credentials=True)},
            "has a wildcard beside allow_credentials",
        ),
    ],
)
def test_refuses(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        HttpApi(test_stack(), "api", HttpApiConfig(**changed))


@pytest.mark.parametrize("route", ["orders", "GET orders", "FETCH /orders", "GET /orders/{id", "GET /orders/"])
def test_refuses_what_is_not_a_route(route: str) -> None:
    stack = test_stack()
    api = HttpApi(stack, "api")
    with pytest.raises(ConfigError, match="is not a route"):
        api.add_route(route, function(stack), authorizer=api.iam)


def test_refuses_routes_that_aws_would() -> None:
    stack = test_stack()
    api, orders = HttpApi(stack, "api"), function(stack)
    api.add_route("GET /orders", orders, authorizer=api.iam)
    with pytest.raises(ConfigError, match="is there already"):
        api.add_route("GET /orders", orders, authorizer=api.iam)
    with pytest.raises(ConfigError, match="has scopes, which only tokens have"):
        api.add_route("GET /bills", orders, authorizer=api.iam, scopes=("bills",))
    staff = HttpApi(stack, "other").add_jwt_authorizer("staff", issuer=ISSUER, audience=("shop",))
    with pytest.raises(ConfigError, match="has an authorizer of another API"):
        api.add_route("GET /staff", orders, authorizer=staff)


def test_refuses_authorizers_that_accept_too_much() -> None:
    api = HttpApi(test_stack(), "api")
    with pytest.raises(ConfigError, match="names no audience: every token of the issuer would be accepted"):
        api.add_jwt_authorizer("staff", issuer=ISSUER, audience=())
    with pytest.raises(ConfigError, match="its tokens are verified over HTTPS"):
        api.add_jwt_authorizer("staff", issuer="http://login.example.com", audience=("shop",))


def test_refuses_a_balancer_that_callers_reach_without_the_api() -> None:
    stack = test_stack()
    open_balancer = Waiver(control="lb-internal", reason="a shop", owner="shop", until="2099-12-31")
    shop = balancer(stack, internal=False, waivers=(open_balancer,))
    api = HttpApi(stack, "api")
    with pytest.raises(ConfigError, match="faces the internet, so callers could go around the API"):
        api.add_balancer_route("GET /", shop, server_name="shop.example.com", authorizer=api.iam)


def test_addresses_tell_what_a_path_takes_from_its_name() -> None:
    stack = test_stack()
    api, orders = HttpApi(stack, "api"), function(stack)
    for route in ("GET /", "GET /orders/id", "GET /orders/{id}", "$default"):
        api.add_route(route, orders, authorizer=api.iam)
    assert [one for one in addresses(synthesize(stack)) if "apigatewayv2_route" in one] == [
        "aws_apigatewayv2_route.api_route_default",
        "aws_apigatewayv2_route.api_route_get_orders_any_id",
        "aws_apigatewayv2_route.api_route_get_orders_id",
        "aws_apigatewayv2_route.api_route_get_root",
    ]
