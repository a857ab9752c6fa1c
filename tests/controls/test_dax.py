"""Controls on DynamoDB Accelerator clusters."""

import pytest

from secureinfra.controls import dax
from tests.controls.spec import Spec, switch

THIS = {"cluster_name": "c", "node_type": "dax.r5.large", "replication_factor": 3, "iam_role_arn": "r"}
SPECS = [
    switch(dax.ENCRYPTED, dax.CLUSTER, "server_side_encryption.enabled", THIS),
    switch(dax.TLS, dax.CLUSTER, "cluster_endpoint_encryption_type", THIS, value="TLS", wrong=["NONE"]),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
