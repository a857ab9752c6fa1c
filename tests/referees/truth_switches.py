"""The quickstart with one demand of the catalogue switched off: a small change for each row.

A function is named for its row; a row of several demands has one function for each, its name continued after `__`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

Resources = dict[str, dict[str, dict[str, Any]]]

_SWITCHES: dict[str, Callable[[Resources], None]] = {}


def switched_off(quickstart: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The quickstart once for each switch, by its name."""
    documents = {}
    for name, switch in _SWITCHES.items():
        documents[name] = copy.deepcopy(dict(quickstart))
        switch(documents[name]["resource"])
    return documents


def row_of(switch: str) -> str:
    """The row of the catalogue that a switch turns off."""
    return switch.partition("__")[0].replace("_", "-")


def _switch(function: Callable[[Resources], None]) -> Callable[[Resources], None]:
    _SWITCHES[function.__name__] = function
    return function


def _allow(policy: str, **statement: Any) -> str:
    document = json.loads(policy)
    document["Statement"].append({"Effect": "Allow", **statement})
    return json.dumps(document)


def _admit(resources: Resources, **rule: Any) -> None:
    resources["aws_vpc_security_group_ingress_rule"]["web_from_internet_tcp_443"].update(rule)


def _allow_in_acl(resources: Resources, low: int, high: int) -> None:
    resources["aws_network_acl_rule"]["network_public_acl_from_internet_http"].update(from_port=low, to_port=high)


def _read_waiver(resources: Resources, **statement: Any) -> None:
    policy = resources["aws_iam_role_policy"]["service_permissions"]
    policy["policy"] = _allow(policy["policy"], **statement)


@_switch
def s3_bpa_bucket(resources: Resources) -> None:
    block = resources["aws_s3_bucket_public_access_block"]["uploads_public_access_block"]
    block.update(
        block_public_acls=False, block_public_policy=False, ignore_public_acls=False, restrict_public_buckets=False
    )


@_switch
def s3_bpa_bucket__none(resources: Resources) -> None:
    del resources["aws_s3_bucket_public_access_block"]["uploads_public_access_block"]


@_switch
def s3_sse_kms(resources: Resources) -> None:
    encryption = resources["aws_s3_bucket_server_side_encryption_configuration"]["uploads_encryption"]
    encryption["rule"] = [{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}]


@_switch
def s3_sse_kms__none(resources: Resources) -> None:
    del resources["aws_s3_bucket_server_side_encryption_configuration"]["uploads_encryption"]


@_switch
def s3_versioning(resources: Resources) -> None:
    versioning = resources["aws_s3_bucket_versioning"]["uploads_versioning"]
    versioning["versioning_configuration"]["status"] = "Suspended"


@_switch
def s3_versioning__none(resources: Resources) -> None:
    del resources["aws_s3_bucket_versioning"]["uploads_versioning"]


@_switch
def s3_access_logging(resources: Resources) -> None:
    del resources["aws_s3_bucket_logging"]["uploads_access_logging"]


@_switch
def s3_acls_disabled(resources: Resources) -> None:
    controls = resources["aws_s3_bucket_ownership_controls"]["uploads_ownership"]
    controls["rule"] = {"object_ownership": "ObjectWriter"}
    for grant in ("public-read", "public-read-write"):
        name = f"uploads_{grant.replace('-', '_')}_acl"
        resources.setdefault("aws_s3_bucket_acl", {})[name] = {
            "bucket": "${aws_s3_bucket.uploads_bucket.id}",
            "acl": grant,
        }


@_switch
def s3_policy_no_public(resources: Resources) -> None:
    policy = resources["aws_s3_bucket_policy"]["uploads_policy"]
    everything = "${aws_s3_bucket.uploads_bucket.arn}/*"
    policy["policy"] = _allow(policy["policy"], Principal="*", Action=["s3:GetObject"], Resource=[everything])


@_switch
def s3_policy_no_lockout(resources: Resources) -> None:
    policy = resources["aws_s3_bucket_policy"]["uploads_policy"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["*"]}
    policy["policy"] = json.dumps({"Version": "2012-10-17", "Statement": [deny]})


@_switch
def s3_lifecycle(resources: Resources) -> None:
    del resources["aws_s3_bucket_lifecycle_configuration"]["uploads_lifecycle"]


@_switch
def s3_abort_multipart(resources: Resources) -> None:
    lifecycle = resources["aws_s3_bucket_lifecycle_configuration"]["uploads_lifecycle"]
    lifecycle["rule"] = [rule for rule in lifecycle["rule"] if "abort_incomplete_multipart_upload" not in rule]


@_switch
def s3_object_lock(resources: Resources) -> None:
    resources["aws_s3_bucket"]["uploads_bucket"]["object_lock_enabled"] = False


@_switch
def kms_rotation(resources: Resources) -> None:
    resources["aws_kms_key"]["uploads_key"]["enable_key_rotation"] = False


@_switch
def kms_policy_explicit(resources: Resources) -> None:
    del resources["aws_kms_key"]["uploads_key"]["policy"]


@_switch
def kms_policy_no_public(resources: Resources) -> None:
    key = resources["aws_kms_key"]["uploads_key"]
    key["policy"] = _allow(key["policy"], Principal="*", Action="kms:*", Resource="*")


@_switch
def kms_enabled(resources: Resources) -> None:
    resources["aws_kms_key"]["uploads_key"]["is_enabled"] = False


@_switch
def vpc_default_sg_closed(resources: Resources) -> None:
    group = resources["aws_default_security_group"]["network_default_security_group"]
    group["ingress"] = [{"protocol": "-1", "self": True, "from_port": 0, "to_port": 0}]


@_switch
def vpc_default_sg_closed__none(resources: Resources) -> None:
    del resources["aws_default_security_group"]


@_switch
def vpc_flow_logs(resources: Resources) -> None:
    del resources["aws_flow_log"]


@_switch
def vpc_subnet_no_auto_public_ip(resources: Resources) -> None:
    resources["aws_subnet"]["network_public_a"]["map_public_ip_on_launch"] = True


@_switch
def vpc_nat_gateway(resources: Resources) -> None:
    route = resources["aws_route"]["network_public_to_internet"]
    del route["gateway_id"]
    route["instance_id"] = "i-0123456789abcdef0"


@_switch
def vpc_peering_routes(resources: Resources) -> None:
    peering = {"vpc_id": "${aws_vpc.network_vpc.id}", "peer_vpc_id": "vpc-0123456789abcdef0"}
    resources["aws_vpc_peering_connection"] = {"peering": peering}
    resources["aws_route"]["to_peer"] = {
        "route_table_id": "${aws_route_table.network_private_a_routes.id}",
        "destination_cidr_block": "0.0.0.0/0",
        "vpc_peering_connection_id": "${aws_vpc_peering_connection.peering.id}",
    }


@_switch
def nacl_no_admin_ports(resources: Resources) -> None:
    _allow_in_acl(resources, 22, 22)


@_switch
def nacl_no_admin_ports__remote_desktop(resources: Resources) -> None:
    _allow_in_acl(resources, 3389, 3389)


@_switch
def nacl_no_ftp(resources: Resources) -> None:
    _allow_in_acl(resources, 20, 21)


@_switch
def nacl_no_all_ports(resources: Resources) -> None:
    rule = resources["aws_network_acl_rule"]["network_public_acl_from_internet_http"]
    rule["protocol"] = "-1"
    del rule["from_port"], rule["to_port"]


@_switch
def nacl_associated(resources: Resources) -> None:
    resources["aws_network_acl"]["network_isolated_acl"]["subnet_ids"] = []


@_switch
def sg_no_ssh_from_any(resources: Resources) -> None:
    _admit(resources, from_port=22, to_port=22)


@_switch
def sg_no_rdp_from_any(resources: Resources) -> None:
    _admit(resources, from_port=3389, to_port=3389)


@_switch
def sg_no_all_ports_from_any(resources: Resources) -> None:
    _admit(resources, from_port=0, to_port=65535)


@_switch
def sg_no_all_ports_from_any__all_protocols(resources: Resources) -> None:
    _admit(resources, ip_protocol="-1", from_port=None, to_port=None)


@_switch
def sg_no_http_from_any(resources: Resources) -> None:
    _admit(resources, from_port=80, to_port=80)


@_switch
def sg_egress_restricted(resources: Resources) -> None:
    resources["aws_vpc_security_group_egress_rule"]["web_to_anywhere"] = {
        "description": "all to anywhere",
        "security_group_id": "${aws_security_group.web_security_group.id}",
        "cidr_ipv4": "0.0.0.0/0",
        "ip_protocol": "-1",
    }


@_switch
def sg_descriptions(resources: Resources) -> None:
    del resources["aws_vpc_security_group_ingress_rule"]["web_from_internet_tcp_443"]["description"]


@_switch
def sg_in_use(resources: Resources) -> None:
    resources["aws_network_interface"] = {
        "web_interface": {
            "subnet_id": "${aws_subnet.network_private_a.id}",
            "security_groups": ["${aws_security_group.web_security_group.id}"],
        }
    }


@_switch
def iam_no_admin_policy(resources: Resources) -> None:
    _read_waiver(resources, Action="*", Resource="*")


@_switch
def iam_no_action_star(resources: Resources) -> None:
    _read_waiver(resources, Action="*", Resource="${aws_s3_bucket.uploads_bucket.arn}")


@_switch
def iam_no_privesc(resources: Resources) -> None:
    _read_waiver(resources, Action=["iam:CreatePolicyVersion"], Resource="*")


@_switch
def iam_no_administratoraccess(resources: Resources) -> None:
    resources["aws_iam_role_policy_attachment"] = {
        "administrator": {
            "role": "${aws_iam_role.service_role.name}",
            "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess",
        }
    }


@_switch
def iam_trust_no_wildcard(resources: Resources) -> None:
    role = resources["aws_iam_role"]["service_role"]
    role["assume_role_policy"] = _allow(role["assume_role_policy"], Principal={"AWS": "*"}, Action="sts:AssumeRole")


@_switch
def iam_github_oidc_safe(resources: Resources) -> None:
    role = resources["aws_iam_role"]["service_role"]
    provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
    role["assume_role_policy"] = _allow(
        role["assume_role_policy"],
        Principal={"Federated": provider},
        Action="sts:AssumeRoleWithWebIdentity",
        Condition={"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}},
    )


@_switch
def trail_multi_region(resources: Resources) -> None:
    resources["aws_cloudtrail"]["audit_trail"]["is_multi_region_trail"] = False


@_switch
def trail_logging_on(resources: Resources) -> None:
    resources["aws_cloudtrail"]["audit_trail"]["enable_logging"] = False


@_switch
def trail_log_validation(resources: Resources) -> None:
    resources["aws_cloudtrail"]["audit_trail"]["enable_log_file_validation"] = False


@_switch
def trail_kms(resources: Resources) -> None:
    del resources["aws_cloudtrail"]["audit_trail"]["kms_key_id"]


@_switch
def trail_cloudwatch_logs(resources: Resources) -> None:
    trail = resources["aws_cloudtrail"]["audit_trail"]
    del trail["cloud_watch_logs_group_arn"], trail["cloud_watch_logs_role_arn"]


@_switch
def trail_sns(resources: Resources) -> None:
    resources["aws_cloudtrail"]["audit_trail"].pop("sns_topic_name", None)


@_switch
def cw_loggroup_kms(resources: Resources) -> None:
    del resources["aws_cloudwatch_log_group"]["network_flow_logs_log_group"]["kms_key_id"]


@_switch
def cw_loggroup_retention(resources: Resources) -> None:
    resources["aws_cloudwatch_log_group"]["network_flow_logs_log_group"]["retention_in_days"] = 30


@_switch
def cw_loggroup_retention__for_ever(resources: Resources) -> None:
    del resources["aws_cloudwatch_log_group"]["network_flow_logs_log_group"]["retention_in_days"]


@_switch
def cw_alarm_has_action(resources: Resources) -> None:
    resources["aws_cloudwatch_metric_alarm"]["alarms_root_usage_alarm"]["alarm_actions"] = []


@_switch
def sns_sse_kms(resources: Resources) -> None:
    del resources["aws_sns_topic"]["alarms_topic"]["kms_master_key_id"]


@_switch
def sns_policy_no_public(resources: Resources) -> None:
    policy = resources["aws_sns_topic_policy"]["alarms_topic_policy"]
    topic = "${aws_sns_topic.alarms_topic.arn}"
    policy["policy"] = _allow(policy["policy"], Principal="*", Action="sns:Publish", Resource=topic)


@_switch
def sns_no_cross_account(resources: Resources) -> None:
    policy = resources["aws_sns_topic_policy"]["alarms_topic_policy"]
    other = {"AWS": "arn:aws:iam::999988887777:root"}
    topic = "${aws_sns_topic.alarms_topic.arn}"
    policy["policy"] = _allow(policy["policy"], Principal=other, Action="sns:Publish", Resource=topic)
