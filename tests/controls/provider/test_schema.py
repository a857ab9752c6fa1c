"""Whether the provider takes a block is asked for both majors whose schemas are packaged."""

from secureinfra.controls.provider.schema import MAJORS, TAKEN_BY_5, TAKEN_BY_6
from secureinfra.terraform.schema.schema import VERSIONS


def test_taken_by_5_and_taken_by_6() -> None:
    assert {version for _, version in MAJORS.values()} == set(VERSIONS)
    assert {major: control for major, (control, _) in MAJORS.items()} == {"5": TAKEN_BY_5, "6": TAKEN_BY_6}
    for control, version in MAJORS.values():
        assert version.rpartition(".")[0] in control.title
        assert not control.waivable
