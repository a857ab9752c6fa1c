"""The map as a flowchart."""

from secureinfra.maps.network.draw import facts_of
from secureinfra.maps.network.mermaid import as_mermaid
from secureinfra.terraform.model.configuration import Configuration
from tests.maps.network.documents import balanced, configuration


def test_flowchart_has_the_groups_and_their_arrows() -> None:
    text = as_mermaid(facts_of([Configuration.of(balanced())]))
    assert text.splitlines()[0] == "flowchart LR"
    assert '      v1g1["web<br/>load balancer (internet-facing)"]' in text
    assert '  internet -->|"tcp 443"| v1g1' in text
    assert '  v1g2 -->|"tcp 5432"| v1g3' in text
    assert text.count("subgraph") == text.count("end\n")


def test_names_are_no_syntax() -> None:
    text = as_mermaid(facts_of([configuration("hostile")]))
    for line in text.splitlines():
        assert line.count('"') in (0, 2)
        assert "<" not in line.replace("<br/>", "").replace("-->", "")
        assert "\u202e" not in line
