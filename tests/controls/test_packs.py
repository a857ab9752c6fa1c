"""Which controls a published framework requires."""

import pytest

from secureinfra.controls import catalogue, every, find
from secureinfra.controls.packs import PACKS, ids_in, is_in, known, pack, standing_of, title_of
from secureinfra.errors import ConfigError


def test_all_is_every_control() -> None:
    assert pack("all") == every()
    assert ids_in(find("kms-key-rotated"), "all") == ("kms-key-rotated",)


@pytest.mark.parametrize("name", [name for name in PACKS if name != "all"])
def test_a_pack_holds_those_that_its_framework_has_ids_for(name: str) -> None:
    held = pack(name)
    assert held
    assert len(held) < len(every())
    assert all(ids_in(control, name) for control in held)
    assert {control.id for control in every() if is_in(control, name)} == {control.id for control in held}
    assert title_of(name)


def test_ids_are_the_frameworks_own() -> None:
    assert ids_in(find("kms-key-rotated"), "fsbp") == ()
    assert ids_in(find("kms-key-rotated"), "nist-800-53") != ()
    assert ids_in(find("s3-bucket-tls-only"), "fsbp") == ("S3.5",)


def test_what_nothing_in_code_shows_is_counted() -> None:
    standing = standing_of("fsbp")
    # Two of the page are retired: Security Hub says so on the page of AppSync.
    assert standing.with_controls + standing.not_in_code + 2 == standing.total
    assert catalogue.rows()["not-in-code-iam-6"]["note"].startswith("account state")


def test_refuses_an_unknown_pack_with_the_nearest_name() -> None:
    assert known("cis-v5") == "cis-v5"
    with pytest.raises(ConfigError, match="'cis-v55'.*Did you mean 'cis-v5'"):
        pack("cis-v55")
