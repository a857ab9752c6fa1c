"""What the tests of blueprints share: the snapshots of constructs."""

from tests.aws.conftest import matches_snapshot

__all__ = ["matches_snapshot"]
