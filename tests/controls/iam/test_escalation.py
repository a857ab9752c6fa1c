"""Ways to more rights that several policies of one role, user or group open together."""

from typing import Any

import pytest

from secureinfra.controls.iam.policies import NO_ESCALATION
from tests.controls.judge import failure, findings, status
from tests.controls.policies import identity

PASS = identity("iam:PassRole")
RUN = identity(["lambda:CreateFunction", "lambda:InvokeFunction"])


def answers(**sections: Any) -> dict[str, str]:
    return {finding.address: finding.status for finding in findings(NO_ESCALATION, **sections)}


def test_no_escalation_over_two_inline_policies() -> None:
    found = failure(
        NO_ESCALATION,
        aws_iam_role={"r": {"name": "r"}},
        aws_iam_role_policy={
            "pass": {"role": "${aws_iam_role.r.id}", "policy": PASS},
            "run": {"role": "r", "policy": RUN},
        },
    )
    assert "aws_iam_role.r : all its policies together: iam:PassRole + lambda:CreateFunction" in found
    assert "aws_iam_role_policy" not in found.replace("aws_iam_role.r", "")


@pytest.mark.parametrize(
    ("holder", "attachment"),
    [
        ({}, {"aws_iam_role_policy_attachment": {"a": {"role": "${aws_iam_role.r.name}", "policy_arn": "P"}}}),
        ({}, {"aws_iam_policy_attachment": {"a": {"roles": ["${aws_iam_role.r.name}"], "policy_arn": "P"}}}),
        (
            {},
            {
                "aws_iam_role_policy_attachments_exclusive": {
                    "a": {"role_name": "${aws_iam_role.r.name}", "policy_arns": ["P"]}
                }
            },
        ),
        ({"managed_policy_arns": ["P"]}, {}),
    ],
    ids=["attachment", "list", "exclusive", "argument"],
)
def test_no_escalation_over_an_attached_policy(holder: dict[str, Any], attachment: dict[str, Any]) -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(held) for key, held in value.items()}
        if isinstance(value, list):
            return [filled(held) for held in value]
        return "${aws_iam_policy.run.arn}" if value == "P" else value

    role = {"inline_policy": {"name": "pass", "policy": PASS}, **filled(holder)}
    found = answers(aws_iam_role={"r": role}, aws_iam_policy={"run": {"policy": RUN}}, **filled(attachment))
    assert found["aws_iam_role.r"] == "failed"
    assert found["aws_iam_policy.run"] == "passed"


@pytest.mark.parametrize("holder", ["user", "group"])
def test_no_escalation_of_users_and_groups(holder: str) -> None:
    name = f"${{aws_iam_{holder}.h.name}}"
    sections = {
        f"aws_iam_{holder}": {"h": {}},
        f"aws_iam_{holder}_policy": {"p": {holder: name, "policy": PASS}},
        f"aws_iam_{holder}_policy_attachment": {"a": {holder: name, "policy_arn": "${aws_iam_policy.run.arn}"}},
        "aws_iam_policy": {"run": {"policy": RUN}},
    }
    assert answers(**sections)[f"aws_iam_{holder}.h"] == "failed"


def test_rights_of_a_named_role_are_written_and_used() -> None:
    def found(role: str) -> str:
        policies = {
            "write": identity("iam:PutRolePolicy", role),
            "use": identity("sts:AssumeRole", "${aws_iam_role.task.arn}"),
        }
        held = {name: {"role": "${aws_iam_role.r.id}", "policy": policy} for name, policy in policies.items()}
        return answers(aws_iam_role={"r": {}, "task": {}}, aws_iam_role_policy=held)["aws_iam_role.r"]

    assert found("${aws_iam_role.task.arn}") == "failed"
    assert found("${aws_iam_role.other.arn}") == "passed"
    assert found("${var.role}") == "unknown"


def test_one_policy_is_reported_where_it_stands() -> None:
    found = answers(
        aws_iam_role={"r": {}},
        aws_iam_role_policy={
            "bad": {"role": "${aws_iam_role.r.id}", "policy": identity("iam:PutRolePolicy")},
            "good": {"role": "${aws_iam_role.r.id}", "policy": identity("s3:GetObject", "arn:aws:s3:::b/*")},
        },
    )
    assert found == {
        "aws_iam_role.r": "passed",
        "aws_iam_role_policy.bad": "failed",
        "aws_iam_role_policy.good": "passed",
    }


def test_every_way_is_counted_once() -> None:
    found = failure(NO_ESCALATION, aws_iam_policy={"p": {"policy": identity("iam:*")}})
    assert found.count("\n") == 0
    assert " more -> fewer actions" in found


def test_not_asked() -> None:
    assert status(NO_ESCALATION, aws_iam_role={"r": {}}) == "not applicable"
    assert answers(
        aws_iam_role={"r": {}}, aws_iam_role_policy={"p": {"role": "${aws_iam_role.r.id}", "policy": PASS}}
    ) == {"aws_iam_role.r": "not applicable", "aws_iam_role_policy.p": "passed"}


def test_policies_of_aws_are_not_read() -> None:
    arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:${data.aws_partition.p.partition}:iam::aws:policy/X"]
    role = {"managed_policy_arns": arns, "inline_policy": {"policy": PASS}}
    assert status(NO_ESCALATION, data={"aws_partition": {"p": {}}}, aws_iam_role={"r": role}) == "passed"


def test_nobody_knows() -> None:
    role = {"inline_policy": {"policy": PASS}}
    unsure: list[dict[str, Any]] = [
        {"aws_iam_role_policy_attachment": {"a": {"role": "${aws_iam_role.r.name}", "policy_arn": "${var.x}"}}},
        {"aws_iam_role_policy": {"a": {"role": "${var.x}", "policy": RUN}}},
        {"aws_iam_role_policy": {"a": {"role": "${aws_iam_role.r.name}", "policy": "${var.x}"}}},
        {"aws_iam_role_policy": {"a": {"role": "${aws_iam_role.r.name}", "policy": identity("${var.x}")}}},
    ]
    for sections in unsure:
        assert answers(variable={"x": {}}, aws_iam_role={"r": role}, **sections)["aws_iam_role.r"] == "unknown"


def test_unknown_does_not_hide_what_is_wrong() -> None:
    found = answers(
        variable={"x": {}},
        aws_iam_role={"r": {"inline_policy": {"policy": PASS}}},
        aws_iam_role_policy={
            "run": {"role": "${aws_iam_role.r.name}", "policy": RUN},
            "other": {"role": "${aws_iam_role.r.name}", "policy": "${var.x}"},
        },
    )
    assert found["aws_iam_role.r"] == "failed"
