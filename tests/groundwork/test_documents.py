"""Documents: reading YAML, TOML and JSON as models, and reporting every problem with its place."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, Discriminator, Field, Strict, Tag, model_validator

from groundwork import documents
from groundwork.documents import Document, DocumentError, Model, Names, Objection, Problems, Text, key_path, refuse
from groundwork.documents.messages import shown, suggest
from groundwork.errors import UserError


class Colour(enum.StrEnum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


def _even(value: int) -> int:
    if value % 2:
        raise ValueError(f"{value} is odd")
    return value


class Item(Model):
    """An entry of a list."""

    name: Text
    low: int = 0
    high: int = 9

    @model_validator(mode="after")
    def _ordered(self) -> Item:
        if self.low > self.high:
            refuse([Objection(f"{self.low} is above {self.high}", "swap them", ("low",))])
        return self


class Priced(Model):
    """An amount."""

    amount: Decimal


class Absent(Model):
    """A reason."""

    absent: Text


def _which(value: Any) -> str:
    return "[absent]" if isinstance(value, dict) and "absent" in value else "[priced]"


Price = Annotated[Annotated[Priced, Tag("[priced]")] | Annotated[Absent, Tag("[absent]")], Discriminator(_which)]


class Sample(Model):
    """A document with a field of each kind."""

    version: int = Field(ge=1, le=3, description="the version of the format")
    day: dt.date = dt.date(2026, 1, 1)
    colour: Annotated[Colour, Strict(strict=False)] = Colour.RED
    names: Names = ()
    title: Text | None = None
    even: Annotated[int, AfterValidator(_even)] = 0
    flag: bool = False
    share: Decimal = Field(default=Decimal(1), gt=0)
    items: Annotated[tuple[Item, ...], Strict(strict=False), Field(max_length=2)] = ()
    prices: dict[Text, Price] = Field(default_factory=dict)
    local_ssd: int = Field(default=0, alias="local-ssd")
    pair: Annotated[tuple[int, ...], Strict(strict=False), Field(min_length=2)] = (1, 2)


def _problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        documents.parse(text, "a.yaml", "YAML").parse(Sample)
    return [str(problem) for problem in caught.value.problems]


def test_document_with_valid_values_becomes_its_model() -> None:
    """Text, numbers, dates, enums, lists and maps are read with their types; decimals are exact."""
    text = (
        "version: 1\nday: 2026-07-30\ncolour: blue\nnames: [b, a]\ntitle: x\neven: 2\nflag: true\nshare: 0.1\n"
        "items: [{name: n}]\nprices: {a: {amount: 0.10}, b: {absent: unknown}}\nlocal-ssd: 4\n"
    )
    sample = documents.parse(text, "a.yaml", "YAML").parse(Sample)

    assert (sample.version, sample.day, sample.colour) == (1, dt.date(2026, 7, 30), Colour.BLUE)
    assert (sample.names, sample.title, sample.even, sample.flag) == (("b", "a"), "x", 2, True)
    assert (str(sample.share), sample.items[0].high, sample.local_ssd) == ("0.1", 9, 4)
    assert sample.prices == {"a": Priced(amount=Decimal("0.10")), "b": Absent(absent="unknown")}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("versoin: 1", "a.yaml:1: versoin: unknown key (did you mean version?)"),
        ("{}", "a.yaml: version: is missing (the version of the format)"),
        ("version: 0", "a.yaml:1: version: 0 is out of range (must be at least 1)"),
        ("version: 4", "a.yaml:1: version: 4 is out of range (must be at most 3)"),
        ("version: true", "a.yaml:1: version: expected a whole number, found true"),
        ("version: 1.0", "a.yaml:1: version: expected a whole number, found 1.0"),
        ("version: '1'", "a.yaml:1: version: expected a whole number, found '1'"),
        ("version:", "a.yaml:1: version: expected a whole number, found nothing"),
        ("version: 1\nday: July", "a.yaml:2: day: expected a date such as 2026-07-30, found 'July'"),
        ("version: 1\nday: 2026-07-30 10:00:00", "found 2026-07-30 10:00:00"),
        ("version: 1\ncolour: green", "a.yaml:2: colour: 'green' is not a valid value (one of 'red' or 'blue')"),
        ("version: 1\nnames: [a, b, a]", "a.yaml:2: names: duplicate 'a' (list it once)"),
        ("version: 1\nnames: [a, 3]", "a.yaml:2: names[1]: expected text, found 3 (put it in quotes)"),
        ("version: 1\nnames: a", "a.yaml:2: names: expected a list, found 'a'"),
        ("version: 1\ntitle: ' '", "a.yaml:2: title: expected text, found nothing"),
        ("version: 1\ntitle: {a: 1}", "a.yaml:2: title: expected text, found a map"),
        ("version: 1\neven: 3", "a.yaml:2: even: 3 is odd"),
        ("version: 1\nflag: 1", "a.yaml:2: flag: expected true or false, found 1"),
        ("version: 1\nshare: 0.0", "a.yaml:2: share: 0.0 is out of range (must be above 0)"),
        ("version: 1\nshare: '1'", "a.yaml:2: share: expected a number, found '1'"),
        ("version: 1\nitems:\n- name: a\n  low: 3\n  high: 2", "a.yaml:4: items[0].low: 3 is above 2 (swap them)"),
        ("version: 1\nitems:\n- name: a\n- 4", "a.yaml:4: items[1]: expected a map of keys, found 4"),
        ("version: 1\nitems: [{name: a}, {name: b}, {name: c}]", "a.yaml:2: items: has 3 entries (at most 2 expected)"),
        ("version: 1\npair: [1]", "a.yaml:2: pair: has 1 entry (at least 2 expected)"),
        ("version: 1\nitems: [{name: a, hihg: 1}]", "a.yaml:2: items[0].hihg: unknown key (did you mean high?)"),
        ("version: 1\nprices: {a: {amuont: 1.0}}", "a.yaml:2: prices.a.amuont: unknown key (did you mean amount?)"),
        ("version: 1\nprices: {a: {absent: x, zz: 1}}", "a.yaml:2: prices.a.zz: unknown key (known here: absent)"),
        ("version: 1\nprices: {3: {absent: x}}", "a.yaml:2: prices.3: expected text, found 3 (put it in quotes)"),
        ("version: 1\nlocal_ssd: 3", "a.yaml:2: local_ssd: unknown key (did you mean local-ssd?)"),
        ("- 1", "a.yaml: expected a map of keys, found a list"),
        ("", "a.yaml: expected a map of keys, found nothing"),
    ],
)
def test_invalid_value_is_reported_with_line_path_and_hint(text: str, problem: str) -> None:
    """Exactly one problem: where the value is, what is wrong with it, and what would be right."""
    (found,) = _problems(text)

    assert problem in found


def test_every_problem_is_reported_at_once() -> None:
    """Problems of different sections do not hide each other, and each has its hint on its own line."""
    text = "version: 9\ncolour: green\nitems:\n- {name: a, low: 3, high: 2}\n- {low: x}\n"
    with pytest.raises(UserError) as caught:
        documents.parse(text, "a.yaml", "YAML").parse(Sample)

    assert caught.value.hint == ""
    assert caught.value.line() == caught.value.message.replace("\n", "; ")
    assert caught.value.message.splitlines() == [
        "a.yaml:1: version: 9 is out of range (must be at most 3)",
        "a.yaml:2: colour: 'green' is not a valid value (one of 'red' or 'blue')",
        "a.yaml:4: items[0].low: 3 is above 2 (swap them)",
        "a.yaml:5: items[1].name: is missing",
        "a.yaml:5: items[1].low: expected a whole number, found 'x'",
    ]


def test_single_problem_has_its_hint_apart() -> None:
    """The command line prints message and hint on two lines."""
    with pytest.raises(UserError) as caught:
        documents.parse("versoin: 1", "a.yaml", "YAML").parse(Sample)

    assert (caught.value.message, caught.value.hint) == ("a.yaml:1: versoin: unknown key", "did you mean version?")


def test_problems_of_parts_are_collected_with_their_places() -> None:
    """Each part is read alone: a valid one is returned although others are not."""
    document = documents.parse("a: {name: x}\nb:\n  nmae: y\n", "a.yaml", "YAML")
    problems = Problems(document)

    assert problems.read(Item, document.value["a"], ("a",)) == Item(name="x")
    assert problems.read(Item, document.value["b"], ("b",)) is None
    problems.add(("a", "name"), "is taken", "choose another")
    with pytest.raises(DocumentError) as caught:
        problems.finish()

    assert [str(problem) for problem in caught.value.problems] == [
        "a.yaml:1: a.name: is taken (choose another)",
        "a.yaml:3: b.nmae: unknown key (did you mean name?)",
    ]


def test_problems_of_two_documents_are_raised_together() -> None:
    """Nothing is raised where neither document has a problem."""
    first = Problems(documents.parse("a: 1", "a.yaml", "YAML"))
    second = Problems(documents.parse("b: 1", "b.yaml", "YAML"))
    first.finish(second)
    second.add(("b",), "is wrong")

    with pytest.raises(DocumentError, match=r"b\.yaml:1: b: is wrong"):
        first.finish(second)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "a.yaml:3: is not valid YAML: duplicate key a"),
        ("a:\n  b: 1\n  b: 2", "a.yaml:3: is not valid YAML: duplicate key b"),
        ("a: [", "a.yaml:2: is not valid YAML: "),
        ("a: 1\n? [x]\n: 2", "a.yaml:2: is not valid YAML: a key is not text"),
        ("a: 1\nb: 2026-13-45", "a.yaml:2: is not valid YAML: 2026-13-45 is not valid"),
        ("a: &x [*x]", "a.yaml:1: is not valid YAML: a value contains itself"),
        ("a: !!python/object:os.system {}", "a.yaml:1: is not valid YAML: unknown tag"),
        ("a: !thing 1", "a.yaml:1: is not valid YAML: could not determine a constructor"),
        ("a: 1\n---\nb: 2", "a.yaml:2: is not valid YAML: but found another document"),
        ("a: '\x07'", "a.yaml: is not valid YAML: "),
        ("[" * 2000 + "]" * 2000, "a.yaml: is not valid YAML: is nested too deeply"),
    ],
)
def test_invalid_yaml_is_reported_with_its_line(text: str, message: str) -> None:
    """One message and no traceback, whatever is wrong with the text."""
    with pytest.raises(UserError) as caught:
        documents.parse(text, "a.yaml", "YAML")

    assert caught.value.message.startswith(message)


def test_yaml_numbers_anchors_and_merge_keys_have_their_values() -> None:
    """Numbers with a point are exact; an alias is the same value; a map's own keys win over merged ones."""
    text = "a: 0.10\nb: 1_000.5\nc: -.inf\nd: &d {x: 1, y: 2}\ne: {<<: *d, y: 3}\nf: *d\ng: [0x10, ~, yes, 'no']\n"
    value = documents.parse(text, "a.yaml", "YAML").value

    assert [str(value[key]) for key in "abc"] == ["0.10", "1000.5", "-Infinity"]
    assert value["e"] == {"x": 1, "y": 3}
    assert value["f"] is value["d"]
    assert value["g"] == [16, None, True, "no"]


def test_line_of_a_place_is_that_of_its_deepest_known_part() -> None:
    """A key that is missing is reported at its parent; merged keys are where the map's own are."""
    document = documents.parse("a:\n  b:\n  - c: 1\n  - d: 2\n  e: 3\n", "a.yaml", "YAML")

    assert document.line_of(("a", "b", 1, "d")) == 4
    assert document.line_of(("a", "b", 1, "missing")) == 4
    assert document.line_of(("a", "b", 7)) == 2
    assert document.line_of(("a", "e", "deeper")) == 5
    assert document.line_of(("z",)) is None
    assert document.line_of(()) is None


TOML = """\
version = 1
[sections]
"4.1" = "x"

[[row]]
id = "a"
check = [
  { path = "p" },
]

[[row]]
id = "b"  # the second
[row.extra]
size = 1.50
[[row.part]]
name = "first"
[[row.part]]
name = "second"
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("version",), 1),
        (("sections", "4.1"), 3),
        (("row", 0, "id"), 6),
        (("row", 0, "check", 0, "path"), 7),
        (("row", 0, "missing"), 5),
        (("row", 1, "id"), 12),
        (("row", 1, "extra", "size"), 14),
        (("row", 1, "part", 1, "name"), 18),
        (("nowhere",), None),
    ],
)
def test_toml_places_have_lines(place: documents.Place, line: int | None) -> None:
    """Tables, arrays of tables and keys are found; what is inline is at the line of its key."""
    document = documents.parse(TOML, "a.toml", "TOML")

    assert document.line_of(place) == line
    assert str(document.value["row"][1]["extra"]["size"]) == "1.50"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\na = 2\n", "a.toml:2: is not valid TOML: Cannot overwrite a value"),
        ("a = 1\nb =", "a.toml: is not valid TOML: Invalid value"),
        ("a = 1\n[b\n", "a.toml:2: is not valid TOML: "),
    ],
)
def test_invalid_toml_is_reported_with_its_line(text: str, message: str) -> None:
    """The parser's line where it says one."""
    with pytest.raises(UserError) as caught:
        documents.parse(text, "a.toml", "TOML")

    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n}', "a.json:2: is not valid JSON: "),
        ('{"a": 1, "a": 2}', "a.json: is not valid JSON: duplicate key a"),
        ('{"a": NaN}', "a.json: is not valid JSON: NaN is not JSON"),
        ("[" * 100_000, "a.json: is not valid JSON: is nested too deeply"),
        ("9" * 5000, "a.json: is not valid JSON: "),
    ],
)
def test_invalid_json_is_reported(text: str, message: str) -> None:
    """One message and no traceback, whatever is wrong with the text."""
    with pytest.raises(UserError) as caught:
        documents.parse(text, "a.json", "JSON")

    assert caught.value.message.startswith(message)


def test_json_places_have_lines() -> None:
    """A text that is JSON and not YAML has none."""
    document = documents.parse('{\n  "a": [\n    {"b": 1.50}\n  ]\n}', "a.json", "JSON")

    assert document.line_of(("a", 0, "b")) == 3
    assert str(document.value["a"][0]["b"]) == "1.50"
    assert documents.parse('{"a":\t1}', "a.json", "JSON").line_of(("a",)) in (None, 1)


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json", "toml"])
def test_load_reads_the_format_of_the_suffix(tmp_path: Path, suffix: str) -> None:
    """A file is read as its suffix says, and messages call it by the name that is given."""
    file = tmp_path / f"a.{suffix}"
    file.write_text({"toml": "version = 9"}.get(suffix, '{"version": 9}'), encoding="utf-8")

    with pytest.raises(UserError, match=r"^policy/a:1: version: 9 is out of range$"):
        documents.load(file, Sample, "policy/a")


def test_file_that_cannot_be_read_is_a_user_error(tmp_path: Path) -> None:
    """A missing file, a folder, and bytes that are not text are bad input."""
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "c.yaml").mkdir()

    for name, message in (("a", "cannot be read: No such file"), ("b", "is not text"), ("c", "cannot be read: ")):
        with pytest.raises(UserError, match=rf"{name}\.yaml: {message}"):
            documents.read(tmp_path / f"{name}.yaml")


def test_suggest_names_the_nearest_or_lists_all() -> None:
    """Where no known name is near, the caller's own hint takes the place of the list."""
    assert suggest("pord", ["dev", "prod"]) == "did you mean prod?"
    assert suggest("zzz", ["dev", "prod"]) == "known here: dev, prod"
    assert suggest("zzz", ["dev", "prod"], "see the list") == "see the list"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a" * 99, f"'{'a' * 56}..."),
        (Decimal("1E+3"), "1000"),
        (b"x", "b'x'"),
        ([1], "a list"),
        (None, "nothing"),
    ],
)
def test_shown_values_fit_on_a_line(value: object, text: str) -> None:
    """Long values are cut, and numbers are written without an exponent."""
    assert shown(value) == text


def test_key_path_has_dots_and_indexes() -> None:
    """Keys are joined with dots; indexes are in brackets."""
    assert key_path(("a", 0, "b.c", 1, 2)) == "a[0].b.c[1][2]"
    assert key_path(()) == ""


def test_document_without_lines_reports_the_file_alone() -> None:
    """A value that was not read from text has no line."""
    assert str(Document("x", None, lambda _: None).problem(("a",), "is wrong")) == "x: a: is wrong"
