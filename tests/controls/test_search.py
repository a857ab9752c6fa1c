"""Controls are found by every id that reports print, and by words."""

import pytest

from secureinfra.controls import every
from secureinfra.controls.packs import CITED, PACKS, ids_in
from secureinfra.controls.search import by_id, by_words, named, search
from secureinfra.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "id", "by"),
    [
        ("s3-bucket-tls-only", "s3-bucket-tls-only", ()),
        ("S3.5", "s3-bucket-tls-only", ("fsbp S3.5",)),
        ("s3.5", "s3-bucket-tls-only", ("fsbp S3.5",)),
        ("CKV_AWS_7", "kms-key-rotated", ("checkov CKV_AWS_7",)),
        ("AVD-AWS-0065", "kms-key-rotated", ("trivy AVD-AWS-0065",)),
        ("AWS-0065", "kms-key-rotated", ("trivy AVD-AWS-0065",)),
        ("aws-kms-auto-rotate-keys", "kms-key-rotated", ("trivy AVD-AWS-0065",)),
        ("S3.7", "s3-bucket-replicated", ("security-hub S3.7",)),
        ("cis-v5 3.6", "kms-key-rotated", ("cis-v5 3.6",)),
        ("cis-v5:3.6", "kms-key-rotated", ("cis-v5 3.6",)),
        ("s3_bucket_secure_transport_policy", "s3-bucket-tls-only", ("prowler s3_bucket_secure_transport_policy",)),
    ],
)
def test_by_id(text: str, id: str, by: tuple[str, ...]) -> None:
    assert [(hit.control.id, hit.named) for hit in by_id(text)] == [(id, by)]


def test_a_number_of_several_frameworks_finds_all() -> None:
    hits = {hit.control.id: hit.named for hit in by_id("2.1.1")}
    assert hits["s3-bucket-tls-only"] == ("cis-v3 2.1.1", "cis-v5 2.1.1")


def test_every_id_that_a_report_prints_is_found() -> None:
    for control in every():
        printed = [id for name in CITED for id in ids_in(control, name)]
        printed += [*control.source("checkov_ids"), *control.source("trivy_ids")]
        for id in printed:
            assert control in named(id), id


def test_ids_of_standards_are_found_after_their_name() -> None:
    (control, *_) = [one for one in every() if "3.2.3.e" in ids_in(one, "nis2")]
    assert control in named("nis2 3.2.3.e")
    assert control in named("NIS2: 3.2.3.E")
    with pytest.raises(ConfigError, match="there is no control"):
        named("nis2 99.9")


def test_ids_of_every_pack_are_found_after_its_name() -> None:
    for name in set(PACKS) - {"all"}:
        control = next(one for one in every() if ids_in(one, name))
        id = ids_in(control, name)[0]
        assert (control.id, True) in [(hit.control.id, f"{name} {id}" in hit.named) for hit in by_id(f"{name} {id}")], (
            name
        )


def test_by_words() -> None:
    assert by_words("TLS bucket")[0].control.id == "s3-bucket-tls-only"
    assert by_words("s3 tls") == by_words("s3-tls")
    assert by_words("aws_sqs_queue")
    assert by_words("zzz") == by_words(" ") == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("kms-key-rotate", "Did you mean 'kms-key-rotated'?"),
        ("CKV_AWS_77777", "Did you mean 'CKV_AWS_"),
        ("zzz", "finds controls by words"),
    ],
)
def test_nothing_found(text: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=f"there is no control {text!r}") as error:
        search(text)
    assert hint in str(error.value)


def test_words_are_no_ids() -> None:
    with pytest.raises(ConfigError, match="Controls with these words: s3-"):
        named("s3 tls")
