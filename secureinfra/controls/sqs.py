"""Controls on SQS queues."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import is_set, is_true
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.resource_policies import not_public
from secureinfra.controls.verdict import Failure, each, written
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

ENCRYPTED = Control(
    id="sqs-queue-encrypted",
    title="SQS queues are encrypted",
    why="messages would be stored in plaintext",
    row="sqs-sse",
    fix="Set kms_master_key_id, or leave sqs_managed_sse_enabled = true.",
)


@ENCRYPTED.check("aws_sqs_queue")
def _encrypted(queue: Block, configuration: Configuration) -> Iterator[Failure]:
    # Since October 2022 AWS encrypts new queues by default, and the provider sends nothing if the argument is missing
    # (hashicorp/terraform-provider-aws pull request 27335).
    managed = queue.get("sqs_managed_sse_enabled", True)

    def encrypts(name: str) -> bool:
        return is_true(managed) if name == "sqs_managed_sse_enabled" else is_set(queue.get(name))

    if not any_of(("sqs_managed_sse_enabled", "kms_master_key_id"), encrypts):
        yield Failure(
            written("sqs_managed_sse_enabled", managed) + " and no kms_master_key_id",
            "kms_master_key_id = the ARN of a key, or sqs_managed_sse_enabled = true",
            at="sqs_managed_sse_enabled",
        )


CUSTOMER_KEY = Control(
    id="sqs-queue-customer-key",
    title="SQS queues are encrypted with a customer managed key",
    why="only a customer managed key shows and limits who reads the messages",
    row="sqs-cmk",
    fix="Set kms_master_key_id to a customer managed key that the sending services may use.",
)

CUSTOMER_KEY.check("aws_sqs_queue")(customer_key("kms_master_key_id"))

POLICY_NOT_PUBLIC = Control(
    id="sqs-queue-policy-not-public",
    title="SQS queue policies do not allow anonymous access",
    why="anyone could read, delete or send messages",
    row="sqs-policy-no-public",
    waivable=False,
    fix="Name the principals, or limit Principal '*' by a condition such as aws:SourceArn.",
)

POLICY_NOT_PUBLIC.check("aws_sqs_queue", "aws_sqs_queue_policy")(not_public("policy"))

POLICY_SCOPED = Control(
    id="sqs-queue-policy-scoped",
    title="SQS queue policies list the actions that they allow",
    why="a principal that only needs to send could also read, purge or delete the queue, or change its policy",
    row="sqs-policy-no-action-star",
    fix="List the actions, e.g. sqs:SendMessage.",
)


@POLICY_SCOPED.check("aws_sqs_queue", "aws_sqs_queue_policy")
def _policy_scoped(block: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if not statement.allows:
            return
        if statement.not_actions or any_of(statement.actions, _is_every):
            every = "all actions but a few" if statement.not_actions else "every action"
            yield Failure(f"Allow for {every}", "a list of actions, e.g. sqs:SendMessage", at=f"policy.{statement.at}")

    return each(statements_of(block, "policy", configuration), judge)


def _is_every(action: Any) -> bool:
    from secureinfra.terraform.model.policy_document import matches  # noqa: PLC0415

    if is_unknown(action):
        raise UnknownValueError(action)
    # No action has this name, so a pattern that matches it matches all actions.
    return matches(str(action), "sqs:~")
