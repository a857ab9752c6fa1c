"""Bodies of HCL put together at random: whole ones, and soups of words of which few are HCL."""

from __future__ import annotations

import random

_NAMES = ("a", "var.b", "local.c", "data.d.e", "for", "in", "if", "null", "true", "größe", "x-y", "each.value", "_z")
_NUMBERS = ("0", "12", "1.5", "2e3", "1.5e-7")
_STRINGS = (
    '""',
    '"s"',
    '"%"',
    '"$"',
    '"${var.b}"',
    '"a $${b} %%{c}"',
    '"%{ if a }x%{ else }y%{ endif }"',
    r'"\n\"\u00e9"',
)
_BINARY = ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
_BLANKS = ("", " ", "  ", " /* c */ ", "\t")
_BREAKS = ("\n", "\n\n", " # c\n", " // c\n", "\r\n", "\n  /* c\n  d */\n")
_SOUP = (
    *(
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ",",
        "=",
        ":",
        "?",
        ".",
        "*",
        "...",
        "=>",
        "!",
        "-",
        "&&",
        "==",
        "%",
        "\n",
        "\n",
        " ",
    ),
    *(
        "for",
        "in",
        "if",
        "a",
        "b.c",
        "f(",
        "1",
        "1.5",
        '"s"',
        '"${a}"',
        "# c\n",
        "/* c */",
        "<<E\nx\nE\n",
        "::",
        "[*]",
        ".*",
    ),
)


class Program:
    """Expressions and bodies that are HCL.

    Args:
        seed: of the chance.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def body(self, depth: int = 3) -> str:
        """Arguments and blocks, each on lines of its own."""
        names = self._chance.sample(("a", "b", "c", "größe", "for", "in", "x-y"), self._chance.randint(0, 5))
        return "".join(f"  {self._item(name, depth)}{self._break()}" for name in names)

    def _item(self, name: str, depth: int) -> str:
        if depth and self._chance.random() < 0.3:
            label = self._chance.choice(("", ' "l"', " l", ' "l" "m"'))
            one_line = f"{name}{label} {{ a = {self.expression(1)} }}"
            whole = f"{name}{label} {{{self._break()}{self.body(depth - 1)}}}"
            return self._chance.choice((one_line, whole, f"{name}{label} {{}}"))
        if self._chance.random() < 0.1:
            return f"{name} = <<-E\n    x ${{var.b}}\n  y\n  E"
        return f"{name}{self._blank()}={self._blank()}{self.expression(depth)}"

    def expression(self, depth: int) -> str:
        """An expression that ends on the line where it begins, but for what stands within brackets."""
        makers = (self._operation, self._condition, self._tuple, self._object, self._call, self._for, self._traversal)
        if depth <= 0 or self._chance.random() < 0.25:
            return self._chance.choice((*_NAMES[1:4], *_NUMBERS, *_STRINGS, "true", "null"))
        return self._chance.choice(makers)(depth - 1)

    def _operation(self, depth: int) -> str:
        one, other = self.expression(depth), self.expression(depth)
        sign = self._chance.choice(("", "-", "!", "- ", "!!", "-!"))
        return f"{sign}{one} {self._chance.choice(_BINARY)}{self._blank()} {other}"

    def _condition(self, depth: int) -> str:
        one, two, three = (self.expression(depth) for _ in range(3))
        if self._chance.random() < 0.3:
            return f"({one}{self._break()}? {two}{self._break()}: {three})"
        return f"{one} ? {two} : {three}"

    def _tuple(self, depth: int) -> str:
        items = [self.expression(depth) for _ in range(self._chance.randint(0, 3))]
        between = self._chance.choice((", ", f",{self._break()}", f"{self._break()}, "))
        return f"[{self._gap()}{between.join(items)}{self._chance.choice(('', ',')) if items else ''}{self._gap()}]"

    def _object(self, depth: int) -> str:
        keys = ("k", '"l m"', "(var.b)", '"${var.b}"', "for_each", "if", "1")
        pairs = [
            f"{key}{self._blank()}{self._chance.choice(('=', ':'))} {self.expression(depth)}"
            for key in self._chance.sample(keys, self._chance.randint(0, 3))
        ]
        between = self._chance.choice((", ", self._break(), f",{self._break()}"))
        return f"{{{self._gap()}{between.join(pairs)}{self._gap()}}}"

    def _call(self, depth: int) -> str:
        name = self._chance.choice(("f", "provider::aws::arn_parse", "core::max"))
        given = [self.expression(depth) for _ in range(self._chance.randint(0, 2))]
        last = self._chance.choice(("", ",", "...")) if given else ""
        return f"{name}({self._gap()}{', '.join(given)}{last}{self._gap()})"

    def _for(self, depth: int) -> str:
        names = self._chance.choice(("v", "k, v", "k,v"))
        condition = self._chance.choice(("", f" if {self.expression(depth)}"))
        head = f"for {names} in{self._gap()} {self.expression(depth)} :{self._gap()}"
        if self._chance.random() < 0.5:
            return f"[{self._gap()}{head} {self.expression(depth)}{condition}{self._gap()}]"
        grouped = self._chance.choice(("", "..."))
        return f"{{{self._gap()}{head} k => {self.expression(depth)}{grouped}{condition}{self._gap()}}}"

    def _traversal(self, depth: int) -> str:
        steps = (".d", "[0]", '["k"]', "[*].e", ".*.e", f"[{self.expression(depth)}]", ".0", ".0.f", " .g", "[ 0 ]")
        return "var.b" + "".join(self._chance.choices(steps, k=self._chance.randint(1, 3)))

    def _blank(self) -> str:
        return self._chance.choice(_BLANKS)

    def _break(self) -> str:
        return self._chance.choice(_BREAKS)

    def _gap(self) -> str:
        return self._chance.choice(("", "", " ", self._break()))


def bodies(number: int, seed: int) -> list[str]:
    """Bodies that are HCL."""
    program = Program(seed)
    return [program.body() for _ in range(number)]


def soups(number: int, seed: int) -> list[str]:
    """Bodies of one argument that few readers take for HCL."""
    chance = random.Random(seed)
    return [
        f"  v = {chance.choice(('', ' ')).join(chance.choices(_SOUP, k=chance.randint(1, 9)))}\n" for _ in range(number)
    ]
