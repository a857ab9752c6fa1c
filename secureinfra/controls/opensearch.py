"""Controls on OpenSearch and Elasticsearch domains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import (
    all_hold,
    argument,
    at_least,
    is_set,
    is_true,
    one_of,
    some_block,
)
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Check

if TYPE_CHECKING:
    from secureinfra.controls.verdict import Failure
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

DOMAIN = "aws_opensearch_domain"
DOMAINS = (DOMAIN, "aws_elasticsearch_domain")
_NODES = "cluster_config"
_ENDPOINT = "domain_endpoint_options"
# docs.aws.amazon.com/securityhub/latest/userguide/opensearch-controls.html#opensearch-8
_TLS = "Policy-Min-TLS-1-2-PFS-2023-10"


def _on(path: str) -> Check:
    block, _, name = path.partition(".")
    return argument(path, is_true, f"{block} {{ {name} = true }}", absent=False)


def _logs(kind: str) -> Check:
    def is_published(node: Node) -> bool:
        enabled = node.get("enabled")
        return bool(node.get("log_type") == kind and is_true(True if enabled is None else enabled))

    return some_block(
        "log_publishing_options",
        is_published,
        f"no log_publishing_options for {kind}",
        f'log_publishing_options {{ log_type = "{kind}", cloudwatch_log_group_arn = ... }}',
    )


ENCRYPTED = Control(
    id="opensearch-domain-encrypted",
    title="OpenSearch domains are encrypted at rest",
    why="a copy of a disk or a snapshot would expose every document",
    row="opensearch-encrypted",
    fix="Write encrypt_at_rest { enabled = true }.",
)
ENCRYPTED.check(*DOMAINS)(_on("encrypt_at_rest.enabled"))

CUSTOMER_KEY = Control(
    id="opensearch-domain-customer-key",
    title="OpenSearch domains are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the documents",
    # No framework requires a customer managed key here: the row is about encryption.
    fix="Set kms_key_id in encrypt_at_rest.",
)
CUSTOMER_KEY.check(*DOMAINS)(customer_key("encrypt_at_rest.kms_key_id"))

IN_VPC = Control(
    id="opensearch-domain-in-vpc",
    title="OpenSearch domains are in a VPC",
    why="anyone on the internet could reach the endpoint and try its access policy",
    row="opensearch-in-vpc",
    fix="Write vpc_options with subnet_ids and security_group_ids. This replaces an existing domain.",
)
IN_VPC.check(*DOMAINS)(argument("vpc_options.subnet_ids", is_set, "vpc_options { subnet_ids = private subnets }"))

NODE_TO_NODE = Control(
    id="opensearch-domain-node-to-node",
    title="OpenSearch domains encrypt traffic between their nodes",
    why="documents could be read on the way from node to node",
    row="opensearch-node-to-node",
    fix="Write node_to_node_encryption { enabled = true }.",
)
NODE_TO_NODE.check(*DOMAINS)(_on("node_to_node_encryption.enabled"))

ERRORS_LOGGED = Control(
    id="opensearch-domain-errors-logged",
    title="OpenSearch domains publish their error log",
    why="you could not find out why the cluster or a query failed",
    row="opensearch-error-logs",
    fix='Write log_publishing_options { log_type = "ES_APPLICATION_LOGS", cloudwatch_log_group_arn = ... }.',
)
ERRORS_LOGGED.check(*DOMAINS)(_logs("ES_APPLICATION_LOGS"))

AUDITED = Control(
    id="opensearch-domain-audited",
    title="OpenSearch domains publish their audit log",
    why="you could not find out who read or changed which documents",
    row="opensearch-audit-logs",
    fix='Write log_publishing_options { log_type = "AUDIT_LOGS", ... }, with advanced_security_options { enabled = true }.',
)
AUDITED.check(*DOMAINS)(_logs("AUDIT_LOGS"))

DATA_NODES = Control(
    id="opensearch-domain-data-nodes",
    title="OpenSearch domains have three data nodes over several Availability Zones",
    why="an outage of one zone or node would stop searches or lose documents",
    row="opensearch-data-nodes",
    fix="Set instance_count = 3 or more and zone_awareness_enabled = true in cluster_config.",
)
DATA_NODES.check(*DOMAINS)(
    all_hold(
        argument(f"{_NODES}.instance_count", at_least(3), "instance_count = 3 or more", absent=1),
        argument(f"{_NODES}.zone_awareness_enabled", is_true, "zone_awareness_enabled = true", absent=False),
    )
)

MASTER_NODES = Control(
    id="opensearch-domain-master-nodes",
    title="OpenSearch domains have three dedicated master nodes",
    why="a busy or failed data node could take the whole cluster down",
    row="opensearch-master-nodes",
    fix="Set dedicated_master_enabled = true and dedicated_master_count = 3 in cluster_config.",
)
MASTER_NODES.check(*DOMAINS)(
    all_hold(
        argument(f"{_NODES}.dedicated_master_enabled", is_true, "dedicated_master_enabled = true", absent=False),
        argument(f"{_NODES}.dedicated_master_count", at_least(3), "dedicated_master_count = 3"),
    )
)

FINE_GRAINED = Control(
    id="opensearch-domain-fine-grained-access",
    title="OpenSearch domains have fine-grained access control",
    why="every caller that the domain accepts could read and delete every index",
    row="opensearch-fine-grained-access",
    fix="Write advanced_security_options with enabled = true and master_user_options.",
)
FINE_GRAINED.check(DOMAIN)(_on("advanced_security_options.enabled"))

TLS = Control(
    id="opensearch-domain-tls",
    title="OpenSearch domains require HTTPS with a current TLS policy",
    why="passwords and documents could be read in transit",
    row="opensearch-tls",
    fix=f'Write domain_endpoint_options {{ enforce_https = true, tls_security_policy = "{_TLS}" }}.',
)


@TLS.check(*DOMAINS)
def _tls(domain: Block, configuration: Configuration) -> Iterator[Failure]:
    # The provider says true within the block; without it, AWS takes HTTP too.
    https = argument(f"{_ENDPOINT}.enforce_https", is_true, "enforce_https = true", absent=bool(_of(domain)))
    policy = argument(f"{_ENDPOINT}.tls_security_policy", one_of(_TLS), f'tls_security_policy = "{_TLS}"')
    return iter(all_hold(https, policy)(domain, configuration))


def _of(domain: Block) -> list[Any]:
    return [node for node in domain.blocks(_ENDPOINT) if node.is_there]


AUTO_UPDATE = Control(
    id="opensearch-domain-auto-update",
    title="OpenSearch domains install software updates",
    why="vulnerabilities that are fixed in a newer version would remain",
    row="opensearch-auto-update",
    fix="Write software_update_options { auto_software_update_enabled = true }.",
)
AUTO_UPDATE.check(DOMAIN)(_on("software_update_options.auto_software_update_enabled"))
