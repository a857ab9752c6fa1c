"""Controls on SQS queues."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import is_set, is_true
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.reading.resource_policies import not_public
from secureinfra.controls.verdict import Failure, any_of, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyStatement

ENCRYPTED = Control(
    id="sqs-queue-encrypted",
    title="Queues are encrypted",
    why="messages would lie on disk as they were sent",
    row="sqs-sse",
    mend="Set kms_master_key_id, or leave sqs_managed_sse_enabled true.",
)


@ENCRYPTED.check("aws_sqs_queue")
def _encrypted(queue: Block, configuration: Configuration) -> Iterator[Failure]:
    # Since October 2022 AWS encrypts a new queue of which nothing is said, and the provider says nothing then
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
    title="Queues are encrypted with a customer key",
    why="only a customer key shows and stops who reads the messages",
    row="sqs-cmk",
    mend="Set kms_master_key_id to a customer managed key that the sending services may use.",
)

CUSTOMER_KEY.check("aws_sqs_queue")(customer_key("kms_master_key_id"))

POLICY_NOT_PUBLIC = Control(
    id="sqs-queue-policy-not-public",
    title="No queue policy lets everybody in",
    why="anybody could read, remove or send messages",
    row="sqs-policy-no-public",
    waivable=False,
    mend="Name the principals, or limit Principal '*' by a condition such as aws:SourceArn.",
)

POLICY_NOT_PUBLIC.check("aws_sqs_queue", "aws_sqs_queue_policy")(not_public("policy"))

POLICY_SCOPED = Control(
    id="sqs-queue-policy-scoped",
    title="Queue policies name the actions that they allow",
    why="whoever may send could also read, empty or delete the queue, or open its policy",
    row="sqs-policy-no-action-star",
    mend="List the actions, e.g. sqs:SendMessage.",
)


@POLICY_SCOPED.check("aws_sqs_queue", "aws_sqs_queue_policy")
def _policy_scoped(block: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.policy_document import statements_of  # noqa: PLC0415

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if not statement.allows:
            return
        if statement.not_actions or any_of(statement.actions, _is_every):
            every = "all actions but a few" if statement.not_actions else "every action"
            yield Failure(
                f"Allow for {every}", "the actions by name, e.g. sqs:SendMessage", at=f"policy.{statement.at}"
            )

    return each(statements_of(block, "policy", configuration), judge)


def _is_every(action: Any) -> bool:
    from secureinfra.terraform.policy_document import matches  # noqa: PLC0415

    if is_unknown(action):
        raise UnknownValueError(action)
    # No action has this name: what covers it covers all of them.
    return matches(str(action), "sqs:~")
