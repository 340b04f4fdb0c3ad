"""The mutants of one source file: each changes one expression or statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
ARITHMETIC: Final[dict[type[ast.operator], str]] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.Pow: "*",
}


@dataclass(frozen=True)
class Mutant:
    """One change of a file: the text from `start` to `end` (byte offsets) becomes `new`."""

    file: str
    line: int
    kind: str
    start: int
    end: int
    old: str
    new: str

    def apply(self, source: bytes) -> bytes:
        """The source with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {_short(self.old)} -> {_short(self.new) or 'nothing'}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else f"{line[:67]}..."


def mutants(file: str, source: bytes) -> list[Mutant]:
    """Every mutant of a source, in the order of its lines.

    Not mutated: docstrings, annotations, imports, texts with a space in them (messages and descriptions, whose wording
    is not behaviour), and ``__all__``.
    """
    finder = _Finder(file, source)
    finder.visit(ast.parse(source))
    return sorted(set(finder.mutants), key=lambda mutant: (mutant.line, mutant.start, mutant.end, mutant.new))


class _Finder(ast.NodeVisitor):
    def __init__(self, file: str, source: bytes) -> None:
        self.file = file
        self.source = source
        self.mutants: list[Mutant] = []
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def _offset(self, line: int, column: int) -> int:
        return self._lines[line - 1] + column

    def _span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _text(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()

    def _add(self, line: int, kind: str, start: int, end: int, new: str) -> None:
        old = self.source[start:end].decode()
        if old != new:
            self.mutants.append(Mutant(self.file, line, kind, start, end, old, new))

    def _replace(self, node: ast.expr | ast.stmt | ast.keyword, kind: str, new: str) -> None:
        start, end = self._span(node)
        self._add(node.lineno, kind, start, end, new)

    def _body(self, body: list[ast.stmt]) -> None:
        for index, statement in enumerate(body):
            if index == 0 and _is_text(statement):
                continue  # a docstring
            self.visit(statement)

    def visit_Module(self, node: ast.Module) -> None:
        self._body(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call):  # @dataclass(frozen=True): no behaviour of the program
                self.visit(decorator)
        self._body(node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in (*node.args.defaults, *(value for value in node.args.kw_defaults if value is not None)):
            self.visit(default)
        self._body(node.body)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        is_alias = isinstance(node.value, ast.Subscript) and any(name[0].isupper() for name in names)
        if "__all__" not in names and not is_alias:
            self.visit(node.value)

    def visit_Import(self, node: ast.Import) -> None:
        pass

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        pass

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._replace(node, "boolean", str(not value))
        elif isinstance(value, int | float):
            self._replace(node, "number", repr(value + 1))
        elif isinstance(value, str) and not any(character.isspace() for character in value):
            self._replace(node, "text", repr(f"{value}x"))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """A formatted text: its values are mutated where it is a name, and nothing of it where it is a message."""
        literal = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        if any(character.isspace() for character in literal):
            return
        start, end = self._span(node)
        text = self.source[start:end].decode()
        if text.endswith(('"', "'")) and not text.endswith(('"""', "'''")):
            self._add(node.lineno, "text", start, end, f"{text[:-1]}x{text[-1]}")

    def visit_Compare(self, node: ast.Compare) -> None:
        left: ast.expr = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            start, end = self._span(left)[1], self._span(right)[0]
            between = self.source[start:end].decode()
            if between.strip(" ()\n"):
                token = between.strip(" ()\n")
                at = start + between.index(token)
                self._add(node.lineno, "comparison", at, at + len(token), COMPARISONS[type(operator)])
            left = right
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            start, end = self._span(left)[1], self._span(right)[0]
            between = self.source[start:end].decode()
            word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            if word in between:
                at = start + between.index(word)
                self._add(left.end_lineno or node.lineno, "logic", at, at + len(word), other)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        start, end = self._span(node.left)[1], self._span(node.right)[0]
        between = self.source[start:end].decode()
        token = between.strip(" ()\n")
        if token and type(node.op) in ARITHMETIC and not isinstance(node.left, ast.JoinedStr):
            at = start + between.index(token)
            self._add(node.lineno, "arithmetic", at, at + len(token), ARITHMETIC[type(node.op)])
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace(node, "negation", f"bool({self._text(node.operand)})")
        self.generic_visit(node)

    def _negate(self, test: ast.expr) -> None:
        if not isinstance(test, ast.Compare) or len(test.ops) > 1:
            self._replace(test, "condition", f"(not ({self._text(test)}))")

    def visit_If(self, node: ast.If) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._negate(test)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Leave out each named argument, except those of `Field` and `field`, which describe."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in {"cast", "TypeVar", "NewType"}:
            return
        for keyword in node.keywords:
            if keyword.arg is not None:
                start, end = self._span(keyword)
                rest = self.source[end:]
                trailing = len(rest) - len(rest.lstrip(b" \n"))
                if rest[trailing : trailing + 1] == b",":
                    end += trailing + 1
                self._add(keyword.lineno, "argument", start, end, "")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self._replace(node, "return", "return None")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom):
            new = "pass" if isinstance(node.value, ast.Call) else "yield from ()"
            self._replace(node, "statement", new)
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._replace(node, "jump", "break")

    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace(node, "raise", "pass")
        self.generic_visit(node)


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def names_on(source: bytes, line: int) -> set[str]:
    """The names that a statement at module level binds, where the line is part of one."""
    return {
        target.id
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and statement.lineno <= line <= (statement.end_lineno or statement.lineno)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }


def lines_with(source: bytes, names: set[str]) -> set[int]:
    """The lines on which one of these names is read."""
    return {
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)
    }


def function_lines(source: bytes, line: int) -> range:
    """The lines of the innermost function around a line, or of that line alone."""
    inside: Iterator[range] = (
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or node.lineno)
    )
    return min(inside, key=len, default=range(line, line + 1))
