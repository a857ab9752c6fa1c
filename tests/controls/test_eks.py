"""Controls on EKS clusters and node groups."""

import pytest

from secureinfra.controls import eks
from tests.controls.spec import KEY, OWN, Spec, switch

CLUSTER, NODES = eks.CLUSTER, eks.NODES
THIS = {"name": "c", "role_arn": "r", "vpc_config": {"subnet_ids": ["s"]}}
GROUP = {"cluster_name": "c", "node_role_arn": "r", "subnet_ids": ["s"]}
SECRETS = {"encryption_config": {"resources": ["secrets"], "provider": {"key_arn": OWN}}}
SPECS = [
    switch(eks.ENDPOINT_PRIVATE, CLUSTER, "vpc_config.endpoint_public_access", THIS, value=False, wrong=[True]),
    Spec(
        eks.VERSION,
        CLUSTER,
        {**THIS, "version": "1.33"},
        also=[{"version": "1.40"}],
        fails=[({"version": "1.32"}, 'version = "1.32"'), ({"version": "1.9"}, 'version = "1.9"')],
        unknown=["version"],
        unsure=[{"version": None}],
    ),
    Spec(
        eks.NODE_VERSION,
        NODES,
        {**GROUP, "version": "1.33"},
        fails=[({"version": "1.32"}, 'version = "1.32"')],
        unknown=["version"],
        spared=[{"version": None}],
    ),
    Spec(
        eks.SECRETS_ENCRYPTED,
        CLUSTER,
        {**THIS, **SECRETS},
        beside=KEY,
        fails=[
            ({"encryption_config": None}, "no encryption_config for secrets"),
            ({"encryption_config.resources": []}, "no encryption_config for secrets"),
            ({"encryption_config.provider.key_arn": "alias/aws/eks"}, "alias/aws/eks"),
        ],
        unknown=["encryption_config.resources", "encryption_config.provider.key_arn"],
    ),
    switch(eks.AUDITED, CLUSTER, "enabled_cluster_log_types", THIS, value=["api", "audit"], wrong=[[], ["api"]]),
    Spec(
        eks.NO_SSH,
        NODES,
        {**GROUP, "remote_access": {"ec2_ssh_key": "k", "source_security_group_ids": ["${aws_security_group.g.id}"]}},
        fails=[
            ({"remote_access.source_security_group_ids": None}, "source_security_group_ids is not set"),
            ({"remote_access.source_security_group_ids": []}, "source_security_group_ids = []"),
        ],
        unknown=["remote_access.ec2_ssh_key", "remote_access.source_security_group_ids"],
        spared=[{"remote_access": None}],
    ),
    switch(eks.DELETION_PROTECTED, CLUSTER, "deletion_protection", THIS),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
