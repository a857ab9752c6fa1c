"""Controls on provisioned Redshift clusters."""

from typing import Any

import pytest

from secureinfra.controls.redshift import cluster
from tests.controls.spec import KEY, OWN, Spec, switch

CLUSTER, LOGGING = cluster.CLUSTER, cluster.LOGGING
THIS = {"cluster_identifier": "c", "node_type": "ra3.large"}
ID = "${aws_redshift_cluster.this.cluster_identifier}"
RULE = "aws_vpc_security_group_ingress_rule"
REQUIRED = {"name": "require_ssl", "value": "true"}
GROUPS: dict[str, Any] = {
    "aws_security_group": {"g": {"vpc_id": "v"}},
    RULE: {
        "r": {
            "security_group_id": "${aws_security_group.g.id}",
            "ip_protocol": "tcp",
            "from_port": 5439,
            "to_port": 5439,
            "cidr_ipv4": "10.0.0.0/16",
        }
    },
}
SPECS = [
    switch(cluster.NOT_PUBLIC, CLUSTER, "publicly_accessible", THIS, value=False, wrong=[True]),
    Spec(
        cluster.TLS,
        cluster.PARAMETERS,
        {"name": "p", "family": "redshift-2.0", "parameter": [{"name": "require_ssl", "value": "true"}]},
        fails=[
            ({"parameter": None}, "no parameter require_ssl"),
            ({"parameter.0.value": "false"}, "no parameter require_ssl"),
            ({"parameter.0.name": "use_fips_ssl"}, "no parameter require_ssl"),
        ],
        unknown=["parameter.0.value", "parameter.0.name"],
    ),
    Spec(
        cluster.TLS,
        CLUSTER,
        {**THIS, "cluster_parameter_group_name": "${aws_redshift_parameter_group.g.name}"},
        beside={cluster.PARAMETERS: {"g": {"name": "own", "family": "redshift-2.0", "parameter": [REQUIRED]}}},
        fails=[
            ({"cluster_parameter_group_name": None}, "the default group"),
            ({"cluster_parameter_group_name": "default.redshift-2.0"}, "the default group"),
        ],
        unknown=["cluster_parameter_group_name"],
        unsure=[{"cluster_parameter_group_name": "elsewhere"}],
    ),
    switch(cluster.SNAPSHOTS, CLUSTER, "automated_snapshot_retention_period", THIS, value=7, wrong=[0, 6]),
    Spec(
        cluster.LOGGED,
        CLUSTER,
        THIS,
        beside={LOGGING: {"l": {"cluster_identifier": ID}}},
        also=[{LOGGING: {}, "logging": {"enable": True}}],
        fails=[({LOGGING: {}}, f"no {LOGGING}"), ({LOGGING: {}, "logging": {"enable": False}}, f"no {LOGGING}")],
        unknown=[f"{LOGGING}.l.cluster_identifier", f"{LOGGING}.l.count"],
    ),
    switch(cluster.UPGRADED, CLUSTER, "allow_version_upgrade", THIS, optional=True),
    switch(cluster.VPC_ROUTING, CLUSTER, "enhanced_vpc_routing", THIS),
    Spec(
        cluster.CUSTOM_ADMINISTRATOR,
        CLUSTER,
        {**THIS, "master_username": "steward"},
        fails=[({"master_username": "awsuser"}, 'master_username = "awsuser"')],
        unknown=["master_username"],
        unsure=[{"master_username": None}],
    ),
    switch(cluster.CUSTOM_DATABASE, CLUSTER, "database_name", THIS, value="orders", wrong=["dev"]),
    Spec(
        cluster.ENCRYPTED,
        CLUSTER,
        {**THIS, "encrypted": True, "kms_key_id": OWN},
        beside=KEY,
        also=[{"encrypted": "true"}],
        fails=[
            ({"encrypted": None}, "encrypted is not set"),
            ({"encrypted": False}, "encrypted = false"),
            ({"kms_key_id": None}, "kms_key_id is not set"),
        ],
        unknown=["encrypted", "kms_key_id"],
    ),
    Spec(
        cluster.PORT_RESTRICTED,
        CLUSTER,
        {**THIS, "vpc_security_group_ids": ["${aws_security_group.g.id}"]},
        beside=GROUPS,
        also=[{f"{RULE}.r.cidr_ipv4": "0.0.0.0/0", f"{RULE}.r.from_port": 443, f"{RULE}.r.to_port": 443}],
        fails=[
            ({f"{RULE}.r.cidr_ipv4": "0.0.0.0/0"}, "tcp 5439 from 0.0.0.0/0"),
            ({f"{RULE}.r.cidr_ipv4": None, f"{RULE}.r.cidr_ipv6": "::/0"}, "tcp 5439 from ::/0"),
            ({"port": 8191, f"{RULE}.r.to_port": 9000, f"{RULE}.r.cidr_ipv4": "0.0.0.0/0"}, "tcp 5439-9000"),
        ],
        unknown=[f"{RULE}.r.cidr_ipv4", "vpc_security_group_ids"],
        unsure=[{"vpc_security_group_ids": None}, {"vpc_security_group_ids": ["sg-0123456789abcdef0"]}],
    ),
    switch(cluster.MULTI_AZ, CLUSTER, "multi_az", THIS),
    switch(cluster.IN_VPC, CLUSTER, "cluster_subnet_group_name", THIS, value="private", wrong=[""]),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
