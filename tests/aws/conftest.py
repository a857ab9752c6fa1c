"""What the tests of constructs share: a snapshot of what the construct under test makes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.snapshots import Readable, part_of

TESTS = Path(__file__).parents[1]


@pytest.fixture
def matches_snapshot(snapshot: SnapshotAssertion, request: pytest.FixtureRequest) -> Callable[[Any], None]:
    """Assert that what the module under test makes of a stack is what the snapshot of this test holds."""
    stored = snapshot.use_extension(Readable)
    place, *within = request.path.relative_to(TESTS).with_suffix("").parts
    top = {"aws": ["secureinfra", "aws"], "blueprints": ["secureinfra_blueprints"]}[place]
    module = ".".join([*top, *within[:-1], within[-1].removeprefix("test_")])

    def compare(stack: Any) -> None:
        assert part_of(stack, module) == stored

    return compare
