"""The faster escapes of arrays in Label Studio's process write the same bytes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.array import ListDumper

from annotation.fence.bulk_insert import _Escapes, install


@given(st.lists(st.sampled_from([b"\\", b'"', b"a", b"\\u0430", b"\n", b"{"])).map(b"".join))
def test_every_text_is_escaped_as_psycopg_does(text: bytes) -> None:
    assert _Escapes().sub(rb"\\\1", text) == re.sub(rb'(["\\])', rb"\\\1", text)


def test_the_pattern_of_psycopg_is_the_one_that_is_replaced() -> None:
    former = ListDumper._re_esc
    try:
        install()
        assert isinstance(ListDumper._re_esc, _Escapes)
    finally:
        ListDumper._re_esc = former
