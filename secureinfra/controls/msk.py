"""Controls on MSK: Kafka clusters and connectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_false, is_true, not_one_of, one_of, some_block
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Check
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Node

CLUSTER, CONNECTOR = "aws_msk_cluster", "aws_mskconnect_connector"
_TRANSIT = "encryption_info.encryption_in_transit"
_DESTINATIONS = ("cloudwatch_logs", "s3", "firehose")


def _delivered(path: str) -> Check:
    """A check that a log goes to some destination that is enabled."""

    def goes_somewhere(node: Node) -> bool:
        return any_of(_DESTINATIONS, lambda name: is_true(node.get(f"{name}.enabled")))

    expected = f"{path} {{ cloudwatch_logs {{ enabled = true, log_group = ... }} }}"
    return some_block(path, goes_somewhere, f"no enabled destination in {path}", expected)


TLS = Control(
    id="msk-cluster-tls",
    title="MSK clusters take TLS only, from clients and between brokers",
    why="messages and credentials could be read in transit",
    row="msk-tls",
    fix='Remove encryption_in_transit, or set client_broker = "TLS" and in_cluster = true.',
)
TLS.check(CLUSTER)(
    all_hold(
        argument(f"{_TRANSIT}.in_cluster", is_true, "in_cluster = true", absent=True),
        argument(f"{_TRANSIT}.client_broker", one_of("TLS"), 'client_broker = "TLS"', absent="TLS"),
    )
)

MONITORED = Control(
    id="msk-cluster-monitored",
    title="MSK clusters publish metrics for each topic",
    why="no alarm could show which topic is flooded or not read",
    row="msk-enhanced-monitoring",
    fix='Set enhanced_monitoring = "PER_TOPIC_PER_BROKER"; this is charged.',
)
MONITORED.check(CLUSTER)(
    argument(
        "enhanced_monitoring",
        one_of("PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"),
        'enhanced_monitoring = "PER_TOPIC_PER_BROKER"',
        absent="DEFAULT",
    )
)

CONNECTOR_TLS = Control(
    id="mskconnect-connector-tls",
    title="MSK connectors reach their cluster over TLS",
    why="messages could be read in transit",
    row="mskconnect-tls",
    fix='Write kafka_cluster_encryption_in_transit { encryption_type = "TLS" }.',
)
CONNECTOR_TLS.check(CONNECTOR)(
    argument(
        "kafka_cluster_encryption_in_transit.encryption_type",
        one_of("TLS"),
        'encryption_type = "TLS"',
        absent="PLAINTEXT",
    )
)

NOT_PUBLIC = Control(
    id="msk-cluster-not-public",
    title="MSK clusters are not publicly accessible",
    why="anyone on the internet could try credentials and known vulnerabilities",
    row="msk-not-public",
    waivable=False,
    fix="Remove public_access from connectivity_info.",
)
NOT_PUBLIC.check(CLUSTER)(
    argument(
        "broker_node_group_info.connectivity_info.public_access.type",
        not_one_of("SERVICE_PROVIDED_EIPS"),
        'type = "DISABLED"',
        absent="DISABLED",
    )
)

CONNECTOR_LOGGED = Control(
    id="mskconnect-connector-logged",
    title="MSK connectors write logs",
    why="you could not find out why records were lost",
    row="mskconnect-logging",
    fix="Write log_delivery with worker_log_delivery { cloudwatch_logs { enabled = true, log_group = ... } }.",
)
CONNECTOR_LOGGED.check(CONNECTOR)(_delivered("log_delivery.worker_log_delivery"))

AUTHENTICATED = Control(
    id="msk-cluster-authenticated",
    title="MSK clusters authenticate their clients",
    why="any host that reaches the brokers could read and write every topic",
    row="msk-no-unauthenticated",
    fix="Write client_authentication { sasl { iam = true } }, and do not set unauthenticated = true.",
)


def _authenticates(node: Node) -> bool:
    def is_on(way: str) -> bool:
        return node.has(way) if way.startswith("tls") else is_true(node.get(way))

    return any_of(("sasl.iam", "sasl.scram", "tls.certificate_authority_arns"), is_on)


AUTHENTICATED.check(CLUSTER)(
    all_hold(
        argument("client_authentication.unauthenticated", is_false, "unauthenticated = false"),
        some_block(
            "client_authentication",
            _authenticates,
            "no client_authentication by SASL or TLS",
            "client_authentication { sasl { iam = true } }",
        ),
    )
)

LOGGED = Control(
    id="msk-cluster-logged",
    title="MSK brokers write logs",
    why="you could not find out why a client was refused or a broker failed",
    row="msk-broker-logs",
    fix="Write logging_info with broker_logs { cloudwatch_logs { enabled = true, log_group = ... } }.",
)
LOGGED.check(CLUSTER)(_delivered("logging_info.broker_logs"))

CUSTOMER_KEY = Control(
    id="msk-cluster-customer-key",
    title="MSK clusters are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the messages",
    row="msk-cmk",
    fix="Set encryption_at_rest_kms_key_arn in encryption_info. This replaces an existing cluster.",
)
CUSTOMER_KEY.check(CLUSTER)(customer_key("encryption_info.encryption_at_rest_kms_key_arn"))
