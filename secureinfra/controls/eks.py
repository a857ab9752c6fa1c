"""Controls on EKS clusters and node groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import (
    all_hold,
    argument,
    includes,
    is_false,
    is_set,
    is_true,
    only_if,
    some_block,
)
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

CLUSTER, NODES = "aws_eks_cluster", "aws_eks_node_group"
# docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-2, as of November 2026
_OLDEST = (1, 33)

ENDPOINT_PRIVATE = Control(
    id="eks-cluster-endpoint-private",
    title="EKS clusters have no public endpoint",
    why="anyone on the internet could try stolen credentials and known vulnerabilities",
    row="eks-endpoint-private",
    fix="Set endpoint_public_access = false and endpoint_private_access = true in vpc_config.",
)
ENDPOINT_PRIVATE.check(CLUSTER)(
    argument("vpc_config.endpoint_public_access", is_false, "endpoint_public_access = false", absent=True)
)

VERSION = Control(
    id="eks-cluster-version-supported",
    title="EKS clusters run a supported Kubernetes version",
    why="vulnerabilities are not fixed in older versions, and AWS upgrades or charges them",
    row="eks-version-supported",
    fix="Set version to one in standard support.",
)
NODE_VERSION = Control(
    id="eks-node-group-version-supported",
    title="EKS node groups run a supported Kubernetes version",
    why="vulnerabilities of the nodes are not fixed in older versions",
    row="eks-node-version-supported",
    fix="Remove version, so that the nodes follow their cluster, or set it to one in standard support.",
)


@VERSION.check(CLUSTER)
def _version(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    if cluster.get("version") is None:
        raise UnknownValueError(Unknown("the Kubernetes version that AWS chooses"))
    yield from _supported(cluster)


def _supported(part: Block) -> Iterator[Failure]:
    version = part.get("version")
    if is_unknown(version):
        raise UnknownValueError(version)
    if _numbers(version) < _OLDEST:
        yield Failure(written("version", version), f"version = {'.'.join(map(str, _OLDEST))} or newer", at="version")


def _numbers(version: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in str(version).split(".") if part.isdigit())


NODE_VERSION.check(NODES)(
    only_if(
        lambda nodes: nodes.get("version") is not None,
        "its nodes follow the version of the cluster",
        lambda nodes, configuration: _supported(nodes),
    )
)

SECRETS_ENCRYPTED = Control(
    id="eks-cluster-secrets-encrypted",
    title="EKS clusters encrypt Kubernetes secrets with a customer managed key",
    why="a copy of the control plane's storage would expose every secret",
    row="eks-secrets-encrypted",
    fix='Write encryption_config with resources = ["secrets"] and provider { key_arn = ... }.',
)
SECRETS_ENCRYPTED.check(CLUSTER)(
    all_hold(
        some_block(
            "encryption_config",
            lambda node: includes("secrets")(node.get("resources")),
            "no encryption_config for secrets",
            'encryption_config { resources = ["secrets"], ... }',
        ),
        customer_key("encryption_config.provider.key_arn"),
    )
)

AUDITED = Control(
    id="eks-cluster-audited",
    title="EKS clusters write the audit log of Kubernetes",
    why="you could not find out who read a secret or changed a workload",
    row="eks-audit-logs",
    fix='Add "audit" to enabled_cluster_log_types.',
)
AUDITED.check(CLUSTER)(
    argument("enabled_cluster_log_types", includes("audit"), 'enabled_cluster_log_types = ["audit", ...]')
)

NO_SSH = Control(
    id="eks-node-group-no-ssh",
    title="EKS nodes are not open to SSH from the internet",
    why="AWS opens port 22 to everyone where a key is set without security groups",
    row="eks-node-no-ssh",
    waivable=False,
    fix="Remove remote_access, or set source_security_group_ids in it.",
)
NO_SSH.check(NODES)(
    only_if(
        lambda nodes: nodes.has("remote_access.ec2_ssh_key"),
        "its nodes have no SSH key",
        argument(
            "remote_access.source_security_group_ids", is_set, "source_security_group_ids = the groups of the callers"
        ),
    )
)

DELETION_PROTECTED = Control(
    id="eks-cluster-deletion-protected",
    title="EKS clusters have deletion protection",
    why="one wrong command or plan could delete everything that runs there",
    row="eks-deletion-protection",
    fix="Set deletion_protection = true (AWS provider 6).",
)
DELETION_PROTECTED.check(CLUSTER)(argument("deletion_protection", is_true, "deletion_protection = true", absent=False))
