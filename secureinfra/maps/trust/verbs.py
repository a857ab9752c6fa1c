"""What actions do, in one verb: `read` for `s3:GetObject`. What reads settings only has none.

The names of actions and what each does: docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Iterator

from secureinfra.facts.iam_actions import PERMISSIONS, WRITES, named_by, scopable

__all__ = ["ORDER", "SERVICES", "actions_of", "service_of", "verb_of"]

ORDER = (
    "read list write delete invoke publish subscribe send receive encrypt decrypt sign start pull push mount back-up restore "
    "administer"
).split()
"""Verbs in the order of a row; names of actions come after them."""

# The actions that stand for a verb, the first of them for a wildcard.
_VERBS: dict[str, dict[str, str]] = {
    "s3": {
        "read": "GetObject GetObjectVersion",
        "list": "ListBucket ListBucketVersions",
        "write": "PutObject ReplicateObject AbortMultipartUpload",
        "delete": "DeleteObject DeleteObjectVersion ReplicateDelete",
        "administer": "PutBucketPolicy DeleteBucketPolicy PutBucketAcl PutObjectAcl PutObjectVersionAcl DeleteBucket",
    },
    "kms": {
        "encrypt": "GenerateDataKey GenerateDataKeyWithoutPlaintext Encrypt ReEncryptTo GenerateDataKeyPair "
        "GenerateDataKeyPairWithoutPlaintext",
        "decrypt": "Decrypt ReEncryptFrom",
        "sign": "Sign GenerateMac",
        "administer": "PutKeyPolicy CreateGrant ScheduleKeyDeletion DisableKey",
    },
    "sqs": {
        "send": "SendMessage",
        "receive": "ReceiveMessage ChangeMessageVisibility",
        "delete": "DeleteMessage PurgeQueue DeleteQueue",
        "administer": "SetQueueAttributes AddPermission",
    },
    "sns": {
        "publish": "Publish",
        "subscribe": "Subscribe",
        "administer": "SetTopicAttributes AddPermission DeleteTopic",
    },
    "secretsmanager": {
        "read": "GetSecretValue BatchGetSecretValue",
        "write": "PutSecretValue UpdateSecret UpdateSecretVersionStage",
        "delete": "DeleteSecret",
        "administer": "PutResourcePolicy",
    },
    "ssm": {
        "read": "GetParameter GetParameters GetParametersByPath GetParameterHistory",
        "write": "PutParameter",
        "delete": "DeleteParameter DeleteParameters",
        "start": "SendCommand StartSession StartAutomationExecution",
    },
    "dynamodb": {
        "read": "GetItem BatchGetItem Query Scan PartiQLSelect GetRecords",
        "write": "PutItem UpdateItem BatchWriteItem PartiQLInsert PartiQLUpdate",
        "delete": "DeleteItem PartiQLDelete DeleteTable",
        "administer": "PutResourcePolicy UpdateTable",
    },
    "lambda": {
        "invoke": "InvokeFunction InvokeFunctionUrl",
        "write": "UpdateFunctionCode UpdateFunctionConfiguration",
        "delete": "DeleteFunction",
        "administer": "AddPermission",
    },
    "logs": {
        "read": "GetLogEvents FilterLogEvents StartQuery StartLiveTail Unmask",
        "write": "PutLogEvents CreateLogStream CreateLogGroup",
        "delete": "DeleteLogGroup DeleteLogStream",
        "administer": "PutRetentionPolicy PutSubscriptionFilter",
    },
    "ecr": {
        "pull": "BatchGetImage GetDownloadUrlForLayer",
        "push": "PutImage InitiateLayerUpload UploadLayerPart CompleteLayerUpload",
        "delete": "BatchDeleteImage DeleteRepository",
        "administer": "SetRepositoryPolicy",
    },
    "kinesis": {
        "read": "GetRecords GetShardIterator SubscribeToShard",
        "write": "PutRecord PutRecords",
        "delete": "DeleteStream",
        "administer": "PutResourcePolicy",
    },
    "elasticfilesystem": {
        "mount": "ClientMount",
        "write": "ClientWrite",
        "administer": "ClientRootAccess PutFileSystemPolicy",
        "delete": "DeleteFileSystem",
    },
    "backup": {
        "back-up": "StartBackupJob CopyIntoBackupVault StartCopyJob",
        "restore": "StartRestoreJob",
        "delete": "DeleteRecoveryPoint DeleteBackupVault",
        "administer": "PutBackupVaultAccessPolicy",
    },
    "events": {"publish": "PutEvents", "administer": "PutPermission PutRule"},
    "states": {
        "start": "StartExecution StartSyncExecution",
        "delete": "DeleteStateMachine",
        "write": "UpdateStateMachine",
    },
}
# The service of an action by Terraform type, and what its resources are called.
SERVICES = {
    "aws_backup_vault": ("backup", "Backup vaults"),
    "aws_cloudtrail": ("cloudtrail", "Trails"),
    "aws_cloudwatch_event_bus": ("events", "Event buses"),
    "aws_cloudwatch_log_group": ("logs", "Log groups"),
    "aws_dynamodb_table": ("dynamodb", "DynamoDB tables"),
    "aws_ebs_snapshot": ("ec2", "EBS snapshots"),
    "aws_ecr_repository": ("ecr", "ECR repositories"),
    "aws_efs_file_system": ("elasticfilesystem", "File systems"),
    "aws_elasticsearch_domain": ("es", "Search domains"),
    "aws_iam_role": ("sts", "Roles"),
    "aws_kinesis_stream": ("kinesis", "Kinesis streams"),
    "aws_kms_external_key": ("kms", "KMS keys"),
    "aws_kms_key": ("kms", "KMS keys"),
    "aws_kms_replica_external_key": ("kms", "KMS keys"),
    "aws_kms_replica_key": ("kms", "KMS keys"),
    "aws_lambda_function": ("lambda", "Lambda functions"),
    "aws_lambda_layer_version": ("lambda", "Lambda layers"),
    "aws_msk_cluster": ("kafka", "Kafka clusters"),
    "aws_opensearch_domain": ("es", "Search domains"),
    "aws_s3_access_point": ("s3", "S3 access points"),
    "aws_s3_bucket": ("s3", "S3 buckets"),
    "aws_s3_directory_bucket": ("s3express", "S3 directory buckets"),
    "aws_secretsmanager_secret": ("secretsmanager", "Secrets"),
    "aws_sfn_state_machine": ("states", "State machines"),
    "aws_sns_topic": ("sns", "SNS topics"),
    "aws_sqs_queue": ("sqs", "SQS queues"),
    "aws_ssm_parameter": ("ssm", "Parameters"),
}


def service_of(type: str) -> tuple[str, str]:
    """The service of a Terraform type in policies, and what its resources are called.

    Args:
        type: e.g. `aws_s3_bucket`.
    """
    if type in SERVICES:
        return SERVICES[type]
    _, service, *rest = type.split("_")
    name = " ".join((service, *rest))
    return service, f"{name[:1].upper()}{name[1:]}"


@functools.cache
def _known(service: str) -> dict[str, str]:
    """The verb of each action of a service, by its name in lower case."""
    return {action.lower(): verb for verb, actions in _VERBS.get(service, {}).items() for action in actions.split()}


def verb_of(action: str) -> str:
    """The verb of an action; empty for one that only reads settings.

    Args:
        action: one action.
    """
    service, _, name = action.partition(":")
    if (verb := _known(service.lower()).get(name.lower())) is not None:
        return verb
    if scopable(action, PERMISSIONS):
        return "administer"
    return name if scopable(action, WRITES) else ""


@functools.lru_cache(4096)
def actions_of(pattern: str, service: str) -> tuple[str, ...]:
    """The actions by which a pattern is asked: one that is written out, or those that stand for the verbs of a service.

    Args:
        pattern: as a policy writes it.
        service: whose actions count.
    """
    pattern = pattern.lower()
    wanted, colon, name = pattern.partition(":")
    if pattern != "*" and not (colon and fnmatch.fnmatchcase(service, wanted)):
        return ()
    if "*" not in name and "?" not in name and colon:
        known = next(named_by(f"{service}:{name}"), f"{service}:{name}")
        return (known,) if verb_of(known) else ()
    return tuple(_standing_for(name if colon else "*", service))


def _standing_for(name: str, service: str) -> Iterator[str]:
    if service in _VERBS:
        for actions in _VERBS[service].values():
            fitting = [each for each in actions.split() if fnmatch.fnmatchcase(each.lower(), name)]
            if fitting:
                yield f"{service}:{fitting[0]}"
        return
    seen: set[str] = set()
    for action in named_by(f"{service}:{name}"):
        verb = verb_of(action)
        if verb and verb not in seen and len(seen) < 4:
            seen.add(verb)
            yield action
