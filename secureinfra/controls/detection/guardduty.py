"""Controls on GuardDuty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_DETECTOR = "aws_guardduty_detector"
# Resources that set a feature, with the argument that enables it and the values that do.
_ON = {
    "aws_guardduty_detector_feature": ("status", ("ENABLED",)),
    "aws_guardduty_member_detector_feature": ("status", ("ENABLED",)),
    "aws_guardduty_organization_configuration_feature": ("auto_enable", ("ALL", "NEW")),
}

ENABLED = Control(
    id="guardduty-detector-enabled",
    title="GuardDuty detectors are enabled",
    why="an attack would not be detected",
    row="gd-enabled",
    fix="Set enable = true, or remove it.",
)

ENABLED.check(_DETECTOR)(argument("enable", is_true, "enable = true", absent=True))

AUTO_ENABLED = Control(
    id="guardduty-organization-auto-enabled",
    title="GuardDuty is enabled for new accounts of the organization",
    why="an attacker could work undetected in a new account",
    row="gd-org-auto-enable",
    fix='Set auto_enable_organization_members = "ALL".',
)


# Checked only if the organization is configured here; a detector cannot know whether its account is in one.
@AUTO_ENABLED.check("aws_guardduty_organization_configuration")
def _auto_enabled(organization: Block, configuration: Configuration) -> Iterator[Failure]:
    name, old = "auto_enable_organization_members", "auto_enable"
    value = organization.get(name)
    if value is None and is_true(organization.get(old)):
        return
    if not one_of("ALL", "NEW")(value):
        yield Failure(written(name, value), f'{name} = "ALL"', at=name)


def _watched(feature: str, id: str, title: str, why: str, row: str, old: str = "") -> Control:
    """A control on one feature of a detector, which AWS enables unless it is disabled.

    docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html: a new detector has every feature but
    runtime monitoring.

    Args:
        feature: its name in GuardDuty.
        id: of the control.
        title: of the control.
        why: of the control.
        row: of the control.
        old: where it is in the detector's own `datasources` block.
    """
    control = Control(
        id=id,
        title=title,
        why=why,
        row=row,
        fix=f'Write an aws_guardduty_detector_feature with name = "{feature}" and status = "ENABLED".',
    )

    @control.check(*_ON)
    def _switched_on(block: Block, configuration: Configuration) -> Iterator[Failure]:
        _ask_about(feature, block)
        return _is_on(block, block)

    @control.check(_DETECTOR)
    def _not_switched_off(detector: Block, configuration: Configuration) -> Iterator[Failure]:
        path = f"datasources.{old}"
        value = detector.get(path) if old else None
        if value is not None and not is_true(value):
            yield Failure(written(path, value), "true, or no datasources block", at=path)

    return control


def _ask_about(feature: str, block: Block) -> None:
    if block.get("name") != feature:
        raise NotApplicable("the resource is for another feature")


def _is_on(node: Node, block: Block) -> Iterator[Failure]:
    name, values = _ON[block.type]
    value = node.get(name)
    if value not in values:
        yield Failure(written(name, value), f'{name} = "{values[0]}"', at=f"{node.path}.{name}" if node.path else name)


S3_WATCHED = _watched(
    "S3_DATA_EVENTS",
    "guardduty-s3-watched",
    "GuardDuty monitors S3 data events",
    "copying or deleting of data would not be detected",
    "gd-s3",
    "s3_logs.enable",
)

EKS_AUDIT_WATCHED = _watched(
    "EKS_AUDIT_LOGS",
    "guardduty-eks-audit-watched",
    "GuardDuty monitors EKS audit logs",
    "an attack on a cluster through the Kubernetes API would not be detected",
    "gd-eks-audit",
    "kubernetes.audit_logs.enable",
)

VOLUMES_SCANNED = _watched(
    "EBS_MALWARE_PROTECTION",
    "guardduty-volumes-scanned",
    "GuardDuty scans EBS volumes of suspicious instances for malware",
    "malware on the disk would not be detected",
    "gd-malware-ebs",
    "malware_protection.scan_ec2_instance_with_findings.ebs_volumes.enable",
)

RDS_WATCHED = _watched(
    "RDS_LOGIN_EVENTS",
    "guardduty-rds-watched",
    "GuardDuty monitors RDS login activity",
    "password guessing and unusual logins would not be detected",
    "gd-rds",
)

LAMBDA_WATCHED = _watched(
    "LAMBDA_NETWORK_LOGS",
    "guardduty-lambda-watched",
    "GuardDuty monitors network activity of Lambda functions",
    "a function that communicates with an attacker would not be detected",
    "gd-lambda",
)

RUNTIME_WATCHED = Control(
    id="guardduty-runtime-watched",
    title="GuardDuty Runtime Monitoring is enabled for EC2, ECS and EKS",
    why="malicious processes would not be detected",
    row="gd-runtime",
    fix='Write an aws_guardduty_detector_feature with name = "RUNTIME_MONITORING" and status = "ENABLED", and an '
    "additional_configuration that is ENABLED for each of EKS_ADDON_MANAGEMENT, ECS_FARGATE_AGENT_MANAGEMENT and "
    "EC2_AGENT_MANAGEMENT.",
)
_RUNTIME = "RUNTIME_MONITORING"
_AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")


@RUNTIME_WATCHED.check(_DETECTOR)
def _runtime_watched(detector: Block, configuration: Configuration) -> Iterator[Failure]:
    # AWS leaves this feature disabled in a new detector, so the configuration that creates the detector must enable it,
    # unless it enables it for the whole organization.
    type = "aws_guardduty_organization_configuration_feature"
    if configuration.is_there(type, test=lambda feature: feature.get("name") == _RUNTIME, beside=detector):
        return
    features = configuration.attached(detector, "aws_guardduty_detector_feature", "detector_id")
    if not any_of(features, lambda feature: feature.get("name") == _RUNTIME):
        yield Failure(
            f"no aws_guardduty_detector_feature {_RUNTIME}", 'an aws_guardduty_detector_feature with status = "ENABLED"'
        )


@RUNTIME_WATCHED.check(*_ON)
def _agents_managed(block: Block, configuration: Configuration) -> Iterator[Failure]:
    _ask_about(_RUNTIME, block)

    def judge(agent: str) -> Iterator[Failure]:
        if not agent:
            yield from _is_on(block, block)
        elif not any_of(managed, lambda node: node.get("name") == agent and not list(_is_on(node, block))):
            name, values = _ON[block.type]
            yield Failure(
                f"{agent} is not {values[0]}",
                f'additional_configuration with name = "{agent}" and {name} = "{values[0]}"',
                at="additional_configuration",
            )

    managed = block.blocks("additional_configuration")
    return each(("", *_AGENTS), judge)
