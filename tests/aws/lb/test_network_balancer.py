"""NetworkLoadBalancer: who reaches it, what it ends or passes through, what its targets see, and who may come by PrivateLink."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.config import LoadBalancerConfig, MutualTls
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_config import EndpointServiceConfig, NetworkLoadBalancerConfig
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.controls.lb.listener import TLS_POLICIES
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import TerraformVariable
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from tests.aws.lb.test_balancer import CERTIFICATE, OTHER, TRUST_STORE, group_of, network_of, only, resources_of, waiver

CONSUMER = "arn:aws:iam::111122223333:root"
PASSED: dict[str, Any] = {"protocol": "TCP", "waivers": (waiver("lb-listener-tls"),)}
UDP: dict[str, Any] = {**PASSED, "protocol": "UDP", "health_check_port": 8080}


def balancer_of(stack: Any, config: NetworkLoadBalancerConfig | None = None, **arguments: Any) -> NetworkLoadBalancer:
    given = {"certificate": CERTIFICATE, **arguments}
    given["vpc"] = given.get("vpc") or network_of(stack)
    return NetworkLoadBalancer(stack, "balancer", config or NetworkLoadBalancerConfig(), **given)


def with_target(stack: Any, config: NetworkTargetConfig | None = None, **values: Any) -> NetworkLoadBalancer:
    network = network_of(stack, ipv6=values.get("ip_address_type") == "dualstack")
    balancer = balancer_of(stack, NetworkLoadBalancerConfig(**values), vpc=network)
    balancer.add_target("orders", config or NetworkTargetConfig(port=8443), group=group_of(stack, network))
    return balancer


def made(config: NetworkTargetConfig | None = None, **values: Any) -> dict[str, dict[str, Any]]:
    """What a load balancer with one target makes."""
    stack = test_stack()
    with_target(stack, config, **values)
    return resources_of(stack)


def rules_of(resources: dict[str, dict[str, Any]], side: str, group: str) -> set[tuple[str, int, str]]:
    """The rules of a group: protocol, port and peer."""
    return {
        (one["ip_protocol"], one["from_port"], str(one.get("referenced_security_group_id") or one.get("cidr_ipv4")))
        for one in resources[f"aws_vpc_security_group_{side}_rule"].values()
        if one["security_group_id"] == f"${{aws_security_group.{group}_security_group.id}}"
    }


def entries_of(resources: dict[str, dict[str, Any]]) -> set[tuple[bool, str, int, int]]:
    """The entries that it adds to the network ACL of its subnets."""
    return {
        (one["egress"], one["protocol"], one["from_port"], one["to_port"])
        for name, one in resources.get("aws_network_acl_rule", {}).items()
        if name.startswith("balancer_")
    }


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    with_target(stack)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    network = network_of(stack)
    consumers = EndpointServiceConfig(
        allowed_principals=(CONSUMER, "arn:aws:iam::111122223333:role/network"),
        private_dns_name="orders.example.com",
        tags={"team": "orders"},
    )
    config = NetworkLoadBalancerConfig(
        name="orders",
        enable_cross_zone_load_balancing=False,
        dns_record_client_routing_policy="availability_zone_affinity",
        enable_zonal_shift=True,
        endpoint_service=consumers,
        log_prefix="orders/network",
        tags={"team": "orders"},
        waivers=(waiver("lb-cross-zone"),),
    )
    logs = LogBucket(stack, "logs", key=SecureKey(stack, "key"))
    balancer = balancer_of(stack, config, vpc=network, log_bucket=logs)
    orders = NetworkTargetConfig(
        port=8443,
        listener_port=443,
        target_protocol="TCP",
        ssl_policy=TLS_POLICIES[1],
        alpn_policy="HTTP2Only",
        target_type="instance",
        preserve_client_ip=True,
        proxy_protocol_v2=True,
        health_check_protocol="HTTP",
        health_check_path="/ready",
        health_check_port=8080,
        health_check_matcher="200-299",
        unhealthy_connection_termination=False,
    )
    balancer.add_target("orders", orders, group=group_of(stack, network), certificate=OTHER)
    names = NetworkTargetConfig(port=53, stickiness=True, **{**UDP, "protocol": "TCP_UDP"})
    balancer.add_target("names", names, group=group_of(stack, network, "names"))
    web = SecureLoadBalancer(stack, "web", vpc=network, certificate=CERTIFICATE)
    balancer.add_balancer_target("web", web, port=8444)
    balancer.allow_from("10.60.0.0/16", "orders of the other account")
    matches_snapshot(stack)


def test_internal_with_a_group_from_the_start() -> None:
    block = only(made(), "aws_lb")
    assert (block["load_balancer_type"], block["internal"]) == ("network", True)
    assert block["security_groups"] == ["${aws_security_group.balancer_group_security_group.id}"]
    assert block["enforce_security_group_inbound_rules_on_private_link_traffic"] == "on"


def test_cross_zone_and_waiver() -> None:
    assert only(made(), "aws_lb")["enable_cross_zone_load_balancing"] is True
    stack = test_stack()
    with pytest.raises(ControlError, match="lb-cross-zone"):
        balancer_of(stack, NetworkLoadBalancerConfig(enable_cross_zone_load_balancing=False))
    config = NetworkLoadBalancerConfig(enable_cross_zone_load_balancing=False, waivers=(waiver("lb-cross-zone"),))
    balancer_of(test_stack(), config)


def test_deletion_protected() -> None:
    block = only(made(), "aws_lb")
    assert block["enable_deletion_protection"] is True
    assert block["lifecycle"] == {"prevent_destroy": True}
    with pytest.raises(ControlError, match="lb-deletion-protected"):
        balancer_of(test_stack(), NetworkLoadBalancerConfig(protect=False))


@pytest.mark.parametrize("policy", TLS_POLICIES)
def test_tls_policy(policy: str) -> None:
    listener = only(made(NetworkTargetConfig(port=8443, listener_port=443, ssl_policy=policy)), "aws_lb_listener")
    assert (listener["protocol"], listener["port"], listener["ssl_policy"]) == ("TLS", 443, policy)
    assert listener["certificate_arn"] == CERTIFICATE


def test_refuses_older_tls() -> None:
    with pytest.raises(ConfigError, match="ssl_policy=.* must be one of"):
        made(NetworkTargetConfig(port=8443, ssl_policy="ELBSecurityPolicy-2016-08"))


def test_passing_through_needs_a_waiver() -> None:
    with pytest.raises(ControlError, match="protocol='TCP' breaks control lb-listener-tls"):
        made(NetworkTargetConfig(port=8443, protocol="TCP"))
    resources = made(NetworkTargetConfig(port=8443, **PASSED))
    listener, group = only(resources, "aws_lb_listener"), only(resources, "aws_lb_target_group")
    assert [one["control"] for one in listener["//"]["waivers"]] == ["lb-listener-tls"]
    assert "waivers" not in group["//"]
    assert (listener["protocol"], listener["tcp_idle_timeout_seconds"]) == ("TCP", 350)
    assert not {"certificate_arn", "ssl_policy", "alpn_policy"} & set(listener)
    assert group["stickiness"] == {"type": "source_ip", "enabled": False}


def test_everything_is_met() -> None:
    stack = test_stack()
    with_target(stack)
    assert_meets(synthesize(stack))


def test_logs_delivered_to_the_shared_bucket() -> None:
    resources = made(log_prefix="orders")
    assert only(resources, "aws_lb")["access_logs"] == {
        "bucket": "${aws_s3_bucket.access_logs_bucket.id}",
        "prefix": "orders",
        "enabled": True,
    }
    policy = json.loads(resources["aws_s3_bucket_policy"]["access_logs_policy"]["policy"])
    writes = next(one for one in policy["Statement"] if one["Sid"].startswith("NetworkLoadBalancerLogsWrites"))
    assert writes["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    (target,) = writes["Resource"]
    assert target.endswith("/orders/AWSLogs/${data.aws_caller_identity.current.account_id}/*")
    assert writes["Condition"]["StringEquals"]["s3:x-amz-acl"] == ["bucket-owner-full-control"]
    assert "aws:SourceAccount" in writes["Condition"]["StringEquals"]


def test_logs_under_a_customers_key() -> None:
    stack = test_stack()
    key = SecureKey(stack, "key")
    balancer_of(stack, log_bucket=LogBucket(stack, "logs", key=key))
    policy = json.loads(resources_of(stack)["aws_kms_key"]["key"]["policy"])
    services = [one["Principal"].get("Service") for one in policy["Statement"]]
    assert ["delivery.logs.amazonaws.com"] in services
    assert_meets(synthesize(stack))


def test_targets_accept_only_from_it() -> None:
    resources = made(NetworkTargetConfig(port=8443, health_check_port=9443))
    own = "${aws_security_group.balancer_group_security_group.id}"
    assert rules_of(resources, "ingress", "service") == {("tcp", 8443, own), ("tcp", 9443, own)}
    target = "${aws_security_group.service_security_group.id}"
    assert rules_of(resources, "egress", "balancer_group") == {("tcp", 8443, target), ("tcp", 9443, target)}
    assert rules_of(resources, "ingress", "balancer_group") == set()


@pytest.mark.parametrize("first", [True, False])
def test_callers_reach_every_listener_before_and_after(first: bool) -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer, client = balancer_of(stack, vpc=network), group_of(stack, network, "client")
    service = group_of(stack, network)
    balancer.add_target("orders", NetworkTargetConfig(port=8443, listener_port=443), group=service)
    if first:
        balancer.allow_from(client)
    balancer.add_target("names", NetworkTargetConfig(port=53, **{**UDP, "protocol": "TCP_UDP"}), group=service)
    if not first:
        balancer.allow_from(client)
    resources = resources_of(stack)
    its, own = (
        "${aws_security_group.client_security_group.id}",
        "${aws_security_group.balancer_group_security_group.id}",
    )
    ports = {("tcp", 443), ("tcp", 53), ("udp", 53)}
    assert rules_of(resources, "ingress", "balancer_group") == {(*port, its) for port in ports}
    assert rules_of(resources, "egress", "client") == {(*port, own) for port in ports}
    assert entries_of(resources) == set()


def test_networks_outside_pass_the_acl_to_targets_that_see_them() -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer, service = balancer_of(stack, vpc=network), group_of(stack, network)
    balancer.allow_from("10.60.0.0/16")
    balancer.add_target("orders", NetworkTargetConfig(port=8443, listener_port=443), group=service)
    assert entries_of(resources_of(stack)) == {(False, "tcp", 443, 443), (True, "tcp", 1024, 65535)}
    seen = NetworkTargetConfig(port=9443, listener_port=444, preserve_client_ip=True)
    balancer.add_target("seen", seen, group=service)
    balancer.add_target("names", NetworkTargetConfig(port=5353, listener_port=53, **UDP), group=service)
    assert entries_of(resources_of(stack)) == {
        (False, "tcp", 443, 443),
        (False, "tcp", 444, 444),
        (False, "tcp", 9443, 9443),
        (False, "udp", 53, 53),
        (False, "udp", 5353, 5353),
        (True, "tcp", 1024, 65535),
        (True, "udp", 1024, 65535),
    }


def test_refuses_the_same_caller_twice() -> None:
    balancer = with_target(test_stack())
    balancer.allow_from("10.60.0.0/16")
    with pytest.raises(ConfigError, match=r"allow_from\('10.60.0.0/16'\) is called twice"):
        balancer.allow_from("10.60.0.0/16")


def test_refuses_the_internet() -> None:
    with pytest.raises(ControlError, match="reaches the internet"):
        with_target(test_stack()).allow_from("0.0.0.0/0")


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ({}, "false"),
        ({"preserve_client_ip": True}, "true"),
        ({"target_type": "instance"}, "false"),
        (PASSED, "false"),
        (UDP, "true"),
    ],
)
def test_client_ip_is_said_whatever_awss_default(values: dict[str, Any], seen: str) -> None:
    group = only(made(NetworkTargetConfig(port=8443, **values)), "aws_lb_target_group")
    assert group["preserve_client_ip"] == seen


def test_health_check_by_protocol() -> None:
    tls = only(made(), "aws_lb_target_group")["health_check"]
    assert (tls["protocol"], tls["path"], tls["port"]) == ("HTTPS", "/healthz", "traffic-port")
    udp = only(made(NetworkTargetConfig(port=53, **UDP)), "aws_lb_target_group")["health_check"]
    assert (udp["protocol"], udp["port"]) == ("TCP", "8080")
    assert not {"path", "matcher"} & set(udp)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**PASSED, "target_protocol": "TLS"}, "target_protocol='TLS' does not go with protocol='TCP'"),
        ({**PASSED, "alpn_policy": "HTTP2Only"}, "alpn_policy='HTTP2Only' does not go with protocol='TCP'"),
        ({"tcp_idle_timeout_seconds": 600}, "tcp_idle_timeout_seconds=600 does not go with protocol='TLS'"),
        ({"stickiness": True}, "stickiness=True does not go with protocol='TLS'"),
        ({**UDP, "preserve_client_ip": False}, "preserve_client_ip=False does not go with protocol='UDP'"),
        ({**UDP, "health_check_port": None}, "health_check_port is missing for protocol='UDP'"),
        ({"health_check_timeout_seconds": 15}, "is not below health_check_interval_seconds=15"),
        ({"health_check_matcher": "100"}, "is not a list of status codes"),
        ({"port": 0}, "port=0"),
    ],
)
def test_refuses_target(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("(", r"\(")):
        made(NetworkTargetConfig(**{"port": 8443, **values}))


def test_refuses_targets_that_meet() -> None:
    stack = test_stack()
    balancer = with_target(stack)
    service = group_of(stack, balancer.vpc, "other")
    with pytest.raises(ConfigError, match="already called with this name"):
        balancer.add_target("orders", NetworkTargetConfig(port=9443), group=service)
    with pytest.raises(ConfigError, match="listens on port 8443, as 'orders' does"):
        balancer.add_target("names", NetworkTargetConfig(port=8443, **UDP), group=service)
    with pytest.raises(ConfigError, match="is not a name of a target"):
        balancer.add_target("Orders", NetworkTargetConfig(port=9443), group=service)
    with pytest.raises(ConfigError, match="config=a TargetConfig is not a NetworkTargetConfig"):
        balancer.add_target("web", TargetConfig(port=9443), group=service)  # type: ignore[arg-type]


def test_refuses_tls_without_certificate() -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer = balancer_of(stack, vpc=network, certificate=None)
    service = group_of(stack, network)
    with pytest.raises(ConfigError, match="protocol='TLS' needs a certificate"):
        balancer.add_target("orders", NetworkTargetConfig(port=8443), group=service)
    with pytest.raises(ConfigError, match="certificate= does not go with protocol='TCP'"):
        balancer.add_target("names", NetworkTargetConfig(port=8443, **PASSED), group=service, certificate=CERTIFICATE)


@pytest.mark.parametrize("given", ["load balancer", "target"])
def test_refuses_certificate_elsewhere(given: str) -> None:
    elsewhere = CERTIFICATE.replace("eu-central-1", "us-east-1")
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    network = network_of(stack)
    balancer = balancer_of(stack, vpc=network, certificate=elsewhere if given == "load balancer" else CERTIFICATE)
    own = elsewhere if given == "target" else None
    balancer.add_target("orders", NetworkTargetConfig(port=8443), group=group_of(stack, network), certificate=own)
    with pytest.raises(ConfigError, match="is of 'us-east-1', the load balancer of 'eu-central-1'"):
        synthesize(stack)


def test_refuses_a_log_bucket_of_another_region() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    balancer_of(stack, log_bucket=LogBucket(stack, "logs", provider="aws.edge"))
    with pytest.raises(ConfigError, match="log_bucket='test/logs' is in 'us-east-1', the load balancer in 'eu-central"):
        synthesize(stack)


def test_a_certificate_that_only_terraform_knows_is_checked_by_it() -> None:
    stack = test_stack()
    network = network_of(stack)
    variable = TerraformVariable(stack, "certificate", type="string")
    balancer = balancer_of(stack, vpc=network, certificate=variable.string_value)
    balancer.add_target("orders", NetworkTargetConfig(port=8443), group=group_of(stack, network))
    listener = only(resources_of(stack), "aws_lb_listener")
    assert len(listener["lifecycle"]["precondition"]) == 2


def test_a_port_that_only_terraform_knows() -> None:
    stack = test_stack()
    variable = TerraformVariable(stack, "port", type="number")
    values: dict[str, Any] = {"port": variable.number_value}
    with_target(stack, NetworkTargetConfig(**values))
    resources = resources_of(stack)
    assert only(resources, "aws_lb_target_group")["port"] == "${var.port}"
    assert "balancer_group_to_service_tcp_orders" in resources["aws_vpc_security_group_egress_rule"]


def test_zonal_shift_takes_what_aws_takes() -> None:
    with pytest.raises(ConfigError, match="Set unhealthy_connection_termination=False"):
        made(enable_zonal_shift=True)
    kept = NetworkTargetConfig(port=8443, unhealthy_connection_termination=False)
    resources = made(kept, enable_zonal_shift=True)
    assert only(resources, "aws_lb")["enable_zonal_shift"] is True
    assert only(resources, "aws_lb_target_group")["target_health_state"] == [
        {"enable_unhealthy_connection_termination": False}
    ]
    stack = test_stack()
    balancer = with_target(stack, kept, enable_zonal_shift=True)
    web = SecureLoadBalancer(stack, "web", vpc=balancer.vpc, certificate=CERTIFICATE)
    with pytest.raises(ConfigError, match="does not go with enable_zonal_shift"):
        balancer.add_balancer_target("web", web)
    made(enable_zonal_shift=True, enable_cross_zone_load_balancing=False, waivers=(waiver("lb-cross-zone"),))


def test_refuses_udp_on_two_families() -> None:
    with pytest.raises(ConfigError, match="protocol='UDP' does not go with ip_address_type='dualstack'"):
        made(NetworkTargetConfig(port=53, **UDP), ip_address_type="dualstack")
    assert only(made(ip_address_type="dualstack"), "aws_lb")["ip_address_type"] == "dualstack"


def test_refuses_networks_without_room() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="an internal one needs private subnets in two zones or more"):
        balancer_of(stack, vpc=network_of(stack, tiers=("public",)))
    stack = test_stack()
    with pytest.raises(ConfigError, match="ip_address_type='dualstack' needs subnets with IPv6"):
        balancer_of(stack, NetworkLoadBalancerConfig(ip_address_type="dualstack"), vpc=network_of(stack))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "internal-orders"}, "which AWS reserves"),
        ({"log_prefix": "AWSLogs"}, "which AWS adds itself"),
        ({"enforce_security_group_inbound_rules_on_private_link_traffic": "off"}, "is off without endpoint_service"),
        ({"endpoint_service": EndpointServiceConfig(allowed_principals=())}, "names no one"),
        ({"endpoint_service": {"allowed_principals": ("*",)}}, "is not an ARN"),
        (
            {"endpoint_service": {"allowed_principals": ("arn:aws:iam::111122223333:user/ops",)}},
            "neither an account nor a role",
        ),
        ({"endpoint_service": {"allowed_principals": (CONSUMER,), "acceptance_required": False}}, "accepts-by-hand"),
    ],
)
def test_refuses_load_balancer(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        balancer_of(test_stack(), NetworkLoadBalancerConfig(**values))


def test_endpoint_service_accepts_named_accounts_by_hand() -> None:
    stack = test_stack()
    balancer = with_target(stack, endpoint_service=EndpointServiceConfig(allowed_principals=(CONSUMER,)))
    balancer.allow_from("10.60.0.0/16")
    service = only(resources_of(stack), "aws_vpc_endpoint_service")
    assert service["acceptance_required"] is True
    assert service["allowed_principals"] == [CONSUMER]
    assert service["network_load_balancer_arns"] == ["${aws_lb.balancer.arn}"]
    assert service["supported_ip_address_types"] == ["ipv4"]
    assert balancer.endpoint_service_name == "${aws_vpc_endpoint_service.balancer_endpoint_service.service_name}"
    assert_meets(synthesize(stack))


def test_endpoint_service_reaches_only_allowed_networks() -> None:
    consumers = EndpointServiceConfig(allowed_principals=(CONSUMER,))
    stack = test_stack()
    balancer = with_target(stack, endpoint_service=consumers)
    balancer.allow_from(group_of(stack, balancer.vpc, "client"))
    with pytest.raises(ConfigError, match="endpoint_service reaches nothing"):
        synthesize(stack)
    off: dict[str, Any] = {"enforce_security_group_inbound_rules_on_private_link_traffic": "off"}
    resources = made(endpoint_service=consumers, **off)
    assert only(resources, "aws_lb")["enforce_security_group_inbound_rules_on_private_link_traffic"] == "off"


def test_refuses_the_name_of_no_endpoint_service() -> None:
    with pytest.raises(ConfigError, match="it has no endpoint service"):
        _ = with_target(test_stack()).endpoint_service_name


def test_waiver_for_connections_without_acceptance() -> None:
    consumers = EndpointServiceConfig(
        allowed_principals=(CONSUMER,),
        acceptance_required=False,
        waivers=(waiver("vpc-endpoint-service-accepts-by-hand"),),
    )
    off: dict[str, Any] = {"enforce_security_group_inbound_rules_on_private_link_traffic": "off"}
    service = only(made(endpoint_service=consumers, **off), "aws_vpc_endpoint_service")
    assert service["acceptance_required"] is False
    assert [one["control"] for one in service["//"]["waivers"]] == ["vpc-endpoint-service-accepts-by-hand"]


def web_behind(config: LoadBalancerConfig, port: int = 443) -> dict[str, dict[str, Any]]:
    stack = test_stack()
    network = network_of(stack)
    balancer = balancer_of(stack, vpc=network)
    web = SecureLoadBalancer(stack, "web", config, vpc=network, certificate=CERTIFICATE)
    balancer.add_balancer_target("web", web, port=port)
    return resources_of(stack)


def test_application_load_balancer_as_target() -> None:
    resources = web_behind(LoadBalancerConfig(), 8443)
    group = only(resources, "aws_lb_target_group")
    assert (group["target_type"], group["protocol"], group["port"]) == ("alb", "TCP", 443)
    assert (group["health_check"]["protocol"], group["health_check"]["matcher"]) == ("HTTPS", "200-499")
    assert not {"deregistration_delay", "preserve_client_ip", "stickiness"} & set(group)
    attachment = only(resources, "aws_lb_target_group_attachment")
    assert attachment["target_id"] == "${aws_lb.web_balancer.arn}"
    assert attachment["depends_on"] == ["aws_lb_listener.web_https", "aws_lb_listener.balancer_listener_web"]
    listener = resources["aws_lb_listener"]["balancer_listener_web"]
    assert (listener["protocol"], listener["port"]) == ("TCP", 8443)
    own = "${aws_security_group.balancer_group_security_group.id}"
    assert rules_of(resources, "ingress", "web_group") == {("tcp", 443, own)}


def test_application_load_balancer_whose_clients_show_certificates() -> None:
    mutual = MutualTls(trust_store_arn=TRUST_STORE)
    resources = web_behind(LoadBalancerConfig(mutual_tls=mutual))
    check = only(resources, "aws_lb_target_group")["health_check"]
    assert (check["protocol"], check["port"]) == ("HTTP", "80")
    own = "${aws_security_group.balancer_group_security_group.id}"
    assert rules_of(resources, "ingress", "web_group") == {("tcp", 443, own), ("tcp", 80, own)}
    with pytest.raises(ConfigError, match="Set its http_redirected=True"):
        web_behind(LoadBalancerConfig(mutual_tls=mutual, http_redirected=False))


def test_refuses_application_load_balancer_of_another_network() -> None:
    stack = test_stack()
    balancer = with_target(stack)
    other = SecureVpc(stack, "other", VpcConfig(cidr="10.30.0.0/16", zones=2, tiers=("public", "private")))
    web = SecureLoadBalancer(stack, "web", vpc=other, certificate=CERTIFICATE)
    with pytest.raises(ConfigError, match="is a load balancer of another VPC"):
        balancer.add_balancer_target("web", web)


def test_addresses() -> None:
    stack = test_stack()
    balancer = with_target(stack, endpoint_service=EndpointServiceConfig(allowed_principals=(CONSUMER,)))
    balancer.allow_from("10.60.0.0/16")
    web = SecureLoadBalancer(stack, "web", vpc=balancer.vpc, certificate=CERTIFICATE)
    balancer.add_balancer_target("web", web)
    kinds = ("aws_lb", "aws_vpc_endpoint_service", "aws_security_group.balancer", "aws_network_acl_rule.balancer")
    assert [one for one in addresses(synthesize(stack)) if one.startswith(kinds) and ".web_" not in one] == [
        "aws_lb.balancer",
        "aws_lb_listener.balancer_listener_orders",
        "aws_lb_listener.balancer_listener_web",
        "aws_lb_target_group.balancer_target_orders",
        "aws_lb_target_group.balancer_target_web",
        "aws_lb_target_group_attachment.balancer_attachment_web",
        "aws_network_acl_rule.balancer_acl_from_10_60_0_0_16_tcp_443",
        "aws_network_acl_rule.balancer_acl_from_10_60_0_0_16_tcp_8443",
        "aws_network_acl_rule.balancer_acl_to_10_60_0_0_16",
        "aws_security_group.balancer_group_security_group",
        "aws_vpc_endpoint_service.balancer_endpoint_service",
    ]
