"""A report as JUnit XML: a test suite for each configuration, a test case for each control on each resource."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from secureinfra.check.finding import Finding
from secureinfra.check.report import Report

# XML 1.0 has no way to write these.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """Failures as `failure`; waived, unknown and baseline findings as `skipped`; the rest passed."""
    suites = ElementTree.Element("testsuites", name="secureinfra check")
    for part in report.parts():
        findings = [one for one in part.findings if one.status != "not applicable"]
        suites.append(_suite(part.configurations[0], findings))
    if report.remarks and len(suites):
        # The format has no place for what concerns all: the first test case has it.
        holder = suites.find("testsuite/testcase")
        said = ElementTree.SubElement(suites[0] if holder is None else holder, "system-out")
        said.text = _plain("\n".join(report.remarks))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _suite(name: str, findings: Iterable[Finding]) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=_plain(name))
    for finding in findings:
        case = ElementTree.SubElement(
            suite, "testcase", classname=finding.control.id, name=_plain(_called(finding)), time="0"
        )
        if finding.file:
            case.set("file", _plain(finding.file))
        if finding.status == "failed" and finding.line:
            case.set("line", str(finding.line))
        _answer(case, finding)
    suite.set("tests", str(len(suite.findall("testcase"))))
    for kind, attribute in (("failure", "failures"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{kind}"))))
    suite.set("errors", "0")
    return suite


def _answer(case: ElementTree.Element, finding: Finding) -> None:
    if finding.known:
        ElementTree.SubElement(case, "skipped", message="known to the baseline")
    elif finding.status == "failed":
        failure = ElementTree.SubElement(case, "failure", type=finding.severity, message=_plain(finding.found))
        control = finding.control
        texts = (control.title, f"why: {control.why}", f"expected: {finding.expected}", control.fix, control.python)
        failure.text = _plain("\n".join(filter(None, texts)))
    elif finding.status == "waived":
        ElementTree.SubElement(case, "skipped", message=_plain(f"waived: {finding.waiver}"))
    elif finding.status == "unknown":
        ElementTree.SubElement(case, "skipped", message=_plain(f"unknown until apply: {finding.found}"))


def _called(finding: Finding) -> str:
    return " ".join(filter(None, (finding.address or "configuration", finding.at)))


def _plain(text: str) -> str:
    return _UNWRITABLE.sub("?", text)
