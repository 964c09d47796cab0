"""The written instruction: one source, two places."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from annotation.blind.page import label_config as blind_page
from annotation.instruction import html, instruction_html, page
from annotation.project import label_config
from annotation.russian.middleware import translated

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_docs_are_written_from_the_instruction() -> None:
    written = (DOCS / "annotators.md").read_text(encoding="utf-8")

    assert written == page(), "run `python -m annotation.instruction`"
    for picture in re.findall(r"\]\((img/[^)]+)\)", written):
        assert (DOCS / picture).is_file(), picture


def test_each_example_ranks_four_texts_one_with_a_falsehood_one_with_a_tie() -> None:
    tables = re.findall(r"<table>.*?</table>", instruction_html(), flags=re.DOTALL)[1:]
    cells = [re.findall(r"<td><strong>(\d)</strong>([^<]*)</td>", table) for table in tables]

    false_one, tied = ([int(place) for place, _ in rows] for rows in cells)
    assert (sorted(false_one), sorted(tied)) == ([1, 2, 3, 4], [1, 1, 3, 4])
    assert [flag for _, flag in cells[0] if flag] == [", ложные сведения"]


@pytest.mark.parametrize("config", [label_config(), blind_page()], ids=["ranking", "blind"])
def test_keys_of_the_page_are_those_of_the_instruction_and_no_two_alike(config: str) -> None:
    keys = [choice.attrib["hotkey"] for choice in ElementTree.fromstring(config).iter("Choice")]

    assert len(set(keys)) == len(keys)
    rows = re.findall(r"<td><strong>Вариант \d</strong></td>\s*(.*?)</tr>", instruction_html(), flags=re.DOTALL)
    written = [key.lower() for row in rows for key in re.findall(r"<td>(\w)</td>", row)]
    if config == label_config():
        assert sorted(keys) == sorted([*written, "6", "7", "8", "9"])


def test_markup_in_an_instruction_is_escaped() -> None:
    assert "<script>" not in html("<script>alert(1)</script>")


def test_the_script_goes_into_the_head_once() -> None:
    found = translated(b"<html><head></head><body></head></body></html>", "n0nce")

    assert found.count(b"<script nonce=") == 1
    assert found.index(b"</script>") < found.index(b"</head>")
    assert translated(b"no head", "x") == b"no head"
