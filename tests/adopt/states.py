"""States to adopt, as `terraform show -json` prints them."""

from __future__ import annotations

import json
from typing import Any

from secureinfra.adopt.existing import Estate, Existing, read_estate

ACCOUNT = "123456789012"
REGION = "eu-central-1"


def resource(address: str, **values: Any) -> dict[str, Any]:
    """A managed resource; what is left out of `values` is as for one that has just been made."""
    sensitive = values.pop("sensitive", {})
    return {
        "address": address,
        "mode": "managed",
        "type": address.rpartition(".")[0].rpartition(".")[2],
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": values,
        "sensitive_values": sensitive,
    }


def state(*resources: dict[str, Any]) -> str:
    return json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": list(resources)}}})


def estate(*resources: dict[str, Any]) -> Estate:
    return read_estate(state(*resources), "state.json", region=REGION)


def found(resources: Estate, address: str) -> Existing:
    return next(one for one in resources.resources if one.address == address)


def key(name: str = "data", **values: Any) -> dict[str, Any]:
    id = f"1234-{name}"
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}"
    usual = {"id": id, "key_id": id, "arn": arn, "enable_key_rotation": True, "description": "Data", "policy": ROOT}
    return resource(f"aws_kms_key.{name}", **{**usual, **values})


def alias(name: str, of: str = "data") -> dict[str, Any]:
    return resource(f"aws_kms_alias.{of}", id=f"alias/{name}", name=f"alias/{name}", target_key_id=f"1234-{of}")


def bucket(name: str, **values: Any) -> dict[str, Any]:
    usual = {"id": f"acme-{name}", "bucket": f"acme-{name}", "arn": f"arn:aws:s3:::acme-{name}", "region": REGION}
    return resource(f"aws_s3_bucket.{name}", **{**usual, **values})


def setting(kind: str, name: str, **values: Any) -> dict[str, Any]:
    """One of a bucket's settings, as a resource of its own."""
    return resource(f"aws_s3_bucket_{kind}.{name}", id=f"acme-{name}", bucket=f"acme-{name}", **values)


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


ROOT = policy(
    {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
)


def network(*, letters: str = "ab", nat: str = "a") -> list[dict[str, Any]]:
    """A VPC with private and public subnets where the address plan of SecureVpc has them."""
    made = [
        resource(
            "aws_vpc.main",
            id="vpc-0a1b2c3d4e5f60718",
            arn=f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-0a1b2c3d4e5f60718",
            cidr_block="10.20.0.0/16",
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": "shop"},
        ),
        resource("aws_internet_gateway.main", id="igw-1", vpc_id="vpc-0a1b2c3d4e5f60718"),
        resource(
            "aws_route_table.public",
            id="rtb-public",
            vpc_id="vpc-0a1b2c3d4e5f60718",
            route=[{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}],
        ),
        resource("aws_route_table.private", id="rtb-private", vpc_id="vpc-0a1b2c3d4e5f60718", route=[]),
    ]
    for number, letter in enumerate(letters):
        for tier, cidr in (("private", f"10.20.{number * 32}.0/19"), ("public", f"10.20.{192 + number * 8}.0/21")):
            name = f"{tier}_{letter}"
            id = f"subnet-{tier}-{letter}"
            made.append(
                resource(
                    f"aws_subnet.{name}",
                    id=id,
                    vpc_id="vpc-0a1b2c3d4e5f60718",
                    cidr_block=cidr,
                    availability_zone=f"{REGION}{letter}",
                )
            )
            made.append(
                resource(
                    f"aws_route_table_association.{name}", id=f"a-{id}", subnet_id=id, route_table_id=f"rtb-{tier}"
                )
            )
    for letter in nat:
        made += [
            resource(f"aws_eip.{letter}", id=f"eipalloc-{letter}", allocation_id=f"eipalloc-{letter}", domain="vpc"),
            resource(
                f"aws_nat_gateway.{letter}",
                id=f"nat-{letter}",
                subnet_id=f"subnet-public-{letter}",
                allocation_id=f"eipalloc-{letter}",
            ),
        ]
    if nat:
        made.append(
            resource(
                "aws_route.private",
                id="r-1",
                route_table_id="rtb-private",
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=f"nat-{nat[0]}",
            )
        )
    return made


def more_subnets(name: str, start: int, first: int = 0, table: str = "intra") -> list[dict[str, Any]]:
    """Subnets in the layout of github.com/terraform-aws-modules/terraform-aws-vpc, in zones a and b, with their tables."""
    made = []
    for at, letter in enumerate("ab"):
        id = f"subnet-{name}-{letter}" if not first else f"subnet-{name}-{first}-{letter}"
        place = {"vpc_id": "vpc-0f", "availability_zone": f"{REGION}{letter}", "cidr_block": f"10.40.{start + at}.0/24"}
        tags = {"Name": f"shop-{name}-{REGION}{letter}"}
        number = first + at
        made += [
            resource(f"module.vpc.aws_subnet.{name}[{number}]", id=id, tags=tags, **place),
            resource(
                f"module.vpc.aws_route_table_association.{name}[{number}]",
                id=f"rtbassoc-{id}",
                subnet_id=id,
                route_table_id=f"rtb-{table}",
            ),
        ]
    return made


def community(nat: str = "a") -> list[dict[str, Any]]:
    """What that module makes by default, with database and intra subnets, NAT gateways and a flow log."""
    letters = nat if len(nat) > 1 else ""
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-0f"
    tables = ["public", "intra", *([f"private-{one}" for one in letters] or ["private"])]
    numbered = {"private-a": "private[0]", "private-b": "private[1]"}
    made = [
        resource(
            "module.vpc.aws_vpc.this[0]",
            id="vpc-0f",
            arn=arn,
            cidr_block="10.40.0.0/16",
            tags={"Name": "shop"},
            default_network_acl_id="acl-default",
            default_route_table_id="rtb-default",
        ),
        resource("module.vpc.aws_internet_gateway.this[0]", id="igw-1", vpc_id="vpc-0f"),
        *more_subnets("public", 1, table="public"),
        *more_subnets("private", 11, table="private"),
        *more_subnets("database", 21, table="private"),
        *more_subnets("intra", 31),
        *(
            resource(
                f"module.vpc.aws_route_table.{numbered.get(one, f'{one}[0]')}",
                id=f"rtb-{one}",
                vpc_id="vpc-0f",
                route=[],
            )
            for one in tables
        ),
        resource(
            "module.vpc.aws_route.public_internet_gateway[0]",
            route_table_id="rtb-public",
            destination_cidr_block="0.0.0.0/0",
            gateway_id="igw-1",
        ),
    ]
    for at, letter in enumerate(nat):
        table = f"rtb-private-{letter}" if letters else "rtb-private"
        made += [
            resource(
                f"module.vpc.aws_eip.nat[{at}]",
                id=f"eipalloc-{letter}",
                allocation_id=f"eipalloc-{letter}",
                domain="vpc",
            ),
            resource(
                f"module.vpc.aws_nat_gateway.this[{at}]",
                id=f"nat-{letter}",
                subnet_id=f"subnet-public-{letter}",
                allocation_id=f"eipalloc-{letter}",
            ),
            resource(
                f"module.vpc.aws_route.private_nat_gateway[{at}]",
                route_table_id=table,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=f"nat-{letter}",
            ),
        ]
    for one in made:
        values = one["values"]
        if letters and values.get("route_table_id") == "rtb-private" and "subnet_id" in values:
            values["route_table_id"] = f"rtb-private-{values['subnet_id'][-1]}"
    return [
        *made,
        resource("module.vpc.aws_default_security_group.this[0]", id="sg-default", vpc_id="vpc-0f"),
        resource(
            "module.vpc.aws_default_network_acl.this[0]",
            id="acl-default",
            default_network_acl_id="acl-default",
            vpc_id="vpc-0f",
        ),
        resource(
            "module.vpc.aws_default_route_table.default[0]",
            id="rtb-default",
            default_route_table_id="rtb-default",
            vpc_id="vpc-0f",
            route=[],
        ),
        resource("module.vpc.aws_flow_log.this[0]", id="fl-1", vpc_id="vpc-0f", traffic_type="ALL"),
    ]


def group(**values: Any) -> dict[str, Any]:
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0123456789abcdef0"
    usual = {
        "id": "sg-0123456789abcdef0",
        "arn": arn,
        "name": "shop-web",
        "description": "Web",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
    }
    return resource("aws_security_group.web", **{**usual, **values})


def role(**values: Any) -> dict[str, Any]:
    trust = policy({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"})
    usual = {
        "id": "worker",
        "name": "worker",
        "arn": f"arn:aws:iam::{ACCOUNT}:role/worker",
        "path": "/",
        "max_session_duration": 3600,
    }
    return resource("aws_iam_role.worker", **{**usual, "assume_role_policy": trust, **values})
