"""What the tests of constructs share: a snapshot in JSON, one file per test, policies decoded."""

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from secureinfra.testing import decoded, synthesize


@pytest.fixture
def matches_snapshot(snapshot: SnapshotAssertion) -> Callable[[Any], None]:
    """Assert that a stack synthesises to what the snapshot of this test holds, less the engine's version."""
    stored = snapshot.use_extension(JSONSnapshotExtension)

    def compare(stack: Any) -> None:
        document = decoded(synthesize(stack))
        document.pop("//")
        document.pop("terraform", None)
        assert document == stored

    return compare
