"""Controls on GuardDuty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

_DETECTOR = "aws_guardduty_detector"
# Resources that set a feature, with the argument that switches it on and the values that do.
_ON = {
    "aws_guardduty_detector_feature": ("status", ("ENABLED",)),
    "aws_guardduty_member_detector_feature": ("status", ("ENABLED",)),
    "aws_guardduty_organization_configuration_feature": ("auto_enable", ("ALL", "NEW")),
}

ENABLED = Control(
    id="guardduty-detector-enabled",
    title="The detector is switched on",
    why="nobody would be told of an attack under way",
    row="gd-enabled",
    mend="Set enable = true, or leave it out.",
)

ENABLED.check(_DETECTOR)(argument("enable", is_true, "enable = true", absent=True))

AUTO_ENABLED = Control(
    id="guardduty-organization-auto-enabled",
    title="Accounts that join the organisation are watched",
    why="an attacker would work from the account that nobody watches",
    row="gd-org-auto-enable",
    mend='Set auto_enable_organization_members = "ALL".',
)


# Asked where the organisation is configured; a detector by itself cannot know whether its account is in one.
@AUTO_ENABLED.check("aws_guardduty_organization_configuration")
def _auto_enabled(organization: Block, configuration: Configuration) -> Iterator[Failure]:
    name, old = "auto_enable_organization_members", "auto_enable"
    value = organization.get(name)
    if value is None and is_true(organization.get(old)):
        return
    if not one_of("ALL", "NEW")(value):
        yield Failure(written(name, value), f'{name} = "ALL"', at=name)


def _watched(feature: str, id: str, title: str, why: str, row: str, old: str = "") -> Control:
    """A control on one feature of a detector, which AWS switches on unless somebody switches it off.

    docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html: a new detector has every feature but
    runtime monitoring.

    Args:
        feature: GuardDuty's name of it.
        id: of the control.
        title: of the control.
        why: of the control.
        row: of the control.
        old: where the detector's own `datasources` block has it.
    """
    control = Control(
        id=id,
        title=title,
        why=why,
        row=row,
        mend=f'Write an aws_guardduty_detector_feature with name = "{feature}" and status = "ENABLED".',
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
        raise NotApplicable("it sets another feature")


def _is_on(node: Node, block: Block) -> Iterator[Failure]:
    name, values = _ON[block.type]
    value = node.get(name)
    if value not in values:
        yield Failure(written(name, value), f'{name} = "{values[0]}"', at=f"{node.path}.{name}" if node.path else name)


S3_WATCHED = _watched(
    "S3_DATA_EVENTS",
    "guardduty-s3-watched",
    "Access to S3 objects is watched",
    "nobody would be told that data is being copied out or removed",
    "gd-s3",
    "s3_logs.enable",
)

EKS_AUDIT_WATCHED = _watched(
    "EKS_AUDIT_LOGS",
    "guardduty-eks-audit-watched",
    "The Kubernetes API is watched",
    "nobody would be told of an attack on a cluster through its API",
    "gd-eks-audit",
    "kubernetes.audit_logs.enable",
)

VOLUMES_SCANNED = _watched(
    "EBS_MALWARE_PROTECTION",
    "guardduty-volumes-scanned",
    "Volumes of suspicious instances are scanned for malware",
    "nobody would be told what an attacker left on the disk",
    "gd-malware-ebs",
    "malware_protection.scan_ec2_instance_with_findings.ebs_volumes.enable",
)

RDS_WATCHED = _watched(
    "RDS_LOGIN_EVENTS",
    "guardduty-rds-watched",
    "Logins to databases are watched",
    "nobody would be told of guessed passwords and strange logins",
    "gd-rds",
)

LAMBDA_WATCHED = _watched(
    "LAMBDA_NETWORK_LOGS",
    "guardduty-lambda-watched",
    "The network traffic of functions is watched",
    "nobody would be told that a function talks to an attacker",
    "gd-lambda",
)

RUNTIME_WATCHED = Control(
    id="guardduty-runtime-watched",
    title="What runs on instances and in containers is watched",
    why="nobody would be told of an attacker's processes",
    row="gd-runtime",
    mend='Write an aws_guardduty_detector_feature with name = "RUNTIME_MONITORING" and status = "ENABLED", and an '
    "additional_configuration that is ENABLED for each of EKS_ADDON_MANAGEMENT, ECS_FARGATE_AGENT_MANAGEMENT and "
    "EC2_AGENT_MANAGEMENT.",
)
_RUNTIME = "RUNTIME_MONITORING"
_AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")


@RUNTIME_WATCHED.check(_DETECTOR)
def _runtime_watched(detector: Block, configuration: Configuration) -> Iterator[Failure]:
    # AWS leaves this feature off in a new detector, so that the configuration that makes one is the one to set it,
    # unless it sets it for the whole organisation.
    of_all = configuration.of_type("aws_guardduty_organization_configuration_feature")
    if any_of(of_all, lambda feature: feature.get("name") == _RUNTIME):
        return
    features = configuration.attached(detector, "aws_guardduty_detector_feature", "detector_id")
    if not any_of(features, lambda feature: feature.get("name") == _RUNTIME):
        yield Failure(f"no aws_guardduty_detector_feature {_RUNTIME}", 'one with status = "ENABLED"')


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
