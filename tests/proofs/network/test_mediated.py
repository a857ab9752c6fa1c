"""Load balancers, CloudFront and API Gateway answer for what is behind them: such paths are told apart from routed ones."""

from __future__ import annotations

import copy

from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, UNKNOWN, Answer
from secureinfra.proofs.network.questions import path_between
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.network.topologies import BALANCER, Resources, merged, ref

APP = "aws_instance.app"


def asked(resources: Resources, port: str | None = None, *, routed_only: bool = False) -> Answer:
    return path_between([Configuration.of({"resource": resources})], "internet", APP, port, routed_only=routed_only)


def test_a_load_balancer() -> None:
    answer = asked(BALANCER)
    assert (answer.verdict, answer.mediated, answer.traffic) == (REACHABLE, True, "tcp 8080")
    assert "aws_lb.lb answers, and connects to aws_instance.app" in [step.text for step in answer.steps]
    assert asked(BALANCER, routed_only=True).verdict == NOT_REACHABLE


def test_only_the_port_of_the_target_group() -> None:
    assert asked(BALANCER, "22").verdict == NOT_REACHABLE


def test_an_internal_load_balancer() -> None:
    internal = copy.deepcopy(BALANCER)
    internal["aws_lb"]["lb"]["internal"] = True
    answer = asked(internal)
    assert answer.verdict == NOT_REACHABLE
    assert "aws_lb.lb has no public IPv4 address" in [stop.text for stop in answer.stops]


def test_a_group_of_the_target_that_names_another() -> None:
    closed = copy.deepcopy(BALANCER)
    closed["aws_security_group"]["app"]["ingress"] = []
    assert asked(closed).verdict == NOT_REACHABLE


def test_a_network_load_balancer_may_keep_the_address_of_the_client() -> None:
    network = copy.deepcopy(BALANCER)
    network["aws_lb"]["lb"].update(load_balancer_type="network", security_groups=[])
    answer = asked(network)
    assert answer.verdict == UNKNOWN
    assert "keeps the address of the client" in answer.doubts[-1]


def test_cloudfront_before_an_instance() -> None:
    site = merged(
        BALANCER,
        {"aws_cloudfront_distribution": {"d": {"origin": [{"domain_name": ref("aws_instance.web", "public_dns")}]}}},
    )
    site["aws_security_group"]["web"]["ingress"] = [
        {
            "protocol": "tcp",
            "from_port": 443,
            "to_port": 443,
            "prefix_list_ids": [ref("data.aws_ec2_managed_prefix_list.c")],
        }
    ]
    lists = {"aws_ec2_managed_prefix_list": {"c": {"name": "com.amazonaws.global.cloudfront.origin-facing"}}}
    configuration = Configuration.of({"resource": site, "data": lists})
    answer = path_between([configuration], "internet", "aws_instance.web")
    assert (answer.verdict, answer.mediated) == (REACHABLE, True)
    assert path_between([configuration], "internet", "aws_instance.web", routed_only=True).verdict == NOT_REACHABLE


def test_an_http_api_by_its_vpc_link() -> None:
    api = copy.deepcopy(BALANCER)
    api["aws_lb"]["lb"]["internal"] = True
    api["aws_apigatewayv2_api"] = {"api": {"name": "api", "protocol_type": "HTTP"}}
    api["aws_apigatewayv2_vpc_link"] = {
        "link": {"subnet_ids": [ref("aws_subnet.private")], "security_group_ids": [ref("aws_security_group.web")]}
    }
    api["aws_apigatewayv2_integration"] = {
        "i": {
            "api_id": ref("aws_apigatewayv2_api.api"),
            "connection_id": ref("aws_apigatewayv2_vpc_link.link"),
            "integration_uri": ref("aws_lb_listener.l", "arn"),
        }
    }
    answer = asked(api)
    assert (answer.verdict, answer.mediated) == (REACHABLE, True)
    assert "aws_apigatewayv2_vpc_link.link answers, and connects to aws_lb.lb" in [step.text for step in answer.steps]


def connections(protocol: str = "TCP", **service: object) -> Resources:
    """An internal network load balancer before an instance, on one port of a protocol."""
    found = copy.deepcopy(BALANCER)
    found["aws_lb"]["lb"].update(load_balancer_type="network", internal=True)
    found["aws_lb_target_group"]["t"]["protocol"] = protocol
    found["aws_lb_listener"]["l"]["protocol"] = protocol
    transport = "udp" if protocol == "UDP" else "tcp"
    for name, port in (("app", 8080), ("lb", 443)):
        found["aws_security_group"][name]["ingress"][0].update(protocol=transport, from_port=port, to_port=port)
    return merged(found, {"aws_vpc_endpoint_service": {"s": service}} if service else {})


def between(resources: Resources, source: str, target: str, port: str | None = None) -> Answer:
    return path_between([Configuration.of({"resource": resources})], source, target, port)


def test_a_network_load_balancer_of_udp() -> None:
    names = connections("UDP")
    names["aws_lb"]["lb"]["internal"] = False
    assert asked(names, "udp/8080").verdict == REACHABLE
    assert asked(names, "tcp/8080").verdict == NOT_REACHABLE
    assert asked(BALANCER, "udp/8080").verdict == NOT_REACHABLE


def test_other_networks_may_have_an_endpoint() -> None:
    alone = connections()
    assert between(alone, "10.60.0.0/16", APP).verdict == NOT_REACHABLE
    shared = connections(network_load_balancer_arns=[ref("aws_lb.lb", "arn")], acceptance_required=True)
    for target in (APP, "aws_lb.lb"):
        answer = between(shared, "10.60.0.0/16", target)
        assert (answer.verdict, answer.mediated) == (UNKNOWN, True)
        assert "whether an endpoint of aws_vpc_endpoint_service.s is in 10.60.0.0/16" in answer.doubts
    assert asked(shared).verdict == NOT_REACHABLE


def test_an_endpoint_of_the_same_configuration() -> None:
    shared = connections(network_load_balancer_arns=[ref("aws_lb.lb", "arn")], acceptance_required=True)
    apart: Resources = {
        "aws_vpc": {"other": {"cidr_block": "10.60.0.0/16"}},
        "aws_subnet": {"other": {"vpc_id": ref("aws_vpc.other"), "cidr_block": "10.60.1.0/24"}},
    }
    assert between(merged(shared, apart), "aws_subnet.other", "aws_lb.lb").verdict == NOT_REACHABLE
    endpoint = {
        "service_name": ref("aws_vpc_endpoint_service.s", "service_name"),
        "vpc_endpoint_type": "Interface",
        "subnet_ids": [ref("aws_subnet.other")],
        "security_group_ids": [ref("aws_security_group.e")],
        "vpc_id": ref("aws_vpc.other"),
    }
    https = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.60.0.0/16"]}
    apart["aws_security_group"] = {"e": {"vpc_id": ref("aws_vpc.other"), "ingress": [https]}}
    answer = between(merged(shared, apart, {"aws_vpc_endpoint": {"e": endpoint}}), "aws_subnet.other", "aws_lb.lb")
    assert (answer.verdict, answer.mediated) == (UNKNOWN, True)
    assert any("whether aws_vpc_endpoint.e is accepted" in doubt for doubt in answer.doubts)
