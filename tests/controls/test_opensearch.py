"""Controls on OpenSearch and Elasticsearch domains."""

from collections.abc import Iterator
from typing import Any

import pytest

from secureinfra.controls import opensearch
from secureinfra.controls.control import Control
from tests.controls.spec import KEY, OWN, Spec

THIS = {"domain_name": "documents"}
GROUP = "${aws_cloudwatch_log_group.g.arn}"


def on(control: Control, path: str, *types: str) -> Iterator[Spec]:
    block, name = path.split(".")
    for type in types:
        yield Spec(
            control,
            type,
            {**THIS, block: {name: True}},
            fails=[({block: None}, f"{name} is not set"), ({path: False}, f"{name} = false")],
            unknown=[path, block],
        )


def logs(control: Control, kind: str) -> Iterator[Spec]:
    for type in opensearch.DOMAINS:
        yield Spec(
            control,
            type,
            {**THIS, "log_publishing_options": [{"log_type": kind, "cloudwatch_log_group_arn": GROUP}]},
            also=[{"log_publishing_options.0.enabled": True}],
            fails=[
                ({"log_publishing_options": None}, f"no log_publishing_options for {kind}"),
                ({"log_publishing_options.0.log_type": "INDEX_SLOW_LOGS"}, "no log_publishing_options"),
                ({"log_publishing_options.0.enabled": False}, "no log_publishing_options"),
            ],
            unknown=["log_publishing_options.0.log_type", "log_publishing_options.0.enabled"],
        )


def both(control: Control, passes: dict[str, Any], **verdicts: Any) -> Iterator[Spec]:
    for type in opensearch.DOMAINS:
        yield Spec(control, type, {**THIS, **passes}, **verdicts)


SPECS = [
    *on(opensearch.ENCRYPTED, "encrypt_at_rest.enabled", *opensearch.DOMAINS),
    *on(opensearch.NODE_TO_NODE, "node_to_node_encryption.enabled", *opensearch.DOMAINS),
    *on(opensearch.FINE_GRAINED, "advanced_security_options.enabled", opensearch.DOMAIN),
    *on(opensearch.AUTO_UPDATE, "software_update_options.auto_software_update_enabled", opensearch.DOMAIN),
    *logs(opensearch.ERRORS_LOGGED, "ES_APPLICATION_LOGS"),
    *logs(opensearch.AUDITED, "AUDIT_LOGS"),
    *both(
        opensearch.CUSTOMER_KEY,
        {"encrypt_at_rest": {"enabled": True, "kms_key_id": OWN}},
        beside=KEY,
        fails=[({"encrypt_at_rest.kms_key_id": None}, "kms_key_id is not set")],
        unknown=["encrypt_at_rest.kms_key_id"],
    ),
    *both(
        opensearch.IN_VPC,
        {"vpc_options": {"subnet_ids": ["${aws_subnet.s.id}"]}},
        fails=[({"vpc_options": None}, "subnet_ids is not set"), ({"vpc_options.subnet_ids": []}, "subnet_ids = []")],
        unknown=["vpc_options.subnet_ids"],
    ),
    *both(
        opensearch.DATA_NODES,
        {"cluster_config": {"instance_count": 3, "zone_awareness_enabled": True}},
        fails=[
            ({"cluster_config": None}, "instance_count is not set (AWS defaults to 1)"),
            ({"cluster_config.instance_count": 2}, "instance_count = 2"),
            ({"cluster_config.zone_awareness_enabled": None}, "zone_awareness_enabled is not set"),
        ],
        unknown=["cluster_config.instance_count", "cluster_config.zone_awareness_enabled"],
    ),
    *both(
        opensearch.MASTER_NODES,
        {"cluster_config": {"dedicated_master_enabled": True, "dedicated_master_count": 3}},
        fails=[
            ({"cluster_config": None}, "dedicated_master_enabled is not set"),
            ({"cluster_config.dedicated_master_enabled": False}, "dedicated_master_enabled = false"),
            ({"cluster_config.dedicated_master_count": 2}, "dedicated_master_count = 2"),
        ],
        unknown=["cluster_config.dedicated_master_enabled", "cluster_config.dedicated_master_count"],
    ),
    *both(
        opensearch.TLS,
        {"domain_endpoint_options": {"enforce_https": True, "tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}},
        also=[{"domain_endpoint_options.enforce_https": None}],
        fails=[
            ({"domain_endpoint_options": None}, "enforce_https is not set (AWS defaults to False)"),
            ({"domain_endpoint_options.enforce_https": False}, "enforce_https = false"),
            ({"domain_endpoint_options.tls_security_policy": None}, "tls_security_policy is not set"),
            ({"domain_endpoint_options.tls_security_policy": "Policy-Min-TLS-1-2-2019-07"}, "2019-07"),
        ],
        unknown=["domain_endpoint_options.enforce_https", "domain_endpoint_options.tls_security_policy"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
