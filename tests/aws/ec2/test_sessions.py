"""Sessions: encrypted, recorded, on the instances of one fleet, with the least rights."""

import json

from secureinfra.aws.autoscaling.group import Fleet
from secureinfra.testing import synthesize, test_stack
from tests.aws.autoscaling.stacks import CONFIG, only, operators, statements


def test_sessions_are_encrypted_and_recorded() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    document = only(stack, "aws_ssm_document")
    inputs = json.loads(document["content"])["inputs"]
    assert document["document_type"] == "Session"
    assert (inputs["cloudWatchEncryptionEnabled"], inputs["kmsKeyId"]) == (True, "${aws_kms_key.workers_key.arn}")
    assert inputs["cloudWatchLogGroupName"] == "${aws_cloudwatch_log_group.workers_sessions_log_group.name}"


def test_instances_have_no_more_than_the_agent_needs() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    assert "aws_iam_role_policy_attachment" not in synthesize(stack)["resource"]
    allowed = {
        action
        for one in statements(stack, "aws_iam_role_policy", "workers_role_permissions")
        for action in one["Action"]
    }
    assert not {"ssm:GetParameter", "ssm:GetParameters", "ec2messages:GetMessages"} & allowed
    assert not any(action.endswith("*") for action in allowed)
    everywhere = [
        one["Action"]
        for one in statements(stack, "aws_iam_role_policy", "workers_role_permissions")
        if one["Resource"] == ["*"]
    ]
    assert [{action.partition(":")[0] for action in actions} for actions in everywhere] == [{"ssmmessages"}]


def test_session_is_for_one_fleet_with_its_document() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG).grant_session(operators(stack))
    on, by, own, key = statements(stack, "aws_iam_role_policy", "operators_permissions")
    assert on["Condition"]["StringEquals"] == {"aws:ResourceTag/secureinfra:fleet": ["test-workers"]}
    assert by["Resource"] == ["${aws_ssm_document.workers_session_document.arn}"]
    # Without this condition, a role that may use any document could leave ours out.
    assert (
        on["Condition"]["BoolIfExists"]
        == by["Condition"]["BoolIfExists"]
        == {"ssm:SessionDocumentAccessCheck": ["true"]}
    )
    assert own["Resource"][0].endswith(":session/$${aws:userid}-*")
    assert key["Action"] == ["kms:GenerateDataKey"]
    # The instances carry the tag, and no other of the account's do.
    tags = [
        one["tags"]
        for one in only(stack, "aws_launch_template")["tag_specifications"]
        if one["resource_type"] == "instance"
    ]
    assert tags[0]["secureinfra:fleet"] == "test-workers"
