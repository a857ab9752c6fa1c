"""Resources that are called otherwise than the last time."""

from secureinfra.modules.folder.moves import fingerprints, moves, with_moves


def document(**names: str) -> dict[str, object]:
    key, alias = names["key"], names["alias"]
    return {
        "resource": {
            "aws_kms_key": {key: {"enable_key_rotation": True, "tags": {"Name": key}}},
            "aws_kms_alias": {alias: {"target_key_id": f"${{aws_kms_key.{key}.key_id}}"}},
        }
    }


BEFORE = fingerprints(document(key="main_key", alias="alias"))
NOW = fingerprints(document(key="key", alias="alias"))


def test_a_changed_name_is_a_move_and_references_do_not_matter() -> None:
    assert moves(BEFORE, NOW) == (("aws_kms_key.main_key", "aws_kms_key.key"),)


def test_what_changed_in_itself_is_another_resource() -> None:
    other = {**NOW, "aws_kms_key.key": "another"}
    assert moves(BEFORE, other) == ()


def test_earlier_moves_are_kept_and_followed() -> None:
    earlier = (("aws_kms_key.first", "aws_kms_key.main_key"), ("aws_kms_key.gone", "aws_kms_key.nowhere"))
    assert moves(BEFORE, NOW, earlier) == (
        ("aws_kms_key.first", "aws_kms_key.key"),
        ("aws_kms_key.main_key", "aws_kms_key.key"),
    )


def test_moved_blocks() -> None:
    written = with_moves(document(key="key", alias="alias"), moves(BEFORE, NOW))
    assert written["moved"] == [{"from": "aws_kms_key.main_key", "to": "aws_kms_key.key"}]
