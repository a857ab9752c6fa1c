"""Controls on Neptune clusters."""

import pytest

from secureinfra.controls import neptune
from tests.controls.spec import Spec, own_key, switch

CLUSTER, INSTANCE = neptune.CLUSTER, neptune.INSTANCE
ID = "${aws_neptune_cluster.this.cluster_identifier}"


def instance(zone: str) -> dict[str, str]:
    return {"cluster_identifier": ID, "instance_class": "db.r6g.large", "availability_zone": zone}


SPECS = [
    switch(neptune.ENCRYPTED, CLUSTER, "storage_encrypted"),
    own_key(neptune.CUSTOMER_KEY, CLUSTER, "kms_key_arn"),
    switch(neptune.AUDITED, CLUSTER, "enable_cloudwatch_logs_exports", value=["audit"], wrong=[[], ["slowquery"]]),
    switch(neptune.DELETION_PROTECTED, CLUSTER, "deletion_protection"),
    switch(neptune.BACKED_UP, CLUSTER, "backup_retention_period", value=7, wrong=[1, 6]),
    switch(neptune.IAM_AUTHENTICATED, CLUSTER, "iam_database_authentication_enabled"),
    switch(neptune.TAGS_COPIED, CLUSTER, "copy_tags_to_snapshot"),
    Spec(
        neptune.MULTI_AZ,
        CLUSTER,
        {"cluster_identifier": "c"},
        beside={INSTANCE: {"a": instance("eu-central-1a"), "b": instance("eu-central-1b")}},
        fails=[
            ({INSTANCE: {}}, "0 aws_neptune_cluster_instance"),
            ({f"{INSTANCE}.b": None}, "1 aws_neptune_cluster_instance"),
            ({f"{INSTANCE}.b.availability_zone": "eu-central-1a"}, "2 aws_neptune_cluster_instance in less than two"),
        ],
        unknown=[f"{INSTANCE}.b.availability_zone"],
        unsure=[{f"{INSTANCE}.b.availability_zone": None}],
    ),
    switch(
        neptune.NOT_PUBLIC, INSTANCE, "publicly_accessible", instance("z"), value=False, wrong=[True], optional=True
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
