"""Controls on MSK clusters and connectors."""

import pytest

from secureinfra.controls import msk
from tests.controls.spec import Spec, own_key, switch

CLUSTER, CONNECTOR = msk.CLUSTER, msk.CONNECTOR
THIS = {"cluster_name": "c", "kafka_version": "3.6.0", "number_of_broker_nodes": 3}
TRANSIT = "encryption_info.encryption_in_transit"
PUBLIC = "broker_node_group_info.connectivity_info.public_access.type"
AUTHENTICATION = "client_authentication"
ON = {"enabled": True}
SPECS = [
    switch(msk.TLS, CLUSTER, f"{TRANSIT}.in_cluster", THIS, optional=True),
    switch(
        msk.TLS,
        CLUSTER,
        f"{TRANSIT}.client_broker",
        THIS,
        value="TLS",
        wrong=["TLS_PLAINTEXT", "PLAINTEXT"],
        optional=True,
    ),
    switch(msk.MONITORED, CLUSTER, "enhanced_monitoring", THIS, value="PER_TOPIC_PER_BROKER", wrong=["PER_BROKER"]),
    switch(
        msk.CONNECTOR_TLS,
        CONNECTOR,
        "kafka_cluster_encryption_in_transit.encryption_type",
        {"name": "c"},
        value="TLS",
        wrong=["PLAINTEXT"],
    ),
    switch(msk.NOT_PUBLIC, CLUSTER, PUBLIC, THIS, value="DISABLED", wrong=["SERVICE_PROVIDED_EIPS"], optional=True),
    *(
        Spec(
            control,
            type,
            {**this, outer: {inner: {"cloudwatch_logs": ON}}},
            also=[{f"{outer}.{inner}": {"s3": ON}}, {f"{outer}.{inner}": {"firehose": ON, "s3": {"enabled": False}}}],
            fails=[
                ({outer: None}, "no enabled destination"),
                ({f"{outer}.{inner}.cloudwatch_logs.enabled": False}, "no enabled destination"),
            ],
            unknown=[f"{outer}.{inner}.cloudwatch_logs.enabled", outer],
        )
        for control, type, this, outer, inner in (
            (msk.CONNECTOR_LOGGED, CONNECTOR, {"name": "c"}, "log_delivery", "worker_log_delivery"),
            (msk.LOGGED, CLUSTER, THIS, "logging_info", "broker_logs"),
        )
    ),
    Spec(
        msk.AUTHENTICATED,
        CLUSTER,
        {**THIS, AUTHENTICATION: {"sasl": {"iam": True}}},
        also=[
            {AUTHENTICATION: {"sasl": {"scram": True}}},
            {AUTHENTICATION: {"tls": {"certificate_authority_arns": ["${aws_acmpca_certificate_authority.a.arn}"]}}},
        ],
        fails=[
            ({AUTHENTICATION: None}, "no client_authentication by SASL or TLS"),
            ({f"{AUTHENTICATION}.sasl.iam": False}, "no client_authentication by SASL or TLS"),
            ({f"{AUTHENTICATION}.unauthenticated": True}, "unauthenticated = true"),
        ],
        unknown=[f"{AUTHENTICATION}.sasl.iam", f"{AUTHENTICATION}.unauthenticated"],
    ),
    own_key(msk.CUSTOMER_KEY, CLUSTER, "encryption_info.encryption_at_rest_kms_key_arn", THIS),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
