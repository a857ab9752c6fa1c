"""Controls on IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_ANALYZER = "aws_accessanalyzer_analyzer"
_EXTERNAL = ("ACCOUNT", "ORGANIZATION")

EXTERNAL_ACCESS = Control(
    id="accessanalyzer-analyzer-external-access",
    title="An IAM Access Analyzer detects access from outside the account or organization",
    why="a bucket, key or role opened to other accounts would go unnoticed",
    row="iam-access-analyzer",
    fix='Write an aws_accessanalyzer_analyzer with type = "ACCOUNT" or "ORGANIZATION" in every region you use.',
)


@EXTERNAL_ACCESS.check(_ANALYZER)
def _external_access(analyzer: Block, configuration: Configuration) -> Iterator[Failure]:
    """Checked only in a configuration that has analyzers; one without them may rely on another configuration."""
    kind = analyzer.get("type", "ACCOUNT")
    if kind in _EXTERNAL:
        return
    others = configuration.of_type(_ANALYZER)
    if any_of(others, lambda other: other.get("type", "ACCOUNT") in _EXTERNAL and other.surely(analyzer)):
        raise NotApplicable("another analyzer in this configuration detects external access")
    yield Failure(written("type", kind), 'another analyzer with type = "ACCOUNT" or "ORGANIZATION"', at="type")
