"""A VPC and a bucket in the layout of the usual community modules: the same addresses in a state, from a configuration of our own.

The layouts: github.com/terraform-aws-modules/terraform-aws-vpc and .../terraform-aws-s3-bucket.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# Name of the subnets in a state, and the third byte of the first one's network.
_SUBNETS = {"public": 101, "private": 1, "database": 21, "intra": 51}
_ZONES = ("eu-central-1a", "eu-central-1b")
_ONE = {"count": 1}


def _nth(addresses: str) -> str:
    return f"${{{addresses}[count.index].id}}"


def vpc_module() -> dict[str, Any]:
    """The VPC with a single NAT gateway; the database subnets share the private route table, which is the module's default."""
    vpc = "${aws_vpc.this[0].id}"
    subnets, associations = {}, {}
    for name, first in _SUBNETS.items():
        subnets[name] = {
            "count": 2,
            "vpc_id": vpc,
            "availability_zone": f'${{["{_ZONES[0]}", "{_ZONES[1]}"][count.index]}}',
            "cidr_block": f'${{cidrsubnet("10.50.0.0/16", 8, {first} + count.index)}}',
            "tags": {"Name": f"shop-{name}"},
        }
        table = "private" if name == "database" else name
        associations[name] = {
            "count": 2,
            "subnet_id": _nth(f"aws_subnet.{name}"),
            "route_table_id": f"${{aws_route_table.{table}[0].id}}",
        }
    return {
        "aws_vpc": {"this": {**_ONE, "cidr_block": "10.50.0.0/16", "enable_dns_hostnames": True}},
        "aws_subnet": subnets,
        "aws_route_table": {name: {**_ONE, "vpc_id": vpc} for name in ("public", "private", "intra")},
        "aws_route_table_association": associations,
        "aws_internet_gateway": {"this": {**_ONE, "vpc_id": vpc}},
        "aws_eip": {"nat": {**_ONE, "domain": "vpc"}},
        "aws_nat_gateway": {
            "this": {
                **_ONE,
                "allocation_id": "${aws_eip.nat[0].id}",
                "subnet_id": "${aws_subnet.public[0].id}",
                "depends_on": ["aws_internet_gateway.this"],
            }
        },
        "aws_route": {
            "public_internet_gateway": {**_out("public"), "gateway_id": "${aws_internet_gateway.this[0].id}"},
            "private_nat_gateway": {**_out("private"), "nat_gateway_id": "${aws_nat_gateway.this[0].id}"},
        },
        "aws_default_security_group": {"this": {**_ONE, "vpc_id": vpc}},
        "aws_default_network_acl": {
            "this": {
                **_ONE,
                "default_network_acl_id": "${aws_vpc.this[0].default_network_acl_id}",
                "subnet_ids": [],
                "lifecycle": {"ignore_changes": ["subnet_ids"]},
                **{way: _anything() for way in ("ingress", "egress")},
            }
        },
        "aws_default_route_table": {
            "default": {**_ONE, "default_route_table_id": "${aws_vpc.this[0].default_route_table_id}", "route": []}
        },
        "aws_flow_log": {
            "this": {
                **_ONE,
                "vpc_id": vpc,
                "traffic_type": "ALL",
                "log_destination": "${aws_cloudwatch_log_group.flow_log[0].arn}",
                "iam_role_arn": "${aws_iam_role.vpc_flow_log_cloudwatch[0].arn}",
            }
        },
        "aws_cloudwatch_log_group": {"flow_log": {**_ONE, "name": f"/aws/vpc-flow-log/{vpc}"}},
        "aws_iam_role": {
            "vpc_flow_log_cloudwatch": {
                **_ONE,
                "name_prefix": "vpc-flow-log-role-",
                "assume_role_policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Sid": "AWSVPCFlowLogsAssumeRole",
                                "Effect": "Allow",
                                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                                "Action": "sts:AssumeRole",
                            }
                        ],
                    }
                ),
            }
        },
    }


def endpoints_module() -> dict[str, Any]:
    """An S3 gateway endpoint and an interface endpoint, as the submodule `vpc-endpoints` has them."""
    return {
        "aws_vpc_endpoint": {
            "this": {
                "for_each": {"s3": "Gateway", "sts": "Interface"},
                "vpc_id": "${var.vpc_id}",
                "service_name": "com.amazonaws.eu-central-1.${each.key}",
                "vpc_endpoint_type": "${each.value}",
                "route_table_ids": '${each.value == "Gateway" ? [var.private_table, var.intra_table] : null}',
                "subnet_ids": '${each.value == "Interface" ? var.subnet_ids : null}',
                "private_dns_enabled": '${each.value == "Interface" ? true : null}',
            }
        }
    }


def bucket_module() -> dict[str, Any]:
    """A bucket with the settings that the module turns on by default, and versions."""
    bucket = {**_ONE, "bucket": "${aws_s3_bucket.this[0].id}"}
    return {
        "aws_s3_bucket": {"this": {**_ONE, "bucket": "acme-shop-photos", "tags": {"team": "shop"}}},
        "aws_s3_bucket_versioning": {"this": {**bucket, "versioning_configuration": {"status": "Enabled"}}},
        "aws_s3_bucket_public_access_block": {
            "this": {
                **bucket,
                **dict.fromkeys(
                    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
                ),
            }
        },
        "aws_s3_bucket_ownership_controls": {"this": {**bucket, "rule": {"object_ownership": "BucketOwnerEnforced"}}},
    }


def write_community(folder: Path) -> dict[str, Any]:
    """Write the modules, and return the configuration that calls them."""
    outputs = {
        "vpc_id": {"value": "${aws_vpc.this[0].id}"},
        "subnet_ids": {"value": "${aws_subnet.private[*].id}"},
        **{f"{name}_table": {"value": f"${{aws_route_table.{name}[0].id}}"} for name in ("private", "intra")},
    }
    variables: dict[str, Any] = {"vpc_id": {}, "subnet_ids": {}, "private_table": {}, "intra_table": {}}
    for name, content in (
        ("vpc", {"resource": vpc_module(), "output": outputs}),
        ("endpoints", {"resource": endpoints_module(), "variable": variables}),
        ("bucket", {"resource": bucket_module()}),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "main.tf.json").write_text(json.dumps(content))
    given = {name: f"${{module.vpc.{name}}}" for name in variables}
    return {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {"aws": [{"region": "eu-central-1"}]},
        "module": {
            "vpc": {"source": "./vpc"},
            "endpoints": {"source": "./endpoints", **given},
            "s3_bucket": {"source": "./bucket"},
        },
    }


def _out(name: str) -> dict[str, Any]:
    return {**_ONE, "route_table_id": f"${{aws_route_table.{name}[0].id}}", "destination_cidr_block": "0.0.0.0/0"}


def _anything() -> list[dict[str, Any]]:
    rule = {
        "rule_no": 100,
        "action": "allow",
        "protocol": "-1",
        "from_port": 0,
        "to_port": 0,
        "cidr_block": "0.0.0.0/0",
    }
    return [{**rule, "ipv6_cidr_block": None, "icmp_type": None, "icmp_code": None}]
