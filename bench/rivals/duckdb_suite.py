"""One naive aggregate SELECT in DuckDB's Python package: `duckdb_suite.py FILE`. The statement is `naive.sql`."""

import sys
from pathlib import Path

import duckdb
from suite import conclude

path = sys.argv[1]
statement = Path(__file__).with_name("naive.sql").read_text().replace("$FILE", "'" + path.replace("'", "''") + "'")
connection = duckdb.connect()
described = connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
result = connection.execute(statement)
row = dict(zip((column[0] for column in result.description), result.fetchone(), strict=True))
contracts = set(row.pop("contracts"))
conclude([column[0] for column in described], described[1][1] in ("INTEGER", "BIGINT"), row, contracts)
