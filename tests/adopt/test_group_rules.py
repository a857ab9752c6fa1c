"""Rules of security groups as AWS lists them."""

import json

import pytest

from secureinfra.adopt.group_rules import read_group_rules
from secureinfra.errors import ConfigurationError


def test_each_is_a_resource_of_its_own() -> None:
    rule = {
        "SecurityGroupRuleId": "sgr-1",
        "GroupId": "sg-1",
        "IsEgress": True,
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 81,
        "ReferencedGroupInfo": {"GroupId": "sg-2", "UserId": "111122223333"},
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    (one,) = read_group_rules(json.dumps({"SecurityGroupRules": [rule]}), "rules.json")
    assert (one.type, one.id) == ("aws_vpc_security_group_egress_rule", "sgr-1")
    assert one.values["referenced_security_group_id"] == "sg-2"
    assert (one.values["from_port"], one.values["to_port"], one.values["tags"]) == (80, 81, {"a": "b"})


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"SecurityGroupRules": [{}]}', '{"SecurityGroupRules": [1]}'])
def test_refuses_anything_else(text: str) -> None:
    with pytest.raises(
        ConfigurationError, match="rules.json: is not a list of security group rules as AWS prints it. Write it"
    ):
        read_group_rules(text, "rules.json")
