"""Sessions on instances in place of SSH: by Session Manager, encrypted and recorded, with the least rights for both ends."""

from __future__ import annotations

import json

from secureinfra.aws.cloudwatch.log_group import SecureLogGroup
from secureinfra.aws.iam.role import SecureRole
from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine import Grantee, Resource, SecureConstruct
from secureinfra.policy import Condition, Statement

# What the agent calls without naming a resource:
# docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
_CHANNELS = tuple(f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data"))


def session_document(
    owner: SecureConstruct, name: str, key: SecureKey, log: SecureLogGroup, idle_minutes: int
) -> Resource:
    """The document that sessions are started with: encrypted under the key, recorded in the log group, as an unprivileged user.

    A document of its own, since `SSM-SessionManagerRunShell` is one for the whole account and region.
    """
    content = {
        "schemaVersion": "1.0",
        "description": f"{owner.path}: sessions",
        "sessionType": "Standard_Stream",
        "inputs": {
            "cloudWatchLogGroupName": log.name,
            "cloudWatchEncryptionEnabled": True,
            "cloudWatchStreamingEnabled": True,
            "kmsKeyId": key.arn,
            "idleSessionTimeout": str(idle_minutes),
            "runAsEnabled": False,
        },
    }
    return Resource(
        owner,
        "session-document",
        "aws_ssm_document",
        name=name,
        document_type="Session",
        document_format="JSON",
        content=json.dumps(content),
        tags=owner.config.tags or None,
    )


def allow_agent(owner: SecureConstruct, role: SecureRole, key: SecureKey, log: SecureLogGroup) -> None:
    """Let the agent on the instances offer sessions, decrypt them and record them; no `AmazonSSMManagedInstanceCore`, which
    reads every parameter of the account."""
    role.add_to_policy(Statement(actions=_CHANNELS, resources=("*",)))
    here = f"arn:{owner.partition}:ec2:{owner.region}:{owner.account_id}:instance/*"
    role.add_to_policy(Statement(actions=("ssm:UpdateInstanceInformation",), resources=(here,)))
    log.grant_write(role)
    # The agent looks whether the group is encrypted before it records.
    groups = f"arn:{owner.partition}:logs:{owner.region}:{owner.account_id}:log-group:*"
    role.add_to_policy(Statement(actions=("logs:DescribeLogGroups",), resources=(groups,)))
    key.grant(role, "Session", ("kms:Decrypt",))


def grant_session(
    owner: SecureConstruct,
    grantee: Grantee,
    document: Resource,
    key: SecureKey,
    *,
    instances: str,
    conditions: tuple[Condition, ...] = (),
) -> None:
    """Let a role start sessions on instances with their document only, and end its own.

    docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-sessiondocumentaccesscheck.html

    Args:
        owner: the construct of the instances.
        grantee: the role.
        document: what sessions are started with.
        key: encrypts them.
        instances: ARN of the instances.
        conditions: which of them.
    """
    here = f"{owner.region}:{owner.account_id}"
    checked = Condition("BoolIfExists", "ssm:SessionDocumentAccessCheck", ("true",))
    start = ("ssm:StartSession",)
    grantee.add_to_policy(Statement(actions=start, resources=(instances,), conditions=(*conditions, checked)))
    grantee.add_to_policy(Statement(actions=start, resources=(document.ref("arn"),), conditions=(checked,)))
    own = f"arn:{owner.partition}:ssm:{here}:session/${{aws:userid}}-*"
    grantee.add_to_policy(Statement(actions=("ssm:TerminateSession", "ssm:ResumeSession"), resources=(own,)))
    key.grant(grantee, "Session", ("kms:GenerateDataKey",))
