"""Passing examples that are written for the page, where no test of the control has one that a reader should copy."""

from __future__ import annotations

import json
from typing import Any

Document = dict[str, Any]


def _one(type: str, name: str = "this", /, **arguments: Any) -> Document:
    return {"resource": {type: {name: arguments}}}


def _container(**definition: Any) -> Document:
    text = json.dumps([{"name": "web", "image": "nginx:1.29", **definition}])
    return _one("aws_ecs_task_definition", container_definitions=text, family="web")


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _reads_uploads() -> Document:
    return _one("aws_iam_policy", policy=_policy(Action="s3:GetObject", Resource="arn:aws:s3:::uploads/*"))


def _https_from_everywhere() -> Document:
    ports = {"from_port": 443, "to_port": 443}
    rule = {"network_acl_id": "acl-1", "protocol": "tcp", "rule_action": "allow", "rule_number": 100, **ports}
    return _one("aws_network_acl_rule", cidr_block="0.0.0.0/0", **rule)


def _kept_from_public(**before: Any) -> Document:
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    return {**before, **dict.fromkeys(names, True)}


def _own_account() -> Document:
    account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"
    policy = _policy(Sid="Account", Action="kms:*", Resource="*", Principal={"AWS": account})
    return {"data": {"aws_caller_identity": {"current": {}}}, **_one("aws_kms_key", policy=policy)}


def _from_main() -> Document:
    """Trust in GitHub Actions on one branch of one repository."""
    issuer = "token.actions.githubusercontent.com"
    claims = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "repo:acme/shop:ref:refs/heads/main"}
    policy = _policy(
        Action="sts:AssumeRoleWithWebIdentity",
        Principal={"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"},
        Condition={"StringEquals": claims},
    )
    return _one("aws_iam_role", assume_role_policy=policy)


_REPLICAS = {
    "aws_rds_cluster": {"this": {"engine": "aurora-mysql"}},
    "aws_rds_cluster_instance": {"this": {"cluster_identifier": "${aws_rds_cluster.this.id}", "count": 2}},
}
_OBJECTS = {"data_resource": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}], "read_write_type": "All"}
_STANDARD = "arn:aws:securityhub:eu-central-1::standards/cis-aws-foundations-benchmark/v/5.0.0"

PASSES: dict[str, Document] = {
    "autoscaling-group-launch-template": {
        "resource": {
            "aws_launch_template": {"this": {"image_id": "ami-1"}},
            "aws_autoscaling_group": {"this": {"launch_template": {"id": "${aws_launch_template.this.id}"}}},
        }
    },
    "cloudtrail-logging": _one("aws_cloudtrail", enable_logging=True),
    "cloudtrail-s3-reads": _one("aws_cloudtrail", event_selector=[_OBJECTS]),
    "cloudtrail-s3-writes": _one("aws_cloudtrail", event_selector=[_OBJECTS]),
    "ecs-task-definition-logged": _container(
        logConfiguration={
            "logDriver": "awslogs",
            "options": {"awslogs-group": "web", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "web"},
        }
    ),
    "ecs-task-definition-no-secrets": _container(
        secrets=[{"name": "DB_PASSWORD", "valueFrom": "${aws_secretsmanager_secret.database.arn}"}]
    ),
    "ecs-task-definition-nonroot-user": _container(user="1000:1000"),
    "ecs-task-definition-not-privileged": _container(privileged=False),
    "ecs-task-definition-readonly-root": _container(readonlyRootFilesystem=True),
    "elasticache-minor-upgrades": _one("aws_elasticache_cluster", engine="redis", auto_minor_version_upgrade=True),
    "iam-policy-data-reads-limited": _reads_uploads(),
    "iam-policy-names-exist": _reads_uploads(),
    "iam-policy-no-not-action": _reads_uploads(),
    "iam-policy-resources-named": _reads_uploads(),
    "iam-role-trust-github-pinned": _from_main(),
    "iam-role-trust-github-reviewed": _from_main(),
    "iam-role-short-session": _one("aws_iam_role", max_session_duration=3600),
    "instance-single-interface": _one(
        "aws_instance", network_interface=[{"device_index": 0, "network_interface_id": "eni-1"}]
    ),
    "instance-user-data-no-secrets": _one(
        "aws_instance", user_data="#!/bin/sh\naws secretsmanager get-secret-value --secret-id orders/database\n"
    ),
    "kms-key-deletion-delayed": _one("aws_kms_key", deletion_window_in_days=30),
    "kms-key-enabled": _one("aws_kms_key", is_enabled=True),
    "kms-key-policy-no-external-admin": _own_account(),
    "kms-key-policy-not-public": _own_account(),
    "kms-key-policy-explicit": _own_account(),
    "kms-key-single-region": _one("aws_kms_key", multi_region=False),
    "launch-template-imdsv2": _one("aws_launch_template", metadata_options={"http_tokens": "required"}),
    "network-interface-source-dest-check": _one("aws_instance", source_dest_check=True),
    "rds-cluster-multi-az": {"resource": _REPLICAS},
    "redshift-cluster-upgrades": _one("aws_redshift_cluster", allow_version_upgrade=True),
    "s3-access-point-not-public": _one(
        "aws_s3_access_point", bucket="uploads", public_access_block_configuration=_kept_from_public()
    ),
    "s3-bucket-policy-not-public": _one(
        "aws_s3_bucket_policy",
        bucket="uploads",
        policy=_policy(
            Action="s3:GetObject",
            Resource="arn:aws:s3:::uploads/*",
            Principal={"AWS": "arn:aws:iam::111122223333:role/reader"},
        ),
    ),
    "s3-multi-region-access-point-not-public": _one(
        "aws_s3control_multi_region_access_point",
        details={"name": "uploads", "public_access_block": _kept_from_public(), "region": [{"bucket": "uploads"}]},
    ),
    "security-group-narrow-public-cidr": _one(
        "aws_security_group",
        ingress=[{"cidr_blocks": ["203.0.113.0/24"], "from_port": 443, "protocol": "tcp", "to_port": 443}],
    ),
    "securityhub-benchmark-checked": {
        "resource": {
            "aws_securityhub_account": {"this": {"enable_default_standards": False}},
            "aws_securityhub_standards_subscription": {"cis": {"standards_arn": _STANDARD}},
        }
    },
    "sns-topic-same-account": _one(
        "aws_sns_topic_policy",
        arn="${aws_sns_topic.alerts.arn}",
        policy=_policy(
            Action="sns:Publish",
            Resource="${aws_sns_topic.alerts.arn}",
            Principal={"Service": "events.amazonaws.com"},
            Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}},
        ),
    ),
    "sqs-queue-policy-scoped": _one(
        "aws_sqs_queue",
        policy=_policy(
            Action="sqs:SendMessage",
            Principal={"Service": "sns.amazonaws.com"},
            Resource="*",
            Condition={"ArnEquals": {"aws:SourceArn": "${aws_sns_topic.alerts.arn}"}},
        ),
    ),
    "ssm-parameter-secret-encrypted": _one("aws_ssm_parameter", name="/db/password", type="SecureString"),
    "vpc-network-acl-no-admin-ports": _https_from_everywhere(),
    "vpc-network-acl-no-ftp": _https_from_everywhere(),
    "vpc-network-acl-not-wide-open": _https_from_everywhere(),
    "vpc-subnet-no-public-ip-on-launch": _one("aws_subnet", map_public_ip_on_launch=False),
}
