"""Controls on IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

_ANALYZER = "aws_accessanalyzer_analyzer"
_EXTERNAL = ("ACCOUNT", "ORGANIZATION")

EXTERNAL_ACCESS = Control(
    id="accessanalyzer-analyzer-external-access",
    title="An analyzer looks for access from outside of the account or organisation",
    why="a bucket, key or role that was opened to strangers stays unnoticed",
    row="iam-access-analyzer",
    mend='Write an analyzer with type = "ACCOUNT" or "ORGANIZATION" in every region that is used.',
)


@EXTERNAL_ACCESS.check(_ANALYZER)
def _external_access(analyzer: Block, configuration: Configuration) -> Iterator[Failure]:
    """A configuration that writes analyzers is where this one belongs; one that writes none says nothing about it."""
    kind = analyzer.get("type", "ACCOUNT")
    if kind in _EXTERNAL:
        return
    others = configuration.of_type(_ANALYZER)
    if any_of(others, lambda other: other.get("type", "ACCOUNT") in _EXTERNAL):
        raise NotApplicable("another analyzer here looks for access from outside")
    yield Failure(written("type", kind), 'an analyzer with type = "ACCOUNT" or "ORGANIZATION" too', at="type")
