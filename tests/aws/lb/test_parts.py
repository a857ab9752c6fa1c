"""LoadBalancerParts: what both kinds of load balancers expose, and how they are named."""

import pytest

from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.errors import ConfigError
from secureinfra.testing import test_stack
from tests.aws.lb.test_balancer import CERTIFICATE, network_of


@pytest.mark.parametrize("kind", [SecureLoadBalancer, NetworkLoadBalancer])
def test_references(kind: type[SecureLoadBalancer] | type[NetworkLoadBalancer]) -> None:
    stack = test_stack()
    balancer = kind(stack, "shop", vpc=network_of(stack), certificate=CERTIFICATE)
    assert balancer.arn == "${aws_lb.shop_balancer.arn}"
    assert balancer.dns_name == "${aws_lb.shop_balancer.dns_name}"
    assert balancer.zone_id == "${aws_lb.shop_balancer.zone_id}"
    assert balancer.connections.group is balancer.security_group
    with pytest.raises(ConfigError, match="it has no target 'orders'. It has: none"):
        balancer.target_group_arn("orders")


@pytest.mark.parametrize(
    ("id", "name"),
    [("shop", "test-shop"), ("s" * 28, f"lb-test-{'s' * 15}-"), ("shop_of_all", "test-shop-of-all")],
)
def test_names_are_as_long_as_aws_takes(id: str, name: str) -> None:
    stack = test_stack()
    balancer = NetworkLoadBalancer(stack, id, vpc=network_of(stack))
    given = balancer.load_balancer.attributes["name"]
    assert given.startswith(name)
    assert len(given) <= 32
