"""Strings and heredocs of HCL, put together at random from what is hard to read in them."""

from __future__ import annotations

import random

_ANYWHERE = [
    *("$", "%", "{", "}", "$$", "%%", "$$$", "$${", "%%{", "~", "a", "é", " ", "  ", "#", "//", "/*", "'", "(", "]"),
    *("${local.text}", "${~ local.text ~}", "${local.text ~}", "${~ local.text}", '${ "q" }'),
    *("%{ if true ~}", "%{~ endif }", "%{ if local.off }y%{ else }n%{ endif }"),
]
_QUOTED = [*_ANYWHERE, '\\"', "\\\\", "\\n", "\\t", "\\u0024", "\\u0025", "\\u007b", "<<E"]
_LINES = [*_ANYWHERE, "\n", "\n", "\n   ", "\n      ", "\n\t", "\\", '"', "\\n", "\n  EO", "${local.text}\n", "    "]


def expressions(number: int, seed: int) -> list[str]:
    """Expressions of HCL that use `local.text`, a string, and `local.off`, which is false."""
    chance = random.Random(seed)
    makers = [_quoted, _heredoc]
    made = [chance.choice(makers)(chance) for _ in range(number)]
    return [f"upper({one})" if chance.random() < 0.3 else one for one in made]


def _quoted(chance: random.Random) -> str:
    return f'"{_template(chance, _QUOTED, 8)}"'


def _heredoc(chance: random.Random) -> str:
    indentation = chance.choice(["", "    ", "  ", "\t"])
    lines = "".join(f"{indentation}{line}\n" for line in f"{_template(chance, _LINES, 12)} ".split("\n"))
    return f"<<{chance.choice(['', '-'])}EOT\n{lines}{indentation}EOT\n"


def _template(chance: random.Random, pieces: list[str], most: int) -> str:
    template, directives = "", 0
    for piece in chance.choices(pieces, k=chance.randint(0, most)):
        # What would begin an interpolation, or escape one that has a quote, makes no HCL.
        if template.endswith(("$", "%")) and piece[0] in "{$%" and len(piece.strip("$%")) > 0:
            continue
        if piece == "%{~ endif }" and not directives:
            continue
        directives += (piece == "%{ if true ~}") - (piece == "%{~ endif }")
        template += piece
    return template + " %{ endif }" * directives
