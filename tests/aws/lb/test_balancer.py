"""SecureLoadBalancer: who reaches it, how it ends TLS, where it logs, what it reaches, who guards it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lb.authentication import CognitoAuthentication, OidcAuthentication
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.config import ListenerHeadersConfig, LoadBalancerConfig, MutualTls
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.config.config import Config
from secureinfra.config.waiver import Waiver
from secureinfra.controls.lb.listener import TLS_POLICIES
from secureinfra.engine import AwsProvider, AwsProviderConfig, SecureConstruct
from secureinfra.engine._cdk import TerraformVariable
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-4123-8123-1234567890ab"
OTHER = "arn:aws:acm:eu-central-1:123456789012:certificate/22345678-1234-4123-8123-1234567890ab"
TRUST_STORE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:truststore/partners/73e2d6bc24d8a067"
POOL = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Ab12cD34e"
LOGIN: dict[str, Any] = {
    "issuer": "https://login.example.com",
    "authorization_endpoint": "https://login.example.com/authorize",
    "token_endpoint": "https://login.example.com/token",
    "user_info_endpoint": "https://login.example.com/userinfo",
    "client_id": "shop",
    "client_secret": "${data.aws_secretsmanager_secret_version.login.secret_string}",
}


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="a shop for everybody", owner="web", until="2099-12-31")


PUBLIC: dict[str, Any] = {"internal": False, "waivers": (waiver("lb-internal"),)}


def network_of(stack: Any, **values: Any) -> SecureVpc:
    config = {"cidr": "10.20.0.0/16", "zones": 2, "tiers": ("public", "private"), **values}
    return SecureVpc(stack, "network", VpcConfig(**config))


def group_of(stack: Any, network: SecureVpc, name: str = "service") -> SecurityGroup:
    return SecurityGroup(stack, name, SecurityGroupConfig(description=name), vpc=network)


def balancer_of(stack: Any, config: LoadBalancerConfig | None = None, **arguments: Any) -> SecureLoadBalancer:
    given = {"certificate": CERTIFICATE, **arguments}
    given.setdefault("vpc", None)
    given["vpc"] = given["vpc"] or network_of(stack)
    return SecureLoadBalancer(stack, "balancer", config or LoadBalancerConfig(), **given)


def resources_of(stack: Any) -> dict[str, dict[str, Any]]:
    return dict(synthesize(stack)["resource"])


def only(resources: dict[str, dict[str, Any]], type: str) -> dict[str, Any]:
    (block,) = resources[type].values()
    return dict(block)


def target(config: TargetConfig, **values: Any) -> dict[str, dict[str, Any]]:
    """What a load balancer with one target makes."""
    stack = test_stack()
    network = network_of(stack)
    balancer = balancer_of(stack, LoadBalancerConfig(**values), vpc=network)
    balancer.add_target("orders", config, group=group_of(stack, network))
    return resources_of(stack)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    balancer_of(stack)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    network = network_of(stack, ipv6=True)
    config = LoadBalancerConfig(
        name="shop",
        ip_address_type="dualstack",
        ssl_policy="ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
        response_headers=ListenerHeadersConfig(frame_option="SAMEORIGIN", content_security_policy="default-src 'self'"),
        authentication=OidcAuthentication(**LOGIN, scope="openid email", session_timeout_seconds=3600),
        mutual_tls=MutualTls(trust_store_arn=TRUST_STORE, advertises_authorities=True),
        desync_mitigation_mode="strictest",
        idle_timeout_seconds=120,
        log_prefix="shop/public",
        tags={"team": "shop"},
        **PUBLIC,
    )
    bucket, firewall = LogBucket(stack, "logs"), WebAcl(stack, "firewall")
    balancer = balancer_of(stack, config, vpc=network, log_bucket=bucket, web_acl=firewall)
    balancer.add_certificate("shop-example-org", OTHER)
    orders = TargetConfig(
        port=8443,
        hosts=("shop.example.com",),
        paths=("/api/*",),
        priority=10,
        protocol_version="HTTP2",
        health_check_port=9443,
        health_check_matcher="200-299",
        stickiness_seconds=3600,
        deregistration_delay_seconds=30,
    )
    service = group_of(stack, network)
    balancer.add_target("orders", orders, group=service)
    hooks = TargetConfig(port=8443, paths=("/hooks/*",), priority=20, authenticated=False, target_type="instance")
    balancer.add_target("hooks", hooks, group=service)
    matches_snapshot(stack)


def test_invalid_headers_dropped_and_desync_mitigated() -> None:
    stack = test_stack()
    balancer_of(stack)
    block = only(resources_of(stack), "aws_lb")
    assert block["drop_invalid_header_fields"] is True
    assert block["desync_mitigation_mode"] == "defensive"


@pytest.mark.parametrize("policy", TLS_POLICIES)
def test_tls_policy(policy: str) -> None:
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(ssl_policy=policy))
    listener = resources_of(stack)["aws_lb_listener"]["balancer_https"]
    assert (listener["protocol"], listener["port"], listener["ssl_policy"]) == ("HTTPS", 443, policy)


@pytest.mark.parametrize("policy", ["ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-0-2021-06", ""])
def test_refuses_older_tls(policy: str) -> None:
    with pytest.raises(ConfigError, match="ssl_policy=.* must be one of ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"):
        balancer_of(test_stack(), LoadBalancerConfig(ssl_policy=policy))


def test_a_policy_that_only_terraform_knows_is_judged_by_it() -> None:
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(ssl_policy="${var.policy}"))
    conditions = only(resources_of(stack), "aws_lb")["lifecycle"]["precondition"]
    assert any("contains([" in one["condition"] and "var.policy" in one["condition"] for one in conditions)


def test_http_redirected() -> None:
    stack = test_stack()
    balancer_of(stack)
    listener = resources_of(stack)["aws_lb_listener"]["balancer_http"]
    assert listener["default_action"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}
    ]


def test_port_80_is_closed_where_nothing_redirects() -> None:
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(http_redirected=False)).allow_from("10.0.0.0/8")
    resources = resources_of(stack)
    assert set(resources["aws_lb_listener"]) == {"balancer_https"}
    assert {rule["from_port"] for rule in resources["aws_vpc_security_group_ingress_rule"].values()} == {443}


def test_what_no_rule_knows_is_not_found() -> None:
    stack = test_stack()
    balancer_of(stack)
    (action,) = resources_of(stack)["aws_lb_listener"]["balancer_https"]["default_action"]
    assert (action["type"], action["fixed_response"]["status_code"]) == ("fixed-response", "404")


def test_logged_to_a_bucket_that_takes_them() -> None:
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(log_prefix="shop"))
    resources = resources_of(stack)
    block = only(resources, "aws_lb")
    for kind in ("access_logs", "connection_logs"):
        assert block[kind] == {"bucket": "${aws_s3_bucket.access_logs_bucket.id}", "prefix": "shop", "enabled": True}
    assert block["depends_on"] == ["aws_s3_bucket_policy.access_logs_policy"]
    statements = json.loads(resources["aws_s3_bucket_policy"]["access_logs_policy"]["policy"])["Statement"]
    (delivery,) = [one for one in statements if one["Sid"] == "LoadBalancerLogs"]
    assert delivery["Resource"] == [
        "${aws_s3_bucket.access_logs_bucket.arn}/shop/AWSLogs/${data.aws_caller_identity.current.account_id}/*"
    ]
    encryption = resources["aws_s3_bucket_server_side_encryption_configuration"]["access_logs_encryption"]
    assert "aws:kms" not in json.dumps(encryption)


def test_refuses_log_bucket_with_key() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="a bucket with a key takes no load-balancer logs"):
        balancer_of(stack, log_bucket=LogBucket(stack, "logs", key=SecureKey(stack, "key")))


def test_deletion_protected_but_in_a_sandbox() -> None:
    for environment, protected in (("production", True), ("sandbox", False)):
        stack = test_stack(environment=environment)
        balancer_of(stack)
        block = only(resources_of(stack), "aws_lb")
        assert block["enable_deletion_protection"] is protected
        assert block.get("lifecycle", {}).get("prevent_destroy", False) is protected


def test_refuses_to_leave_it_unprotected_without_waiver() -> None:
    with pytest.raises(ControlError, match="protect=False breaks control lb-deletion-protected"):
        balancer_of(test_stack(), LoadBalancerConfig(protect=False))
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(protect=False, waivers=(waiver("lb-deletion-protected"),)))
    block = only(resources_of(stack), "aws_lb")
    assert block["enable_deletion_protection"] is False
    assert [one["control"] for one in block["//"]["waivers"]] == ["lb-deletion-protected"]


def test_internal_and_admits_only_whom_it_is_told() -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer = balancer_of(stack, vpc=network)
    assert "aws_vpc_security_group_ingress_rule" not in resources_of(stack)
    office = group_of(stack, network, "office")
    balancer.allow_from("10.0.0.0/8", "VPN")
    balancer.allow_from(office)
    resources = resources_of(stack)
    block = only(resources, "aws_lb")
    assert block["internal"] is True
    assert block["subnets"] == ["${aws_subnet.network_private_a.id}", "${aws_subnet.network_private_b.id}"]
    assert set(resources["aws_vpc_security_group_ingress_rule"]) == {
        *(f"balancer_group_from_10_0_0_0_8_tcp_{port}" for port in (80, 443)),
        *(f"balancer_group_from_office_tcp_{port}" for port in (80, 443)),
    }
    assert set(resources["aws_vpc_security_group_egress_rule"]) == {
        f"office_to_balancer_group_tcp_{port}" for port in (80, 443)
    }


def test_networks_outside_of_the_vpc_pass_the_acl_of_its_subnets() -> None:
    stack = test_stack()
    balancer = balancer_of(stack)
    before = set(resources_of(stack)["aws_network_acl_rule"])
    balancer.allow_from("10.99.0.0/16")
    balancer.allow_from(Peer.cidr("${var.vpn}", name="vpn"))
    balancer.allow_from("10.20.128.0/18", "within the VPC")
    balancer.allow_from(Peer.prefix_list("pl-a3a144ca", name="offices"))
    rules = resources_of(stack)["aws_network_acl_rule"]
    added = {name: rule for name, rule in rules.items() if name not in before}
    assert set(added) == {
        *(f"balancer_acl_from_{peer}_tcp_{port}" for peer in ("10_99_0_0_16", "vpn") for port in (80, 443)),
        *(f"balancer_acl_to_{peer}" for peer in ("10_99_0_0_16", "vpn")),
    }
    assert {rule["network_acl_id"] for rule in added.values()} == {"${aws_network_acl.network_private_acl.id}"}
    admitted = added["balancer_acl_from_10_99_0_0_16_tcp_443"]
    assert (admitted["cidr_block"], admitted["from_port"], admitted["egress"]) == ("10.99.0.0/16", 443, False)
    back = added["balancer_acl_to_vpn"]
    assert (back["cidr_block"], back["from_port"], back["to_port"], back["egress"]) == ("${var.vpn}", 1024, 65535, True)
    numbers = [(rule["network_acl_id"], rule["egress"], rule["rule_number"]) for rule in rules.values()]
    assert len(set(numbers)) == len(numbers)
    assert_meets(synthesize(stack))


def test_refuses_the_internet_without_waiver() -> None:
    with pytest.raises(ControlError, match="internal=False breaks control lb-internal: anyone on the internet"):
        balancer_of(test_stack(), LoadBalancerConfig(internal=False))
    with pytest.raises(ControlError, match=r"allow_from\('0.0.0.0/0', tcp 443\) reaches the internet"):
        balancer_of(test_stack()).allow_from("0.0.0.0/0")


def test_facing_the_internet_it_stands_in_public_subnets_and_waits_for_a_way() -> None:
    stack = test_stack()
    WebAcl(stack, "firewall").associate(balancer_of(stack, LoadBalancerConfig(**PUBLIC)))
    resources = resources_of(stack)
    block = only(resources, "aws_lb")
    assert block["subnets"] == ["${aws_subnet.network_public_a.id}", "${aws_subnet.network_public_b.id}"]
    assert "aws_internet_gateway.network_internet_gateway" in block["depends_on"]
    admitted = resources["aws_vpc_security_group_ingress_rule"].values()
    assert {(rule["cidr_ipv4"], rule["from_port"]) for rule in admitted} == {("0.0.0.0/0", 443), ("0.0.0.0/0", 80)}


def test_prefix_list_counts_once_toward_the_rules_of_a_group() -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer = balancer_of(
        stack, LoadBalancerConfig(**PUBLIC, clients="named"), vpc=network, web_acl=WebAcl(stack, "acl")
    )
    balancer.allow_from(Peer.prefix_list("pl-a3a144ca", name="cloudfront"))
    balancer.allow_from("10.99.0.0/16")
    rules = resources_of(stack)["aws_vpc_security_group_ingress_rule"].values()
    # CloudFront's list counts 55 times, and a group has 60 rules.
    assert [rule["from_port"] for rule in rules if "prefix_list_id" in rule] == [443]
    assert sorted(rule["from_port"] for rule in rules if "cidr_ipv4" in rule) == [80, 443]


@pytest.mark.parametrize(
    ("cidr", "choices", "values", "least"),
    [
        ("10.20.0.0/23", {}, PUBLIC, "/22"),
        ("10.20.0.0/22", {"reserved_zones": 8}, PUBLIC, "/21"),
        ("10.20.0.0/24", {"tiers": ("private",)}, {}, None),
        ("10.20.0.0/22", {}, PUBLIC, None),
        ("10.20.0.0/25", {"tiers": ("private",)}, {}, "/24"),
    ],
)
def test_refuses_subnets_too_small_for_a_load_balancer(
    cidr: str, choices: dict[str, Any], values: dict[str, Any], least: str | None
) -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr=cidr, **choices))
    if least is None:
        balancer_of(stack, LoadBalancerConfig(**values), vpc=network)
        return
    with pytest.raises(ConfigError, match=f"test/balancer: test/network must be a {least} or larger"):
        balancer_of(stack, LoadBalancerConfig(**values), vpc=network)


def test_terraform_refuses_subnets_too_small_for_a_load_balancer() -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="${var.cidr}"))
    balancer_of(stack, vpc=network)
    (condition,) = only(resources_of(stack), "aws_lb")["lifecycle"]["precondition"]
    assert condition["condition"] == '${tonumber(element(split("/", var.cidr), 1)) <= 24}'


def test_named_clients_of_one_that_faces_the_internet() -> None:
    stack = test_stack()
    config = LoadBalancerConfig(**PUBLIC, clients="named", http_redirected=False)
    balancer = balancer_of(stack, config, web_acl=WebAcl(stack, "firewall"))
    balancer.allow_from(Peer.prefix_list("pl-a3a144ca", name="cloudfront"))
    (rule,) = resources_of(stack)["aws_vpc_security_group_ingress_rule"].values()
    assert rule["prefix_list_id"] == "pl-a3a144ca"


def test_web_acl_guards_it() -> None:
    for given in (True, False):
        stack = test_stack()
        firewall = WebAcl(stack, "firewall")
        balancer = balancer_of(stack, LoadBalancerConfig(**PUBLIC), web_acl=firewall if given else None)
        if not given:
            firewall.associate(balancer)
        resources = resources_of(stack)
        association = resources["aws_wafv2_web_acl_association"]["firewall_association_balancer"]
        assert association["resource_arn"] == "${aws_lb.balancer.arn}"
        assert_meets(synthesize(stack))


def test_refuses_the_internet_without_web_acl() -> None:
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(**PUBLIC))
    WebAcl(stack, "firewall")
    with pytest.raises(ControlError, match="internal=False without a web ACL breaks control lb-web-acl"):
        synthesize(stack)


def test_waiver_for_a_web_acl_elsewhere() -> None:
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(internal=False, waivers=(waiver("lb-internal"), waiver("lb-web-acl"))))
    assert_meets(synthesize(stack))


def test_reaches_its_targets_only() -> None:
    resources = target(TargetConfig(port=8443, health_check_port=9443))
    out = {name for name in resources["aws_vpc_security_group_egress_rule"] if name.startswith("balancer")}
    assert out == {f"balancer_group_to_service_tcp_{port}" for port in (8443, 9443)}
    assert set(resources["aws_vpc_security_group_ingress_rule"]) == {
        f"service_from_balancer_group_tcp_{port}" for port in (8443, 9443)
    }


def test_targets_that_share_group_and_port_share_the_rules() -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer, service = balancer_of(stack, vpc=network), group_of(stack, network)
    balancer.add_target("orders", TargetConfig(port=8443, paths=("/orders/*",), priority=1), group=service)
    balancer.add_target("pages", TargetConfig(port=8443), group=service)
    resources = resources_of(stack)
    assert set(resources["aws_vpc_security_group_egress_rule"]) == {"balancer_group_to_service_tcp_8443"}
    priorities = {name: rule["priority"] for name, rule in resources["aws_lb_listener_rule"].items()}
    assert priorities == {"balancer_rule_orders": 1, "balancer_rule_pages": 50_000}
    assert balancer.target_group_arn("pages") == "${aws_lb_target_group.balancer_target_pages.arn}"


def test_target_encrypted_and_checked() -> None:
    group = only(target(TargetConfig(port=8443)), "aws_lb_target_group")
    assert (group["protocol"], group["health_check"]["protocol"]) == ("HTTPS", "HTTPS")
    assert group["lifecycle"] == {"create_before_destroy": True}
    plain = only(target(TargetConfig(port=8080, protocol="HTTP", health_check_path="/up")), "aws_lb_target_group")
    assert (plain["protocol"], plain["health_check"]["protocol"], plain["health_check"]["path"]) == (
        "HTTP",
        "HTTP",
        "/up",
    )


def test_requests_by_host_and_path() -> None:
    config = TargetConfig(port=8443, hosts=("*.example.com",), paths=("/a/*", "/b"), priority=7)
    rule = only(target(config), "aws_lb_listener_rule")
    assert rule["condition"] == [
        {"host_header": {"values": ["*.example.com"]}},
        {"path_pattern": {"values": ["/a/*", "/b"]}},
    ]
    assert only(target(TargetConfig(port=8443)), "aws_lb_listener_rule")["condition"] == [
        {"path_pattern": {"values": ["/*"]}}
    ]


def test_what_only_terraform_knows_of_a_target_is_judged_by_it() -> None:
    values: dict[str, Any] = {"port": "${var.port}", "hosts": ("${var.host}",), "priority": "${var.priority}"}
    resources = target(TargetConfig(**values))
    conditions = [one["condition"] for one in only(resources, "aws_lb_target_group")["lifecycle"]["precondition"]]
    for name in ("port", "host", "priority"):
        assert any(f"var.{name}" in condition for condition in conditions)
    assert "balancer_group_to_service_tcp_var_port" in resources["aws_vpc_security_group_egress_rule"]


def test_a_port_that_is_a_placeholder_has_a_stable_address() -> None:
    stack = test_stack()
    network = network_of(stack)
    port = TerraformVariable(stack, "port", type="number")
    values: dict[str, Any] = {"port": port.number_value}
    config = TargetConfig(**values)
    balancer_of(stack, vpc=network).add_target("orders", config, group=group_of(stack, network))
    resources = resources_of(stack)
    assert "balancer_group_to_service_tcp_orders" in resources["aws_vpc_security_group_egress_rule"]
    assert only(resources, "aws_lb_target_group")["port"] == "${var.port}"


def test_visitors_sign_in_before_a_target() -> None:
    resources = target(TargetConfig(port=8443), authentication=OidcAuthentication(**LOGIN))
    first, second = only(resources, "aws_lb_listener_rule")["action"]
    assert (first["order"], first["type"], second["order"], second["type"]) == (1, "authenticate-oidc", 2, "forward")
    assert first["authenticate_oidc"]["client_secret"] == LOGIN["client_secret"]
    assert first["authenticate_oidc"]["on_unauthenticated_request"] == "authenticate"
    way_out = resources["aws_vpc_security_group_egress_rule"]["balancer_group_to_internet_tcp_443"]
    assert way_out["description"] == "sign-in at the identity provider"


def test_visitors_sign_in_at_a_user_pool() -> None:
    sign_in = CognitoAuthentication(
        user_pool_arn=POOL, user_pool_client_id="c", user_pool_domain="acme", on_unauthenticated_request="deny"
    )
    resources = target(TargetConfig(port=8443), authentication=sign_in)
    first = only(resources, "aws_lb_listener_rule")["action"][0]
    assert first["authenticate_cognito"]["user_pool_arn"] == POOL
    assert first["authenticate_cognito"]["on_unauthenticated_request"] == "deny"


def test_a_target_without_sign_in() -> None:
    config = TargetConfig(port=8443, authenticated=False)
    (action,) = only(target(config, authentication=OidcAuthentication(**LOGIN)), "aws_lb_listener_rule")["action"]
    assert action["type"] == "forward"


@pytest.mark.parametrize(
    "secret",
    [
        "${var.client_secret}",
        '${var.secrets["login"]}',
        "${sensitive(local.secret)}",
        '${jsondecode(data.aws_secretsmanager_secret_version.login.secret_string)["client_secret"]}',
        '${data.aws_secretsmanager_secret_version.login["shop"].secret_string}',
        "${module.login.client_secret}",
        "${TfToken[TOKEN.7]}",
    ],
)
def test_a_secret_by_reference(secret: str) -> None:
    login = OidcAuthentication(**{**LOGIN, "client_secret": secret})
    assert login.action()["authenticate_oidc"]["client_secret"] == secret
    assert not list(login.problems())


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2-hunter2",
        "hunter2${var.rest}",
        "${var.first}hunter2",
        "${var.a}hunter2${var.b}",
        '${"hunter2"}',
        '${join("", ["hunter2", "x"])}',
        '${["hunter2"][0]}',
        '${coalesce(var.secret, "hunter2")}',
        '${var.secret == null ? "hunter2" : var.secret}',
        "${hunter2}",
        "${2}",
    ],
)
def test_refuses_a_secret_that_is_written_out(secret: str) -> None:
    login = OidcAuthentication(**{**LOGIN, "client_secret": secret})
    with pytest.raises(ConfigError, match="authentication: OidcAuthentication client_secret is written out") as error:
        balancer_of(test_stack(), LoadBalancerConfig(authentication=login))
    assert "hunter2" not in str(error.value) + repr(login)
    settings = {"authentication": {"kind": "oidc", **LOGIN, "client_secret": secret}}
    with pytest.raises(ConfigError, match="client_secret is written out") as error:
        LoadBalancerConfig.of(settings)
    assert "hunter2" not in str(error.value)


def test_mutual_tls() -> None:
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(mutual_tls=MutualTls(trust_store_arn=TRUST_STORE)))
    listener = resources_of(stack)["aws_lb_listener"]["balancer_https"]
    assert listener["mutual_authentication"] == {
        "mode": "verify",
        "trust_store_arn": TRUST_STORE,
        "advertise_trust_store_ca_names": "off",
    }
    stack = test_stack()
    balancer_of(stack, LoadBalancerConfig(mutual_tls=MutualTls(mode="passthrough")))
    listener = resources_of(stack)["aws_lb_listener"]["balancer_https"]
    assert listener["mutual_authentication"] == {"mode": "passthrough"}


def test_browsers_are_told_to_defend_the_site() -> None:
    stack = test_stack()
    balancer_of(stack)
    listener = resources_of(stack)["aws_lb_listener"]["balancer_https"]
    told = {name.removeprefix("routing_http_response_"): value for name, value in listener.items() if "routing" in name}
    assert told == {
        "server_enabled": False,
        "strict_transport_security_header_value": "max-age=63072000; includeSubDomains",
        "x_content_type_options_header_value": "nosniff",
        "x_frame_options_header_value": "DENY",
    }


def test_a_certificate_that_only_terraform_knows_is_judged_by_it() -> None:
    stack = test_stack()
    balancer = balancer_of(stack, certificate="${aws_acm_certificate.shop.arn}")
    balancer.add_certificate("org", "${aws_acm_certificate.org.arn}")
    resources = resources_of(stack)
    for block in (resources["aws_lb_listener"]["balancer_https"], only(resources, "aws_lb_listener_certificate")):
        known, region = [one["condition"] for one in block["lifecycle"]["precondition"]]
        assert "regex" in known
        assert "data.aws_region.current.id" in region


class _Certificate(SecureConstruct):
    arn = "${aws_acm_certificate.made.arn}"


def test_refuses_certificates_of_another_region() -> None:
    elsewhere = CERTIFICATE.replace("eu-central-1", "us-east-1")
    for extra in (False, True):
        stack = test_stack()
        AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
        balancer = balancer_of(stack, certificate=CERTIFICATE if extra else elsewhere)
        if extra:
            balancer.add_certificate("org", elsewhere)
        with pytest.raises(ConfigError, match="is of 'us-east-1', the load balancer of 'eu-central-1'"):
            synthesize(stack)
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    balancer_of(stack, certificate=_Certificate(stack, "certificate", Config(), provider="aws.edge"))
    with pytest.raises(ConfigError, match="certificate='test/certificate' is of 'us-east-1'"):
        synthesize(stack)


def test_refuses_a_log_bucket_of_another_region() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    balancer_of(stack, log_bucket=LogBucket(stack, "logs", provider="aws.edge"))
    with pytest.raises(ConfigError, match="log_bucket='test/logs' is in 'us-east-1', the load balancer in 'eu-central"):
        synthesize(stack)


def test_refuses_a_network_that_does_not_fit() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="needs private subnets in two zones or more, and test/network has 0"):
        balancer_of(stack, vpc=network_of(stack, tiers=("public",)))
    stack = test_stack()
    with pytest.raises(ConfigError, match="ip_address_type='dualstack' needs subnets with IPv6"):
        balancer_of(stack, LoadBalancerConfig(ip_address_type="dualstack"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "-shop"}, "is not a name of a load balancer"),
        ({"name": "internal-shop"}, "which AWS reserves"),
        ({"log_prefix": "/shop"}, "is not a folder"),
        ({"log_prefix": "shop/AWSLogs"}, "which AWS adds itself"),
        ({"desync_mitigation_mode": "monitor"}, "must be 'defensive' or 'strictest'"),
        ({"idle_timeout_seconds": 0}, "must be between 1 and 4000 seconds"),
        ({"mutual_tls": MutualTls()}, "mode='verify' lacks trust_store_arn"),
        ({"mutual_tls": MutualTls(mode="passthrough", trust_store_arn=TRUST_STORE)}, "verifies nothing"),
        ({"response_headers": ListenerHeadersConfig(hsts_max_age_seconds=300)}, "must be between 31536000"),
        ({"authentication": OidcAuthentication(**{**LOGIN, "issuer": "http://login"})}, "is not an HTTPS address"),
        ({"logged": False}, "LoadBalancerConfig has no field 'logged'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=f"test/balancer: .*{message}"):
        balancer_of(test_stack(), LoadBalancerConfig(**values))


@pytest.mark.parametrize("certificate", ["arn:aws:iam::123456789012:role/shop", "shop.example.com", 42])
def test_refuses_what_is_no_certificate(certificate: Any) -> None:
    with pytest.raises(ConfigError, match="is not a certificate|is not a construct with an arn or an ARN"):
        balancer_of(test_stack(), certificate=certificate)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"port": 0}, "must be between 1 and 65535"),
        ({"hosts": ("https://shop",), "priority": 1}, "is not a host"),
        ({"paths": ("api/*",), "priority": 1}, "is not a path"),
        ({"paths": ("/api/*",)}, "without priority"),
        ({"paths": tuple(f"/{number}" for number in range(6)), "priority": 1}, "a rule takes 5"),
        ({"priority": 50_001}, "must be between 1 and 50000"),
        ({"health_check_timeout_seconds": 15}, "is not below health_check_interval_seconds=15"),
        ({"health_check_matcher": "5xx"}, "is not a list of status codes"),
        ({"protocol": "TCP"}, "must be 'HTTPS' or 'HTTP'"),
    ],
)
def test_refuses_target(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=f"test/balancer: TargetConfig .*{message}"):
        target(TargetConfig(**{"port": 8443, **values}))


def test_refuses_targets_that_are_alike() -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer, service = balancer_of(stack, vpc=network), group_of(stack, network)
    balancer.add_target("orders", TargetConfig(port=8443, priority=5), group=service)
    with pytest.raises(ConfigError, match=r"add_target\('orders'\) is already called with this name"):
        balancer.add_target("orders", TargetConfig(port=8443), group=service)
    with pytest.raises(ConfigError, match=r"add_target\('pages'\) has priority=5, as 'orders' has"):
        balancer.add_target("pages", TargetConfig(port=8443, priority=5), group=service)
    with pytest.raises(ConfigError, match=r"add_target\('Pages'\) is not a name of a target"):
        balancer.add_target("Pages", TargetConfig(port=8443), group=service)
    with pytest.raises(ConfigError, match="it has no target 'page'. It has: orders"):
        balancer.target_group_arn("page")


def test_a_long_path_makes_a_name_that_aws_takes() -> None:
    names = []
    for end in ("one", "two"):
        stack = test_stack(f"a-stack-whose-name-is-rather-long-{end}")
        balancer_of(stack)
        names.append(only(resources_of(stack), "aws_lb")["name"])
    assert all(len(name) <= 32 and not name.endswith("-") for name in names)
    assert len(set(names)) == 2


def test_addresses() -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer = balancer_of(stack, vpc=network)
    balancer.add_certificate("org", OTHER)
    balancer.add_target("orders", TargetConfig(port=8443), group=group_of(stack, network))
    assert [one for one in addresses(synthesize(stack)) if ".balancer" in one] == [
        "aws_lb.balancer",
        "aws_lb_listener.balancer_http",
        "aws_lb_listener.balancer_https",
        "aws_lb_listener_certificate.balancer_certificate_org",
        "aws_lb_listener_rule.balancer_rule_orders",
        "aws_lb_target_group.balancer_target_orders",
        "aws_security_group.balancer_group_security_group",
        "aws_vpc_security_group_egress_rule.balancer_group_to_service_tcp_8443",
    ]
