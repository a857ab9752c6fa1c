"""Rules of security groups as AWS lists them: with ids, which a state lacks for rules that are written within a group.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from secureinfra.adopt.existing import Existing
from secureinfra.errors import ConfigurationError

LIST_RULES: Final = "aws ec2 describe-security-group-rules --output json > rules.json"
"""The command that lists them."""

_NAMES = {
    "GroupId": "security_group_id",
    "IpProtocol": "ip_protocol",
    "FromPort": "from_port",
    "ToPort": "to_port",
    "CidrIpv4": "cidr_ipv4",
    "CidrIpv6": "cidr_ipv6",
    "PrefixListId": "prefix_list_id",
    "Description": "description",
}


def read_group_rules(text: str, where: str) -> list[Existing]:
    """The rules as the resources that stand for one rule each.

    Args:
        text: what `aws ec2 describe-security-group-rules` printed as JSON.
        where: where it comes from, for errors.

    Raises:
        ConfigurationError: it is something else.
    """
    try:
        rules = json.loads(text)["SecurityGroupRules"]
        return [_resource(one) for one in rules]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigurationError(
            f"{where}: is not a list of security group rules as AWS prints it. Write it with `{LIST_RULES}`."
        ) from None


def _resource(rule: Mapping[str, Any]) -> Existing:
    id = str(rule["SecurityGroupRuleId"])
    way = "egress" if rule["IsEgress"] else "ingress"
    values = {name: rule.get(theirs) for theirs, name in _NAMES.items()}
    values["referenced_security_group_id"] = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    values["tags"] = {tag["Key"]: tag["Value"] for tag in rule.get("Tags") or ()}
    return Existing(id, f"aws_vpc_security_group_{way}_rule", {**values, "id": id})
