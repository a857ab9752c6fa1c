"""The words of messages are free: rewording every one changes no line of an error, no example, no schema and no validation."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from secureinfra import ConfigError, VpcConfig
from secureinfra.blueprints import find as find_blueprint
from secureinfra.config import words
from secureinfra.config.config import Precondition, refused
from secureinfra.config.placed import config_from
from secureinfra.config.problem import Problem
from secureinfra.config.rule import Choice, Pattern, Predicate, Range, Rule
from secureinfra.files.yaml import parse
from secureinfra.modules.build.build import source_of
from secureinfra.modules.build.settings import settings_of
from secureinfra.modules.content.guards import guarded
from secureinfra.modules.entries.catalogue import entries, find
from secureinfra.stacks.json_schema import schema_of

MARK = "§ other words 'x' e.g. 'y' §"

FILES = (
    "cidr: 10.0.0.0/16\nzones: 99\n",
    "cidr: 10.0.0.0/16\nendpoints: [ecr.api, s3]\n",
    "cidr: 10.0.0.0/16\nendpoints_without_policy:\n- ecr.api\n- nowhere\n",
    "cidr: 10.0.0.0/16\nzones:\n- eu-central-1a\n- somewhere\n",
    "cidr: 10.0.0.0/28\ntiers: [public,\n  private, private]\n",
    "cidr: 10.0.0.0/16\nsecondary_cidrs:\n- 100.64.0.0/16\n- 10.1.0.0/16\n- 10.1.0.0/16\n",
    "cidr: 10.0.0.0/16\nflow_logs_retention_days: 30\ntags:\n  cost: 42\n",
    "cidr: 10.0.0.0/16\nwaivers:\n- {control: vpc-flow-logs, reason: x, owner: y, until: 2099-01-01}\n- {control: nothing}\n",
    "cidr: nothing\nzone: 3\nnat: maybe\n",
)


@pytest.fixture
def reword(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Puts a mark before each message of a rule, each text of a problem and each word of a fix."""

    def put() -> None:
        for kind in (Rule, Pattern, Range, Choice, Predicate):
            if "message" in vars(kind):
                monkeypatch.setattr(kind, "message", property(partial(_reworded, vars(kind)["message"].fget)))
        rendered = Problem.rendered
        monkeypatch.setattr(Problem, "rendered", lambda problem, how: _marked(problem, rendered(problem, how)))
        of_variable, text = Precondition.of_variable, Precondition.text.fget  # type: ignore[attr-defined]
        monkeypatch.setattr(Precondition, "of_variable", lambda one, name: MARK + of_variable(one, name))
        monkeypatch.setattr(Precondition, "text", property(lambda one: MARK + text(one)))
        for name in ("setting", "waiver", "several", "part", "fields"):
            for language in (type(words.PYTHON), type(words.YAML)):
                monkeypatch.setattr(language, name, lambda *_: MARK)

    return put


def _reworded(message: Callable[[Rule], str], rule: Rule) -> str:
    return MARK + message(rule)


def _marked(problem: Problem, text: str) -> str:
    """The text reworded behind the place, which is not a word of a message."""
    place = re.match(r"settings\.yaml(:\d+:\d+)?: ", problem.owner)
    start = place.group() if place else ""
    return f"{start}{MARK}{text.removeprefix(start)}"


def _places(text: str) -> list[str]:
    document = parse(text, "settings.yaml")
    with pytest.raises(ConfigError) as error:
        config_from(VpcConfig, document.values, document.places)
    return re.findall(r"^settings\.yaml[:\d]*", str(error.value), re.MULTILINE)


def _without_texts(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_texts(item) for key, item in schema.items() if key != "patternErrorMessage"}
    return [_without_texts(item) for item in schema] if isinstance(schema, list) else schema


def _examples() -> Iterator[tuple[str, Any]]:
    for name in entries():
        entry = find(name)
        kind = entry.config_type()
        config = kind() if kind else None
        for setting in settings_of(config) if config and not refused(config) else ():
            yield f"{name}.{setting.name}", setting.example


def _conditions() -> list[tuple[str, str]]:
    source = source_of(find("SecureVpc"), {"cidr": "10.20.0.0/16"})
    _, variables = guarded(source.document, source.variables, source.demands, source.conditions)
    return [(variable.name, one.condition) for variable in variables for one in variable.validations]


def test_every_error_keeps_its_line(reword: Callable[[], None]) -> None:
    before = [_places(text) for text in FILES]
    lines = [int(place.split(":")[1]) for places in before for place in places]
    assert len(lines) > len(FILES)
    assert lines.count(1) < len(lines) / 3
    reword()
    assert [_places(text) for text in FILES] == before


def test_every_example_and_schema_stays(reword: Callable[[], None]) -> None:
    def schemas() -> list[Any]:
        return [_without_texts(schema_of(find_blueprint(name))) for name in ("data-lake", "web-application")]

    before, shown = schemas(), dict(_examples())
    assert len(shown) > 50
    reword()
    assert schemas() == before
    assert dict(_examples()) == shown


def test_every_validation_of_a_module_stays(reword: Callable[[], None]) -> None:
    before = _conditions()
    assert len(before) > 4
    reword()
    assert _conditions() == before
