"""Networks written by hand for tests: small ones, each with one kind of hop."""

from __future__ import annotations

import copy
from typing import Any

Resources = dict[str, dict[str, Any]]

ANYWHERE = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": ["::/0"]}


def merged(*parts: Resources) -> Resources:
    """Several parts as one."""
    found: Resources = {}
    for part in parts:
        for type, blocks in copy.deepcopy(part).items():
            found.setdefault(type, {}).update(blocks)
    return found


def ref(address: str, attribute: str = "id") -> str:
    return f"${{{address}.{attribute}}}"


def vpc(name: str, number: int, *, ipv6: bool = False) -> Resources:
    """A VPC `10.<number>.0.0/16` with an internet gateway."""
    more = {"assign_generated_ipv6_cidr_block": True} if ipv6 else {}
    return {
        "aws_vpc": {name: {"cidr_block": f"10.{number}.0.0/16", **more}},
        "aws_internet_gateway": {name: {"vpc_id": ref(f"aws_vpc.{name}")}},
    }


def subnet(name: str, of: str, cidr: str, routes: list[dict[str, Any]], **more: Any) -> Resources:
    """A subnet with a route table and a network ACL of its own that allows everything."""
    own = ref(f"aws_subnet.{name}")
    open = {"protocol": "-1", "from_port": 0, "to_port": 0, "action": "allow"}
    entries = [{"rule_no": 100, "cidr_block": "0.0.0.0/0", **open}, {"rule_no": 101, "ipv6_cidr_block": "::/0", **open}]
    return {
        "aws_subnet": {name: {"vpc_id": ref(f"aws_vpc.{of}"), "cidr_block": cidr, **more}},
        "aws_route_table": {name: {"vpc_id": ref(f"aws_vpc.{of}"), "route": routes}},
        "aws_route_table_association": {name: {"subnet_id": own, "route_table_id": ref(f"aws_route_table.{name}")}},
        "aws_network_acl": {
            name: {
                "vpc_id": ref(f"aws_vpc.{of}"),
                "subnet_ids": [own],
                "ingress": copy.deepcopy(entries),
                "egress": copy.deepcopy(entries),
            }
        },
    }


def instance(name: str, subnet: str, of: str, *, ingress: list[dict[str, Any]] | None = None, **more: Any) -> Resources:
    """An instance with a security group of its own; it allows tcp 443 from anywhere unless something else is given."""
    https = {**ANYWHERE, "protocol": "tcp", "from_port": 443, "to_port": 443}
    return {
        "aws_security_group": {
            name: {
                "vpc_id": ref(f"aws_vpc.{of}"),
                "ingress": [https] if ingress is None else ingress,
                "egress": [copy.deepcopy(ANYWHERE)],
            }
        },
        "aws_instance": {
            name: {
                "subnet_id": ref(f"aws_subnet.{subnet}"),
                "vpc_security_group_ids": [ref(f"aws_security_group.{name}")],
                **more,
            }
        },
    }


def to(cidr: str, **target: str) -> dict[str, Any]:
    """A route."""
    return {"ipv6_cidr_block" if ":" in cidr else "cidr_block": cidr, **target}


def internet(name: str = "main", cidr: str = "0.0.0.0/0") -> dict[str, Any]:
    """A route to the internet gateway."""
    return to(cidr, gateway_id=ref(f"aws_internet_gateway.{name}"))


PUBLIC = merged(
    vpc("main", 0),
    subnet("public", "main", "10.0.0.0/24", [internet()], map_public_ip_on_launch=True),
    instance("web", "public", "main"),
)
NAT = merged(
    PUBLIC,
    {"aws_nat_gateway": {"nat": {"subnet_id": ref("aws_subnet.public")}}},
    subnet("private", "main", "10.0.1.0/24", [to("0.0.0.0/0", nat_gateway_id=ref("aws_nat_gateway.nat"))]),
    instance("app", "private", "main"),
)
REGIONAL_NAT = merged(
    vpc("main", 0),
    {"aws_nat_gateway": {"nat": {"availability_mode": "regional", "vpc_id": ref("aws_vpc.main")}}},
    subnet("private", "main", "10.0.1.0/24", [to("0.0.0.0/0", nat_gateway_id=ref("aws_nat_gateway.nat"))]),
    instance("app", "private", "main"),
)
LOCAL = merged(
    vpc("main", 0),
    subnet("one", "main", "10.0.0.0/24", []),
    subnet("two", "main", "10.0.1.0/24", []),
    instance("a", "one", "main", ingress=[]),
    instance(
        "b",
        "two",
        "main",
        ingress=[
            {"protocol": "tcp", "from_port": 443, "to_port": 443, "security_groups": [ref("aws_security_group.a")]}
        ],
    ),
)
PEERING = merged(
    vpc("left", 0),
    vpc("right", 1),
    {
        "aws_vpc_peering_connection": {
            "p": {"vpc_id": ref("aws_vpc.left"), "peer_vpc_id": ref("aws_vpc.right"), "auto_accept": True}
        }
    },
    subnet(
        "one", "left", "10.0.0.0/24", [to("10.1.0.0/16", vpc_peering_connection_id=ref("aws_vpc_peering_connection.p"))]
    ),
    subnet(
        "two",
        "right",
        "10.1.0.0/24",
        [to("10.0.0.0/16", vpc_peering_connection_id=ref("aws_vpc_peering_connection.p"))],
    ),
    instance("a", "one", "left"),
    instance("b", "two", "right"),
)
TRANSIT = merged(
    vpc("left", 0),
    vpc("right", 1),
    {
        "aws_ec2_transit_gateway": {
            "t": {"default_route_table_association": "disable", "default_route_table_propagation": "disable"}
        },
        "aws_ec2_transit_gateway_route_table": {"t": {"transit_gateway_id": ref("aws_ec2_transit_gateway.t")}},
        **{
            f"aws_ec2_transit_gateway_{type}": {
                side: {
                    "transit_gateway_attachment_id": ref(f"aws_ec2_transit_gateway_vpc_attachment.{side}"),
                    "transit_gateway_route_table_id": ref("aws_ec2_transit_gateway_route_table.t"),
                }
                for side in ("left", "right")
            }
            for type in ("route_table_association", "route_table_propagation")
        },
        "aws_ec2_transit_gateway_vpc_attachment": {
            side: {
                "transit_gateway_id": ref("aws_ec2_transit_gateway.t"),
                "vpc_id": ref(f"aws_vpc.{side}"),
                "subnet_ids": [ref(f"aws_subnet.{side}_transit")],
            }
            for side in ("left", "right")
        },
    },
    subnet("left_transit", "left", "10.0.9.0/28", []),
    subnet("right_transit", "right", "10.1.9.0/28", []),
    subnet("one", "left", "10.0.0.0/24", [to("10.0.0.0/8", transit_gateway_id=ref("aws_ec2_transit_gateway.t"))]),
    subnet("two", "right", "10.1.0.0/24", [to("10.0.0.0/8", transit_gateway_id=ref("aws_ec2_transit_gateway.t"))]),
    instance("a", "one", "left"),
    instance("b", "two", "right"),
)
IPV6 = merged(
    vpc("main", 0, ipv6=True),
    {"aws_egress_only_internet_gateway": {"e": {"vpc_id": ref("aws_vpc.main")}}},
    subnet(
        "public",
        "main",
        "10.0.0.0/24",
        [internet(cidr="::/0")],
        ipv6_cidr_block="${cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 0)}",
        assign_ipv6_address_on_creation=True,
    ),
    subnet(
        "private",
        "main",
        "10.0.1.0/24",
        [to("::/0", egress_only_gateway_id=ref("aws_egress_only_internet_gateway.e"))],
        ipv6_cidr_block="${cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 1)}",
        assign_ipv6_address_on_creation=True,
    ),
    instance("web", "public", "main"),
    instance("app", "private", "main"),
)
ENDPOINTS = merged(
    vpc("main", 0),
    {
        "aws_vpc_endpoint": {
            "s3": {
                "vpc_id": ref("aws_vpc.main"),
                "service_name": "com.amazonaws.eu-central-1.s3",
                "route_table_ids": [ref("aws_route_table.isolated")],
            },
            "kms": {
                "vpc_id": ref("aws_vpc.main"),
                "vpc_endpoint_type": "Interface",
                "service_name": "com.amazonaws.eu-central-1.kms",
                "subnet_ids": [ref("aws_subnet.isolated")],
                "security_group_ids": [ref("aws_security_group.endpoint")],
            },
        },
        "aws_security_group": {
            "endpoint": {
                "vpc_id": ref("aws_vpc.main"),
                "ingress": [
                    {
                        "protocol": "tcp",
                        "from_port": 443,
                        "to_port": 443,
                        "cidr_blocks": [ref("aws_vpc.main", "cidr_block")],
                    }
                ],
            }
        },
    },
    subnet("isolated", "main", "10.0.2.0/24", []),
    subnet("other", "main", "10.0.3.0/24", []),
    instance("job", "isolated", "main"),
    instance("idle", "other", "main"),
)
FIREWALL = merged(
    NAT,
    {
        "aws_networkfirewall_firewall": {
            "f": {"vpc_id": ref("aws_vpc.main"), "subnet_mapping": [{"subnet_id": ref("aws_subnet.inspection")}]}
        }
    },
    subnet("inspection", "main", "10.0.8.0/28", [to("0.0.0.0/0", nat_gateway_id=ref("aws_nat_gateway.nat"))]),
    {
        "aws_route_table": {
            "private": {
                "vpc_id": ref("aws_vpc.main"),
                "route": [
                    to(
                        "0.0.0.0/0",
                        vpc_endpoint_id="${tolist(aws_networkfirewall_firewall.f.firewall_status[0].sync_states)[0]"
                        ".attachment[0].endpoint_id}",
                    )
                ],
            }
        }
    },
)
BALANCER = merged(
    PUBLIC,
    subnet("private", "main", "10.0.1.0/24", []),
    instance(
        "app",
        "private",
        "main",
        ingress=[
            {"protocol": "tcp", "from_port": 8080, "to_port": 8080, "security_groups": [ref("aws_security_group.lb")]}
        ],
    ),
    {
        "aws_security_group": {
            "lb": {
                "vpc_id": ref("aws_vpc.main"),
                "ingress": [{**ANYWHERE, "protocol": "tcp", "from_port": 443, "to_port": 443}],
                "egress": [copy.deepcopy(ANYWHERE)],
            }
        },
        "aws_lb": {"lb": {"subnets": [ref("aws_subnet.public")], "security_groups": [ref("aws_security_group.lb")]}},
        "aws_lb_target_group": {"t": {"port": 8080, "protocol": "HTTP", "vpc_id": ref("aws_vpc.main")}},
        "aws_lb_target_group_attachment": {
            "t": {"target_group_arn": ref("aws_lb_target_group.t", "arn"), "target_id": ref("aws_instance.app")}
        },
        "aws_lb_listener": {
            "l": {
                "load_balancer_arn": ref("aws_lb.lb", "arn"),
                "port": 443,
                "default_action": [{"type": "forward", "target_group_arn": ref("aws_lb_target_group.t", "arn")}],
            }
        },
    },
)
