"""Settings with which every module is written in tests: the defaults where there are some, else an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secureinfra.blueprints import blueprints
from secureinfra.config.config import Config
from secureinfra.modules.entries.catalogue import entries
from secureinfra.stacks.new.example import example_of

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "role": {
        "trust": {"kind": "account", "account_id": "111122223333", "external_id": "acme-42"},
        "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme-reports/*"]}],
        "managed_policy_arns": ["arn:aws:iam::aws:policy/SecurityAudit"],
    },
    "cache": {"subnet_ids": {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}},
    "capacity-provider": {"subnet_ids": {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}},
    "fleet": {"subnet_ids": {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}},
    "file-system": {
        "subnet_ids": {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"},
        "access_points": {"orders": {"path": "/orders", "uid": 1000, "gid": 1000}},
    },
    "account-contacts": {
        "security": {
            "name": "Security team",
            "title": "On-call",
            "email_address": "security@example.com",
            "phone_number": "+49 30 1234567",
        }
    },
    "database": {
        "engine": "postgres",
        "engine_version": "17",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
    },
    "database-cluster": {
        "engine": "aurora-postgresql",
        "engine_version": "17",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
    },
    "secret": {"rotation": {"function_arn": "arn:aws:lambda:eu-central-1:111122223333:function:rotate"}},
    "role-permissions": {"statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme-reports/*"]}]},
    "rest-api": {
        "endpoint": "PRIVATE",
        "vpc_endpoint_ids": ["vpce-0a1b2c3d4e5f60718"],
        "methods": [
            {
                "method": "GET",
                "path": "/orders/{id}",
                "function_arn": "arn:aws:lambda:eu-central-1:111122223333:function:orders",
            }
        ],
    },
    "function": {
        "code": {"kind": "s3", "bucket": "acme-builds", "key": "orders.zip", "object_version": "7"},
        "runtime": "python3.13",
        "handler": "app.handler",
        "environment": {"TABLE": "orders"},
    },
    "security-group": {
        "ingress": [{"port": 443, "internet": True}, {"port": 8080, "cidr": "10.0.0.0/8", "name": "offices"}],
        "egress": [{"port": 5432, "cidr": "10.20.128.0/18"}],
    },
    "ecs-service": {"subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]},
}
NAMES = tuple(entries())
# Some with more of their options on, under names of their own.
FULLER: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "network": (
        "vpc",
        {
            "cidr": "10.30.0.0/16",
            "zones": 2,
            "nat": "per_zone",
            "ipv6": True,
            "endpoints": ["session-manager"],
            "organization_id": "o-a1b2c3d4e5",
        },
    ),
    "storage": (
        "bucket",
        {
            "name": "acme-modules-test",
            "expiration_days": 730,
            "key_required": True,
            "transitions": [{"storage_class": "STANDARD_IA", "days": 30}],
        },
    ),
    "site-certificate": (
        "certificate",
        {
            "domain_name": "example.com",
            "subject_alternative_names": ["www.example.com", "shop.example.com"],
            "zone_id": "Z0123456789ABCDEFGHIJ",
        },
    ),
    "data-key": (
        "key",
        {
            "alias": "data",
            "rotation_period_in_days": 180,
            "users": ["arn:aws:iam::111122223333:role/etl", "arn:aws:iam::111122223333:role/report"],
        },
    ),
}


def case(name: str) -> tuple[str, Mapping[str, Any] | Config]:
    """What is asked for, and with which settings, under a name of `NAMES` or `FULLER`; blueprints show an example."""
    if name in FULLER:
        return FULLER[name]
    if name in blueprints():
        blueprint = blueprints()[name]
        return name, example_of(blueprint.load(), blueprint.config_type())
    return name, SETTINGS.get(name, {})
