"""RestApi: methods, authorizers, deployment, web ACL, private endpoints, domain."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.api_gateway.account import ApiGatewayAccount
from secureinfra.aws.api_gateway.config import RestApiConfig
from secureinfra.aws.api_gateway.rest_api import RestApi
from secureinfra.aws.cognito.user_pool import UserPool
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.lambda_.code import S3Code
from secureinfra.aws.lambda_.config import FunctionConfig
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"
ENDPOINT = "vpce-0a1b2c3d4e5f60718"
PRIVATE = RestApiConfig(endpoint="PRIVATE", vpc_endpoint_ids=(ENDPOINT,))
OPEN = Waiver(control="api-gateway-method-authorized", reason="a health check", owner="shop", until="2099-12-31")


def function(stack: Any, id: str = "orders") -> Function:
    code = S3Code(bucket="acme-builds", key="orders.zip", object_version="7")
    return Function(stack, id, FunctionConfig(code=code, runtime="python3.13", handler="app.handler"))


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def triggers(*paths: str) -> dict[str, str]:
    stack = test_stack()
    api, orders = RestApi(stack, "api", PRIVATE), function(stack)
    for path in paths:
        api.add_method("GET", path, orders, authorizer=api.iam)
    found: dict[str, str] = only(stack, "aws_api_gateway_deployment")["triggers"]
    return found


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    api = RestApi(stack, "api", web_acl=WebAcl(stack, "firewall"))
    api.add_method("GET", "/orders", function(stack), authorizer=api.iam)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    orders = function(stack)
    config = RestApiConfig(
        name="shop",
        description="Orders",
        endpoint="PRIVATE",
        vpc_endpoint_ids=(ENDPOINT,),
        stage_name="v1",
        throttling_rate_limit=50,
        throttling_burst_limit=100,
        logging_level="INFO",
        log_retention_in_days=731,
        tags={"team": "shop"},
    )
    account, topic = ApiGatewayAccount(stack, "api-logs"), SecureTopic(stack, "pages")
    api = RestApi(stack, "api", config, account=account, alarms=topic)
    people = api.add_pool_authorizer("people", UserPool(stack, "people"))
    api.add_method("POST", "/orders/{id}", orders, authorizer=people, scopes=("orders/write",))
    api.add_method("ANY", "/partners/{proxy+}", orders, authorizer=api.add_function_authorizer("partners", orders))
    api.add_method("GET", "/", orders, authorizer=api.iam)
    api.add_method("GET", "/healthz", orders, waiver=OPEN)
    matches_snapshot(stack)


def test_method_authorized() -> None:
    stack = test_stack()
    api, orders = RestApi(stack, "api", PRIVATE), function(stack)
    with pytest.raises(ControlError, match="without an authorizer breaks control api-gateway-method-authorized"):
        api.add_method("GET", "/orders", orders)
    api.add_method("GET", "/healthz", orders, waiver=OPEN)
    method = only(stack, "aws_api_gateway_method")
    assert (method["authorization"], method["//"]["waivers"][0]["control"]) == ("NONE", OPEN.control)


def test_deployed_again_when_anything_changes_and_only_then() -> None:
    assert triggers("/orders", "/bills") == triggers("/orders", "/bills")
    assert triggers("/orders") != triggers("/orders", "/bills")
    assert "aws_lambda_function.orders_function.invoke_arn" in triggers("/orders")["references"]


def test_deployment_waits_for_all_that_it_consists_of() -> None:
    stack = test_stack()
    api = RestApi(stack, "api", PRIVATE)
    api.add_method("GET", "/orders", function(stack), authorizer=api.iam)
    deployment = only(stack, "aws_api_gateway_deployment")
    assert deployment["depends_on"] == [
        "aws_api_gateway_rest_api_policy.api_policy",
        "aws_api_gateway_resource.api_resource_orders",
        "aws_api_gateway_method.api_method_get_orders",
        "aws_api_gateway_integration.api_integration_get_orders",
    ]
    assert deployment["lifecycle"] == {"create_before_destroy": True}


def test_traced_logged_and_throttled_without_bodies() -> None:
    stack = test_stack()
    api = RestApi(stack, "api", PRIVATE)
    api.add_method("GET", "/orders", function(stack), authorizer=api.iam)
    stage, settings = only(stack, "aws_api_gateway_stage"), only(stack, "aws_api_gateway_method_settings")["settings"]
    assert stage["xray_tracing_enabled"] is True
    assert stage["access_log_settings"]["destination_arn"] == "${aws_cloudwatch_log_group.api_access_log_group.arn}"
    assert (settings["logging_level"], settings["data_trace_enabled"], settings["throttling_rate_limit"]) == (
        "ERROR",
        False,
        100,
    )


def test_web_acl() -> None:
    stack = test_stack()
    api = RestApi(stack, "api")
    api.add_method("GET", "/orders", function(stack), authorizer=api.iam)
    with pytest.raises(
        ControlError, match="endpoint='REGIONAL' without a web ACL breaks control api-gateway-stage-web-acl"
    ):
        synthesize(stack)
    WebAcl(stack, "firewall").associate(api)
    assert only(stack, "aws_wafv2_web_acl_association")["resource_arn"] == "${aws_api_gateway_stage.api_stage.arn}"


def test_private_api_is_reached_through_its_endpoints_only() -> None:
    stack = test_stack()
    api, orders = RestApi(stack, "api", PRIVATE), function(stack)
    api.add_method("GET", "/orders", orders, authorizer=api.iam)
    api.add_method(
        "GET", "/people/{id}", orders, authorizer=api.add_pool_authorizer("people", UserPool(stack, "people"))
    )
    deny, allow = json.loads(only(stack, "aws_api_gateway_rest_api_policy")["policy"])["Statement"]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"StringNotEquals": {"aws:SourceVpce": [ENDPOINT]}})
    # What IAM decides on is not among it: either policy would be enough within an account.
    assert allow["Resource"] == ["${aws_api_gateway_rest_api.api.execution_arn}/*/GET/people/*"]


def test_function_is_invoked_for_its_method_and_authorizer_only() -> None:
    stack = test_stack()
    api, orders = RestApi(stack, "api", PRIVATE), function(stack)
    api.add_method("ANY", "/orders/{id}", orders, authorizer=api.add_function_authorizer("partners", orders))
    sources = {one["source_arn"] for one in synthesize(stack)["resource"]["aws_lambda_permission"].values()}
    assert sources == {
        "${aws_api_gateway_rest_api.api.execution_arn}/*/*/orders/*",
        "${aws_api_gateway_rest_api.api.execution_arn}/authorizers/${aws_api_gateway_authorizer.api_authorizer_partners.id}",
    }


def test_grant_invoke_is_for_one_method_that_iam_decides_on() -> None:
    stack = test_stack()
    api, orders = RestApi(stack, "api", PRIVATE), function(stack)
    caller = SecureRole(stack, "caller", RoleConfig(trust=ServiceTrust(service="lambda")))
    api.add_method("GET", "/orders/{id}", orders, authorizer=api.iam)
    api.grant_invoke(caller, "GET", "/orders/{id}")
    policy = synthesize(stack)["resource"]["aws_iam_role_policy"]["caller_permissions"]["policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Resource"] == ["${aws_api_gateway_rest_api.api.execution_arn}/*/GET/orders/*"]
    with pytest.raises(ConfigError, match=r"a method with authorizer=api\.iam"):
        api.grant_invoke(caller, "GET", "/bills")


def test_domain_tls_with_provider_6() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", provider_major=6))
    api = RestApi(
        stack,
        "api",
        RestApiConfig(domain_name="api.example.com"),
        certificate=CERTIFICATE,
        web_acl=WebAcl(stack, "firewall"),
    )
    api.add_method("GET", "/orders", function(stack), authorizer=api.iam)
    resources = synthesize(stack, providers=("6.62.0",))["resource"]
    (domain,) = resources["aws_api_gateway_domain_name"].values()
    assert (domain["security_policy"], domain["endpoint_access_mode"]) == (
        "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
        "STRICT",
    )
    assert resources["aws_api_gateway_rest_api"]["api"]["disable_execute_api_endpoint"] is True


def test_refuses_domain_with_provider_5_or_without_certificate() -> None:
    config = RestApiConfig(domain_name="api.example.com")
    with pytest.raises(ConfigError, match=r"needs AWS provider 6.*Set AwsProviderConfig\(provider_major=6\)"):
        RestApi(test_stack(), "api", config, certificate=CERTIFICATE)
    with pytest.raises(ConfigError, match="a domain and a certificate belong together"):
        RestApi(test_stack(), "api", config)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"endpoint": "PRIVATE"}, "vpc_endpoint_ids names none"),
        ({"vpc_endpoint_ids": (ENDPOINT,)}, "is given for a public API"),
        (
            {"endpoint": "PRIVATE", "vpc_endpoint_ids": (ENDPOINT,), "domain_name": "api.example.com"},
            "is given for a private API",
        ),
        ({"stage_name": "v 1"}, "is not a name of a stage"),
    ],
)
def test_refuses(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        RestApi(test_stack(), "api", RestApiConfig(**changed))


def test_refuses_methods_that_aws_would() -> None:
    stack = test_stack()
    api, orders = RestApi(stack, "api", PRIVATE), function(stack)
    api.add_method("GET", "/orders", orders, authorizer=api.iam)
    with pytest.raises(ConfigError, match="is there already"):
        api.add_method("GET", "/orders", orders, authorizer=api.iam)
    with pytest.raises(ConfigError, match="is not a method and a path"):
        api.add_method("FETCH", "/orders", orders, authorizer=api.iam)
    with pytest.raises(ConfigError, match="is not a method and a path"):
        api.add_method("GET", "orders", orders, authorizer=api.iam)
    with pytest.raises(ConfigError, match="has scopes, which only tokens of user pools have"):
        api.add_method("GET", "/bills", orders, authorizer=api.iam, scopes=("bills",))
    other = RestApi(stack, "other", PRIVATE).add_function_authorizer("partners", orders)
    with pytest.raises(ConfigError, match="has an authorizer of another API"):
        api.add_method("GET", "/partners", orders, authorizer=other)


def test_refuses_an_api_without_methods() -> None:
    stack = test_stack()
    RestApi(stack, "api", PRIVATE)
    with pytest.raises(ConfigError, match="it has no method, and AWS deploys no empty API"):
        synthesize(stack)


def test_addresses() -> None:
    stack = test_stack()
    api = RestApi(stack, "api", PRIVATE)
    api.add_method("GET", "/orders/{id}", function(stack), authorizer=api.iam)
    assert [one for one in addresses(synthesize(stack)) if "api_gateway" in one] == [
        "aws_api_gateway_deployment.api_deployment",
        "aws_api_gateway_integration.api_integration_get_orders_any_id",
        "aws_api_gateway_method.api_method_get_orders_any_id",
        "aws_api_gateway_method_settings.api_settings",
        "aws_api_gateway_resource.api_resource_orders",
        "aws_api_gateway_resource.api_resource_orders_any_id",
        "aws_api_gateway_rest_api.api",
        "aws_api_gateway_rest_api_policy.api_policy",
        "aws_api_gateway_stage.api_stage",
    ]
