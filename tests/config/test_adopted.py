"""Ids that are adopted: text or true, by role."""

import pytest
from pydantic import TypeAdapter, ValidationError

from secureinfra.aws.s3.bucket import BucketConfig
from secureinfra.config.adopted import Adopted

ADAPTER: TypeAdapter[Adopted] = TypeAdapter(Adopted)


def test_ids_and_true() -> None:
    given = {"bucket": "acme-uploads", "policy": True}
    assert ADAPTER.validate_python(given) == given
    assert BucketConfig.of({"name": "acme-uploads", "adopt": given}).adopt == given


@pytest.mark.parametrize("id", ["", " ", "a\n", False, None, 2])
def test_refuses_what_is_not_an_id(id: object) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python({"bucket": id})


def test_the_schema_says_both() -> None:
    (text, true) = ADAPTER.json_schema()["additionalProperties"]["anyOf"]
    assert text["type"] == "string"
    assert true == {"const": True, "type": "boolean"}
