"""Settings from YAML: values, their places, and everything that is wrong with a file."""

import datetime
from pathlib import Path

import pytest

from secureinfra.errors import ConfigError
from secureinfra.files.yaml import Document, assign, parse, read

TEXT = """\
# A comment.
blueprint: data-lake
settings:
  until: 2027-06-30
  zones: 2
  names: [a,
    b]
  parts:
    - size: 1
      on: yes
    - size: 012
"""


def document(text: str = TEXT) -> Document:
    return parse(text, "settings.yaml")


def refusal(text: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        document(text)
    return str(error.value).splitlines()


def test_values_are_plain() -> None:
    assert document().values == {
        "blueprint": "data-lake",
        "settings": {
            "until": datetime.date(2027, 6, 30),
            "zones": 2,
            "names": ["a", "b"],
            "parts": [{"size": 1, "on": "yes"}, {"size": 12}],
        },
    }
    assert type(document().values) is dict
    assert document("# nothing\n").values == {}


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ((), "settings.yaml:2:1"),
        (("blueprint",), "settings.yaml:2:1"),
        (("settings", "zones"), "settings.yaml:5:3"),
        (("settings", "names", 1), "settings.yaml:7:5"),
        (("settings", "parts", 1, "size"), "settings.yaml:11:7"),
        # What is missing is told of what would hold it.
        (("settings", "parts", 1, "name"), "settings.yaml:11:7"),
        (("settings", "parts", 7), "settings.yaml:8:3"),
        (("settings", "zones", "deeper"), "settings.yaml:5:3"),
        (("elsewhere",), "settings.yaml:2:1"),
    ],
)
def test_places(keys: tuple[str | int, ...], place: str) -> None:
    places = document().places
    assert places.at(keys) == place
    assert places.below(*keys[:1]).at(keys[1:]) == place


def test_text_of_what_is_no_text() -> None:
    places = document().places
    assert places.text(("settings", "parts", 1, "size")) == "012"
    assert places.text(("settings", "until")) == "2027-06-30"
    assert places.text(("blueprint",)) is None
    assert places.text(("settings", "names")) is None


def test_anchors_and_merges() -> None:
    held = document("base: &base {a: 1, b: 2}\nmore: &more {b: 3}\nit:\n  <<: [*base, *more]\n  c: *base\n  a: 9\n")
    assert held.values["it"] == {"a": 9, "b": 2, "c": {"a": 1, "b": 2}}
    assert held.places.at(("it", "a")) == "settings.yaml:6:3"
    assert held.places.at(("it", "b")) == "settings.yaml:1:20"
    assert held.places.at(("it", "c", "b")) == "settings.yaml:1:20"


def test_an_alias_that_grows_is_read_once() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 30)]
    assert len(document("\n".join(levels)).values["a29"]) == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "a: 1\na: 2\n",
            "settings.yaml:2:1: 'a' is set again here, after line 1: one value would be lost. Keep one.",
        ),
        ("s:\n  1: x\n", 'settings.yaml:2:3: 1 is not text, and names must be. Put it in quotes: "1".'),
        ("s:\n  ? [a]\n  : x\n", "settings.yaml:2:5: a list or mapping cannot be the name of a setting"),
        (
            "s: !!python/object:os.system {}\n",
            "settings.yaml:1:4: tag:yaml.org,2002:python/object:os.system is not a type",
        ),
        ("s: !Ref x\n", "settings.yaml:1:4: !Ref is not a type of settings"),
        ("s: &s [*s]\n", "settings.yaml:1:4: refers to itself"),
        ("s: &s {<<: {<<: *s}, a: {<<: *s}}\n", "settings.yaml:1:25: refers to itself"),
        ("s: 2027-99-99\n", "settings.yaml:1:4: '2027-99-99' cannot be read. Put it in quotes"),
        ("s: x\nt: a: b\n", "settings.yaml:2:5: mapping values are not allowed"),
        ("s:\n\t- x\n", "settings.yaml:2:1: a tab is not allowed here. Indent with spaces."),
        ("s: [a\n", "settings.yaml:2:1: "),
        ("s: *nobody\n", "settings.yaml:1:4: "),
        ("a: 1\n---\nb: 1\n", "settings.yaml:2:1: "),
        ("- a\n", "settings.yaml:1:1: has no settings. Write one per line"),
        ("word\n", "settings.yaml:1:1: has no settings"),
        ("[" * 20000, "settings.yaml: is nested too deeply"),
    ],
)
def test_refuses(text: str, said: str) -> None:
    (line,) = refusal(text)
    assert line.startswith(said)


def test_all_problems_together() -> None:
    lines = refusal("a: 1\nb: !x y\na: 2\nc: {d: 1, d: 2}\n")
    assert [line.split(" ")[0] for line in lines] == ["settings.yaml:2:4:", "settings.yaml:3:1:", "settings.yaml:4:11:"]


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("\ufeffa: ä\n", encoding="utf-8")
    assert read(file, name="settings.yaml").values == {"a": "ä"}
    assert read(file).places.at() == f"{file}:1:1"
    file.write_bytes(b"a: \xff\n")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read(file)
    with pytest.raises(ConfigError, match="none.yaml: cannot be read: No such file or directory"):
        read(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="Is a directory"):
        read(tmp_path)


def test_assignments() -> None:
    before = document()
    after = assign(before, ["settings.zones=3", "settings.parts.1.size=[1, 2]", "name=x=y", "new.deep={a: 1}"])
    assert after.values["settings"]["zones"] == 3
    assert after.values["settings"]["parts"] == [{"size": 1, "on": "yes"}, {"size": [1, 2]}]
    assert (after.values["name"], after.values["new"]) == ("x=y", {"deep": {"a": 1}})
    assert before.values == document().values, "what was read stays as it is"
    assert after.places.at(("settings", "zones")) == "--set settings.zones=3"
    assert after.places.at(("new", "deep", "a")) == "--set new.deep={a: 1}"
    assert after.places.at(("settings", "names")) == "settings.yaml:6:3"
    assert after.places.below("settings").at(("parts", 1, "size", 0)) == "--set settings.parts.1.size=[1, 2]"


def test_a_number_is_a_name_where_it_leads_into_a_mapping() -> None:
    after = assign(document(), ["tags.42=x", "tags.43={y: 1}"])
    assert after.values["tags"] == {"42": "x", "43": {"y": 1}}
    assert after.places.at(("tags", "43", "y")) == "--set tags.43={y: 1}"


def test_the_last_assignment_counts() -> None:
    after = assign(document(), ["settings.zones=3", "settings={zones: 4}"])
    assert after.places.at(("settings", "zones")) == "--set settings={zones: 4}"
    assert assign(document(), ["a=1", "a="]).values["a"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zones", "--set zones: lacks a value. Write e.g. --set zones=2."),
        ("=2", "--set =2: lacks a value"),
        ("a=[", "--set a=[: '[' is not YAML. Quote it"),
        ("blueprint.x=1", "--set blueprint.x=1: leads to 'data-lake', which has no 'x'. Set the whole value instead."),
        ("settings.parts.9.size=1", "which has no 9"),
        ("a={b: 1, b: 2}", "--set a={b: 1, b: 2}:1:8: 'b' is set again here"),
    ],
)
def test_refuses_an_assignment(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        assign(document(), [text])
    assert said in str(error.value)
