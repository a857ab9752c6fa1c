"""Import ids, as the provider's pages show them, from what a state says; the emulator's word is `tests/referees/test_moving.py`."""

from typing import Any

import pytest

from secureinfra.facts.import_ids import _FORMS, NOT_IMPORTABLE, import_id
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema


@pytest.mark.parametrize(
    ("type", "values", "expected"),
    [
        ("aws_s3_bucket", {"id": "acme-uploads", "arn": "x"}, "acme-uploads"),
        ("aws_iam_role_policy", {"id": "r:p", "role": "r", "name": "p"}, "r:p"),
        (
            "aws_iam_role_policy_attachment",
            {"id": "r-2026", "role": "r", "policy_arn": "arn:aws:iam::aws:policy/A"},
            "r/arn:aws:iam::aws:policy/A",
        ),
        ("aws_cloudwatch_event_target", {"event_bus_name": "default", "rule": "r", "target_id": "t"}, "default/r/t"),
        ("aws_cloudwatch_event_target", {"event_bus_name": None, "rule": "r", "target_id": "t"}, "r/t"),
        (
            "aws_route",
            {"route_table_id": "rtb-1", "destination_cidr_block": "", "destination_ipv6_cidr_block": "::/0"},
            "rtb-1_::/0",
        ),
        ("aws_route_table_association", {"subnet_id": "subnet-1", "route_table_id": "rtb-1"}, "subnet-1/rtb-1"),
        (
            "aws_network_acl_rule",
            {"network_acl_id": "acl-1", "rule_number": 100, "protocol": "6", "egress": False},
            "acl-1:100:6:false",
        ),
        (
            "aws_lambda_permission",
            {"function_name": "arn:aws:lambda:eu-central-1:1:function:f", "qualifier": "", "statement_id": "s"},
            "f/s",
        ),
        ("aws_lambda_permission", {"function_name": "f", "qualifier": "live", "statement_id": "s"}, "f:live/s"),
        ("aws_ecs_service", {"cluster": "arn:aws:ecs:eu-central-1:1:cluster/main", "name": "web"}, "main/web"),
        ("aws_ebs_encryption_by_default", {"id": "terraform-2026"}, "default"),
        ("aws_wafv2_web_acl", {"id": "a1", "name": "edge", "scope": "CLOUDFRONT"}, "a1/edge/CLOUDFRONT"),
        ("aws_iam_role_policy", {"role": "r"}, None),
        ("aws_unheard_of", {}, None),
    ],
)
def test_import_id(type: str, values: dict[str, Any], expected: str | None) -> None:
    assert import_id(type, values) == expected


def test_forms_name_attributes_that_states_have() -> None:
    # Of the two, only the first schema holds what the provider computes.
    schema = provider_schema(VERSIONS[0])
    for type, form in _FORMS.items():
        names = {name for field in form.split("{")[1:] for name in field.split("}")[0].removesuffix("!tail").split("|")}
        assert names <= schema.block("resource", type)["a"].keys(), type
    assert all(schema.block("resource", type) for type in NOT_IMPORTABLE)
