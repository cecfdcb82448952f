"""Parquet files of pyarrow 26 for test/engines/pages: every form that plain pages have, and what must be left to DuckDB.

    python scripts/reference/pages.py test/engines/pages/fixtures

What is in them follows from the place of a row, so that a run with the same pyarrow writes the same files.
"""
import decimal
import sys
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 260
GROUP = 150
INT32 = [0, -1, 1, 2**31 - 1, -(2**31)]
INT64 = [0, -1, 2**53 + 1, 2**63 - 1, -(2**63)]
REAL = [0.0, -0.0, float("nan"), float("inf"), float("-inf"), 1.401298464324817e-45, -2.5, 0.1]
TEXT = ["", "é", "north", "north-east", "日本語", "a text that is longer than the sixteen bytes of a register"]
PLAIN = [("int32", pa.int32()), ("int64", pa.int64()), ("float", pa.float32()), ("double", pa.float64()), ("text", pa.string())]


def values(name, distinct):
    """The same kind of value again and again, `distinct` different ones, of which the first are extremes."""
    firsts = {"int32": INT32, "int64": INT64, "float": REAL, "double": REAL, "text": TEXT}[name]
    made = {
        "int32": lambda i: i * 7919 - 1_000_000,
        "int64": lambda i: (i * 6364136223846793005) % 2**40,
        "float": lambda i: i / 3,
        "double": lambda i: i / 7,
        "text": lambda i: f"text {i}",
    }[name]
    every = [*firsts, *(made(i) for i in range(len(firsts), distinct))][:distinct]
    return [every[row * row % distinct if row % 3 else row * 31 % distinct] for row in range(ROWS)]


def plain_table(distinct):
    """Each kind of column, as one that must have values and as one that may lack some."""
    fields, columns = [], []
    for name, kind in PLAIN:
        for nullable in (False, True):
            fields.append(pa.field(f"{'optional' if nullable else 'required'}_{name}", kind, nullable=nullable))
            columns.append(pa.array(values(name, distinct), kind))
    return pa.table(columns, schema=pa.schema(fields))


def write(name, table, **options):
    settings = {"row_group_size": GROUP, "write_batch_size": 16, "data_page_size": 160, "compression": "snappy", **options}
    pq.write_table(table, FOLDER / f"{name}.parquet", **settings)


def plain_files():
    """Both versions of pages, packed or not, with dictionaries, without, and with such that grow too large."""
    for version in ("1.0", "2.0"):
        for codec in ("snappy", "none"):
            options = {"data_page_version": version, "compression": codec}
            stem = f"v{version[0]}-{codec}"
            write(f"{stem}-dictionary", plain_table(21), **options)
            write(f"{stem}-plain", plain_table(90).drop(["required_text", "optional_text"]), use_dictionary=False, **options)
            write(f"{stem}-overflow", plain_table(90), dictionary_pagesize_limit=64, **options)
    write("one-value", plain_table(1))
    write("no-rows", plain_table(3).slice(0, 0))
    write("large-pages", plain_table(40), data_page_size=2**20, row_group_size=ROWS)
    write("checksums", plain_table(7), write_page_checksum=True, write_page_index=True)


def missing_files():
    """A NULL in the last row; once it is known, once it is found in the pages alone."""
    table = plain_table(5)
    nullable = table.select([name for name in table.column_names if name.startswith("optional")]).slice(0, 100)
    lacking = pa.table([pa.array([*column.to_pylist()[:-1], None], column.type) for column in nullable.columns], schema=nullable.schema)
    for version in ("1.0", "2.0"):
        write(f"v{version[0]}-null-known", lacking, data_page_version=version)
        write(f"v{version[0]}-null-unknown", lacking, data_page_version=version, write_statistics=False)


def other_files():
    """What openPages leaves out, or the kernel refuses."""
    table = plain_table(21).slice(0, 100)
    for codec in ("zstd", "gzip", "lz4", "brotli"):
        write(f"codec-{codec}", table, compression=codec)
    write("plain-text", table.select(["required_text", "optional_text"]), use_dictionary=False)
    numbers = table.drop(["required_text", "optional_text"])
    write("byte-stream-split", numbers, use_dictionary=False, use_byte_stream_split=True)
    write("delta", numbers.select([0, 1, 2, 3]), use_dictionary=False, column_encoding="DELTA_BINARY_PACKED")
    write("delta-text", table.select(["required_text"]), use_dictionary=False, column_encoding="DELTA_LENGTH_BYTE_ARRAY")
    write("nested", pa.table({
        "inner": pa.array([{"int64": 1, "deep": {"int64": 2}}, {"int64": 3, "deep": {"int64": 4}}]),
        "list": pa.array([[1, 2], [3]]),
        "map": pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int64())),
        "int64": pa.array([5, 6]),
    }))
    write("same-names", pa.table([pa.array([1, 2]), pa.array([3, 4]), pa.array([5, 6])], names=["Key", "key", "other"]))
    write("types", typed_table(), store_decimal_as_integer=True)


def typed_table():
    """Whole numbers and texts of the file that mean something else, and small ones that do not."""
    return pa.table({
        "uint8": pa.array([1, 255], pa.uint8()),
        "uint32": pa.array([1, 2**32 - 1], pa.uint32()),
        "uint64": pa.array([1, 2**64 - 1], pa.uint64()),
        "decimal32": pa.array([decimal.Decimal("1.5"), decimal.Decimal("-1.5")], pa.decimal128(5, 2)),
        "decimal64": pa.array([decimal.Decimal("1.5"), decimal.Decimal("-1.5")], pa.decimal128(15, 2)),
        "decimal128": pa.array([decimal.Decimal("1.5"), decimal.Decimal("-1.5")], pa.decimal128(38, 2)),
        "timestamp": pa.array([datetime(2020, 1, 1), datetime(1960, 1, 1)]),
        "date": pa.array([date(2020, 1, 1), date(1960, 1, 1)]),
        "time32": pa.array([time(10), time(11)], pa.time32("ms")),
        "time64": pa.array([time(10), time(11)]),
        "boolean": pa.array([True, False]),
        "float16": pa.array([1.5, 2.5], pa.float16()),
        "binary": pa.array([b"a", b"\xff"]),
        "int8": pa.array([-128, 127], pa.int8()),
        "int16": pa.array([-32768, 32767], pa.int16()),
        "large_text": pa.array(["a", "b"], pa.large_string()),
        "categories": pa.array(["x", "y"]).dictionary_encode(),
    })


if __name__ == "__main__":
    FOLDER = Path(sys.argv[1])
    plain_files()
    missing_files()
    other_files()
