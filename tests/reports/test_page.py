"""The HTML file: complete, safe, the same bytes, small."""

import base64
import hashlib
import itertools
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from secureinfra.reports.page import page
from tests.reports.samples import facts

VOID = {"input", "meta", "link", "br"}


class Reader(HTMLParser):
    """Elements that open and close, and their attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text += data


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page(facts(tmp_path_factory.mktemp("report")))


@pytest.fixture(scope="module")
def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_every_section_is_there_and_says_something(read: Reader) -> None:
    sections = [attributes["id"] for tag, attributes in read.seen if tag == "section"]
    links = [attributes["href"] for tag, attributes in read.seen if tag == "a"]
    assert [f"#{id}" for id in sections] == [link for link in links if link in {f"#{id}" for id in sections}][1:]
    assert len(sections) == 10
    for said in (
        "aws_security_group.web breaks a critical control",
        "Fix first",
        "CIS AWS Foundations Benchmark 5.0.0",
        "a <b>test</b> database until the launch",
        "20 days left. Ends soon.",
        "Open to the internet: 1 of 1 security group (web on tcp 22).",
        "Open to anyone: data.",
        "Anyone may read on data in S3 buckets.",
        "undecided",
        "RDS instance",
        "infra/main.tf",
    ):
        assert said in read.text, said


def test_nothing_is_loaded_and_nothing_runs_but_the_script(text: str, read: Reader) -> None:
    (policy,) = [a["content"] for tag, a in read.seen if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    for name in ("style", "script"):
        (body,) = re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    for tag, attributes in read.seen:
        assert tag not in ("img", "link", "iframe", "object")
        assert not {name for name in attributes if name.startswith("on") or name in ("src", "style")}
        assert not (attributes.get("href") or "#")[:1].strip("#")


def test_headings_have_no_gap_and_every_field_has_a_label(read: Reader) -> None:
    levels = [int(tag[1]) for tag, _ in read.seen if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    labels = {attributes.get("for") for tag, attributes in read.seen if tag == "label"}
    fields = [attributes["id"] for tag, attributes in read.seen if tag in ("input", "select")]
    assert fields
    assert set(fields) <= labels
    ids = [attributes["id"] for _, attributes in read.seen if attributes.get("id")]
    assert len(ids) == len(set(ids))


def test_every_link_leads_somewhere(read: Reader) -> None:
    ids = {attributes.get("id") for _, attributes in read.seen}
    links = {attributes["href"] for tag, attributes in read.seen if tag == "a"}
    assert {link for link in links if (link or "")[1:] not in ids} == set()


def test_no_secret_and_no_path_of_this_machine(text: str, tmp_path: Path) -> None:
    assert "hunter2" not in text
    assert str(tmp_path.parent.parent) not in text


def test_same_input_same_bytes(text: str, tmp_path: Path) -> None:
    assert page(facts(tmp_path)) == text


def test_page_without_anything(tmp_path: Path) -> None:
    text = page(facts(tmp_path, code='resource "aws_iam_user_group_membership" "x" {}\n'))
    reader = Reader()
    reader.feed(text)
    for said in (
        "Nothing is broken, unknown or waived.",
        "No waiver excuses anything.",
        "No configuration has a network",
    ):
        assert said in reader.text, said


def test_ten_thousand_findings_stay_small_and_quick(tmp_path: Path) -> None:
    blocks = "\n".join(f'resource "aws_s3_bucket" "b{number}" {{}}' for number in range(1_200))
    found = facts(tmp_path, code=blocks)
    assert len(found.report.findings) > 10_000
    start = time.process_time()
    text = page(found)
    assert time.process_time() - start < 3
    assert len(text.encode()) < 2_000_000
