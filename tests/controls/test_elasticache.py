"""Controls on ElastiCache."""

import pytest

from secureinfra.controls import elasticache
from tests.controls.spec import KEY, OWN, Spec

GROUP, CLUSTER = elasticache.GROUP, elasticache.CLUSTER
ALONE = {"cluster_id": "c", "engine": "redis"}
IN_GROUP = {"cluster_id": "c", "replication_group_id": "${aws_elasticache_replication_group.g.id}"}
THIS = {"replication_group_id": "g", "description": "d"}
SPECS = [
    *(
        Spec(
            elasticache.BACKED_UP,
            type,
            {**arguments, "snapshot_retention_limit": 7},
            fails=[
                ({"snapshot_retention_limit": None}, "AWS defaults to 0"),
                ({"snapshot_retention_limit": 0}, "snapshot_retention_limit = 0"),
            ],
            unknown=["snapshot_retention_limit", "engine"],
            spared=spared,
        )
        for type, arguments, spared in (
            (GROUP, THIS, []),
            (CLUSTER, ALONE, [{"engine": "memcached"}, {"replication_group_id": "g"}]),
        )
    ),
    *(
        Spec(
            elasticache.MINOR_UPGRADES,
            type,
            arguments,
            also=[{"auto_minor_version_upgrade": "true"}],
            fails=[({"auto_minor_version_upgrade": "false"}, "auto_minor_version_upgrade")],
            unknown=["auto_minor_version_upgrade"],
        )
        for type, arguments in ((GROUP, THIS), (CLUSTER, ALONE))
    ),
    Spec(
        elasticache.FAILOVER,
        GROUP,
        {**THIS, "automatic_failover_enabled": True},
        fails=[
            ({"automatic_failover_enabled": None}, "AWS defaults to False"),
            ({"automatic_failover_enabled": False}, "= false"),
        ],
        unknown=["automatic_failover_enabled"],
    ),
    Spec(
        elasticache.ENCRYPTED,
        GROUP,
        {**THIS, "at_rest_encryption_enabled": True},
        also=[{"at_rest_encryption_enabled": None, "engine": "valkey"}],
        fails=[
            ({"at_rest_encryption_enabled": None}, "at_rest_encryption_enabled is not set"),
            ({"at_rest_encryption_enabled": False, "engine": "valkey"}, "= false"),
        ],
        unknown=["at_rest_encryption_enabled"],
        unsure=[{"at_rest_encryption_enabled": None, "engine": "${var.x}"}],
    ),
    Spec(
        elasticache.CUSTOMER_KEY,
        GROUP,
        {**THIS, "kms_key_id": OWN},
        beside=KEY,
        fails=[({"kms_key_id": None}, "kms_key_id is not set")],
        unknown=["kms_key_id"],
    ),
    Spec(
        elasticache.TLS,
        GROUP,
        {**THIS, "transit_encryption_enabled": True},
        also=[{"transit_encryption_mode": "required"}],
        fails=[
            ({"transit_encryption_enabled": None}, "AWS defaults to False"),
            ({"transit_encryption_enabled": False}, "= false"),
            ({"transit_encryption_mode": "preferred"}, 'transit_encryption_mode = "preferred"'),
        ],
        unknown=["transit_encryption_enabled", "transit_encryption_mode"],
    ),
    Spec(
        elasticache.AUTHENTICATED,
        GROUP,
        {**THIS, "user_group_ids": ["${aws_elasticache_user_group.u.id}"]},
        also=[{"user_group_ids": None, "auth_token": "${random_password.p.result}"}],
        fails=[
            ({"user_group_ids": None}, "neither auth_token nor user_group_ids"),
            ({"user_group_ids": []}, "neither"),
        ],
        unknown=["user_group_ids"],
        unsure=[{"user_group_ids": None, "auth_token": "${var.x}"}],
    ),
    *(
        Spec(
            elasticache.SUBNET_GROUP,
            type,
            {**arguments, "subnet_group_name": "${aws_elasticache_subnet_group.s.name}"},
            also=[{"subnet_group_name": "private"}],
            fails=[
                ({"subnet_group_name": None}, "subnet_group_name is not set"),
                ({"subnet_group_name": "default"}, 'subnet_group_name = "default"'),
            ],
            unknown=["subnet_group_name"],
        )
        for type, arguments in ((GROUP, THIS), (CLUSTER, ALONE))
    ),
    Spec(
        elasticache.SUBNET_GROUP,
        CLUSTER,
        {**ALONE, "subnet_group_name": "private"},
        fails=[({"subnet_group_name": ""}, "subnet_group_name")],
        unknown=["replication_group_id"],
        spared=[IN_GROUP],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
