"""Controls on DynamoDB Accelerator clusters."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true, one_of

CLUSTER = "aws_dax_cluster"

ENCRYPTED = Control(
    id="dax-cluster-encrypted",
    title="DAX clusters are encrypted at rest",
    why="a copy of a disk would expose the items in the cache",
    row="dax-encrypted",
    fix="Write server_side_encryption { enabled = true }. This replaces an existing cluster.",
)
ENCRYPTED.check(CLUSTER)(
    argument("server_side_encryption.enabled", is_true, "server_side_encryption { enabled = true }", absent=False)
)

TLS = Control(
    id="dax-cluster-tls",
    title="DAX clusters are encrypted in transit",
    why="items could be read and changed on the network",
    row="dax-tls",
    fix='Set cluster_endpoint_encryption_type = "TLS". This replaces an existing cluster.',
)
TLS.check(CLUSTER)(
    argument(
        "cluster_endpoint_encryption_type", one_of("TLS"), 'cluster_endpoint_encryption_type = "TLS"', absent="NONE"
    )
)
