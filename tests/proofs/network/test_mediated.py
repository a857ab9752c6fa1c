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
