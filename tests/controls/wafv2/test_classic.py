"""Controls on AWS WAF Classic."""

from typing import Any

import pytest

from secureinfra.controls.wafv2 import classic
from tests.controls.spec import Spec, switch

ACL = {"name": "a", "metric_name": "a"}
ARN = "${aws_kinesis_firehose_delivery_stream.f.arn}"
HELD: list[tuple[Any, str, str, dict[str, Any]]] = [
    (
        classic.RULE_HAS_CONDITIONS,
        "aws_wafregional_rule",
        "predicate",
        {"data_id": "d", "negated": False, "type": "IPMatch"},
    ),
    (classic.RULE_HAS_CONDITIONS, "aws_waf_rule", "predicates", {"data_id": "d", "negated": False, "type": "IPMatch"}),
    (classic.GROUP_NOT_EMPTY, "aws_wafregional_rule_group", "activated_rule", {"priority": 1, "rule_id": "r"}),
    (classic.GROUP_NOT_EMPTY, "aws_waf_rule_group", "activated_rule", {"priority": 1, "rule_id": "r"}),
    (classic.ACL_HAS_RULES, "aws_wafregional_web_acl", "rule", {"priority": 1, "rule_id": "r"}),
    (classic.ACL_HAS_RULES, "aws_waf_web_acl", "rules", {"priority": 1, "rule_id": "r"}),
]
SPECS = [
    switch(classic.LOGGED, "aws_waf_web_acl", "logging_configuration.log_destination", ACL, value=ARN, wrong=[""]),
    *(
        Spec(
            control,
            type,
            {**ACL, block: [held]},
            fails=[({block: None}, f"no {block} block"), ({block: []}, f"no {block} block")],
            unknown=[block],
        )
        for control, type, block, held in HELD
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
