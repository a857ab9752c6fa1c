"""`moved` and `removed` blocks, in HCL and JSON, in the root and in modules."""

from pathlib import Path

from secureinfra.terraform.model.configuration import Configuration

MOVED = 'moved {\n from = aws_sns_topic.a\n to = aws_sns_topic.b["x"]\n}\n'
REMOVED = "removed {\n from = aws_sns_topic.%s\n lifecycle {\n destroy = %s\n }\n}\n"


def test_in_the_root_and_in_a_module(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "main.tf").write_text(
        MOVED + 'module "m" {\n source = "./m"\n count = 1\n}\n' + REMOVED % ("c", "false")
    )
    (tmp_path / "m" / "main.tf").write_text(MOVED + REMOVED % ("d", "true") + REMOVED % ("e", "false"))
    (found,) = Configuration.load(tmp_path)
    assert found.moves == (
        ("aws_sns_topic.a", 'aws_sns_topic.b["x"]'),
        ("module.m[0].aws_sns_topic.a", 'module.m[0].aws_sns_topic.b["x"]'),
    )
    assert found.forgotten == ("aws_sns_topic.c", "module.m[0].aws_sns_topic.e")


def test_in_json() -> None:
    moved = [{"from": "${aws_sns_topic.a}", "to": "aws_sns_topic.b"}]
    removed = {"from": "aws_sns_topic.c", "lifecycle": [{"destroy": False}]}
    found = Configuration.of({"moved": moved, "removed": removed})
    assert (found.moves, found.forgotten) == ((("aws_sns_topic.a", "aws_sns_topic.b"),), ("aws_sns_topic.c",))
