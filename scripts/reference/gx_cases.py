"""Makes conformance cases by asking the real Great Expectations.

    python scripts/reference/gx_cases.py OUT [--seed 1] [--each 40] [--like FOLDER] [--url postgresql://…]

Needs great_expectations (0.18 or 1.x) and sqlalchemy; with --url an empty PostgreSQL database, whose answers then
count before those of SQLite and pandas. Tables have awkward columns and arguments are drawn at random, legal and
illegal ones; --like takes the tables of a folder of cases instead. OUT receives one file a type in the format that
`npm run conformance -- OUT` reads, OUT/doubtful the cases on which the engines do not agree, which are for a person to
decide: their titles end with the engine that gave the answer, and "≠" and what the others said.
"""

import argparse
import datetime
import glob
import json
import math
import os
import random
import re
import warnings

warnings.filterwarnings("ignore")
os.environ.update(GX_ANALYTICS_ENABLED="false")

import great_expectations as gx  # noqa: E402
import pandas as pd  # noqa: E402
import sqlalchemy as sa  # noqa: E402
import tqdm.std  # noqa: E402
from great_expectations.core.batch import Batch  # noqa: E402
from great_expectations.execution_engine import PandasExecutionEngine, SqlAlchemyExecutionEngine  # noqa: E402
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData  # noqa: E402
from great_expectations.validator.validator import Validator  # noqa: E402

# A progress bar for every question is no help.
tqdm.std.tqdm.display = lambda *_args, **_kwargs: True

OLD = gx.__version__.startswith("0.")
if OLD:
    from great_expectations.core import ExpectationConfiguration

    def configuration(name, kwargs):
        return ExpectationConfiguration(expectation_type=name, kwargs=kwargs)
else:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    def configuration(name, kwargs):
        return ExpectationConfiguration(type=name, kwargs=kwargs)


# --- tables ---------------------------------------------------------------------------------------------------------

WORDS = ["a", "b", "c", "A", "ab", "abc", "", " ", "é", "日本", "😀", 'say "hi"', "it's", "two\nlines", "1", "10", "2.5",
         "a_b", "a%b", "%", "_", "\\", "nan", "null", "None", "True", "x" * 30, "tab\t", "A1", "b2", "-", "0"]
JSONS = ["{}", "[]", "1", '"a"', "null", "true", "{", '{"a": 1}', '{"a": "x"}', '{"a": 1, "b": 2}', "", "nan", "NaN",
         "[1, 2]", "{'a': 1}", '{"a": 1,}', " 1 ", "1 2", "Infinity", '{"a": 1.0}', '{"a": null}', "01", "-0", "1e5"]
GOOD = ["{}", "[]", "1", '"a"', "null", "true", '{"a": 1}', '{"a": "x"}', '{"a": 1, "b": 2}', "[1, 2]", "2.5", '{"a": 1.0}', '""', "[]", "1e5", "4"]
DATES = ["2020-01-01", "2020-02-29", "2019-12-31", "1999-01-31", "2020-1-1", "20200101", "01/31/2020", "31/01/2020",
         "2020-02-30", "Jan 5 2020", "2020-01-01 12:00:00", "2020-01-01T12:00:00Z", "12:30", "hello", "2020", "", "1/1",
         "2020-13-01", "May", "10 Sep 2003", "2003-09-25T10:49:41.5-03:00", "Thu Sep 25 10:36:28 2003", "99", "5 pm"]


def gaps(values, share, rng):
    return [None if rng.random() < share else value for value in values]


def table(rng):
    n = rng.choice([0, 1, 2, 3, 5, 8, 13, 30])
    few = rng.sample(WORDS, 5)
    share = rng.choice([0, 0, 0.2, 0.5])
    start = datetime.datetime(2020, 1, 1)
    data = {
        "i": gaps([rng.randint(-3, 6) for _ in range(n)], share, rng),
        "j": gaps([rng.randint(0, 4) for _ in range(n)], share, rng),
        "k": list(range(n)) if rng.random() < 0.5 else sorted((rng.randint(0, n) for _ in range(n)), reverse=rng.random() < 0.5),
        "f": gaps([round(rng.gauss(0, 2), rng.choice([1, 1, 6])) + 0.5 for _ in range(n)], share, rng),
        "g": gaps([rng.choice([0.1, 0.2, 0.30000000000000004, 1e10, -1e-5, 2.5]) for _ in range(n)], share, rng),
        "s": gaps([rng.choice(few) for _ in range(n)], share, rng),
        "t": gaps([rng.choice(WORDS) for _ in range(n)], share, rng),
        "b": gaps([rng.random() < 0.5 for _ in range(n)], share, rng),
        "void": [None] * n,
        "js": gaps([rng.choice(JSONS) for _ in range(n)], share / 2, rng),
        "good": gaps([rng.choice(GOOD) for _ in range(n)], share, rng),
        "d": gaps([rng.choice(DATES) for _ in range(n)], share / 2, rng),
        "num": gaps([rng.choice(["1", "2", "10", "-1", "2.5", "007"]) for _ in range(n)], share, rng),
        "ts": gaps([str(start + datetime.timedelta(hours=rng.randint(0, 100))) for _ in range(n)], share, rng),
        "day": gaps([str((start + datetime.timedelta(days=rng.randint(0, 9))).date()) for _ in range(n)], share, rng),
    }
    return data, {"postgresql": {"ts": "TIMESTAMP", "day": "DATE", "void": "INTEGER"}}


# --- arguments ------------------------------------------------------------------------------------------------------


class Draw:
    """Random arguments for one table."""

    def __init__(self, rng, data, schemas):
        self.rng, self.data = rng, data
        self.moments = {c for s in schemas.values() for c, t in s.items() if re.search("DATE|TIME", t.upper())}
        self.columns = list(data)
        self.texts = [c for c in data if c not in self.moments and any(isinstance(v, str) for v in data[c])]
        self.numbers = [c for c in data if self.is_number(c)]

    def is_number(self, column):
        values = [v for v in self.data[column] if v is not None]
        return bool(values) and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)

    def any(self, *choices):
        return self.rng.choice(choices)

    def column(self, kind=None):
        pool = {"text": self.texts, "number": self.numbers}.get(kind) or self.columns
        if self.rng.random() < 0.08:
            pool = self.columns
        return self.rng.choice(pool)

    def near(self, column):
        """A value of the column, or one beside it."""
        values = [v for v in self.data[column] if v is not None]
        if not values:
            return self.any(0, 1, "a", "2020-01-01")
        value = self.rng.choice(values)
        if isinstance(value, bool) or isinstance(value, str):
            return value
        return self.any(value, value, value + 1, value - 1, value + 0.5)

    def bounds(self, make):
        kwargs = {}
        for name in ("min_value", "max_value"):
            chance = self.rng.random()
            if chance < 0.75:
                kwargs[name] = make()
            elif chance < 0.87:
                kwargs[name] = None
        low, high = kwargs.get("min_value"), kwargs.get("max_value")
        if type(low) is type(high) and low is not None and low > high and self.rng.random() < 0.9:
            kwargs["min_value"], kwargs["max_value"] = high, low
        for name in ("strict_min", "strict_max"):
            if self.rng.random() < 0.25:
                kwargs[name] = self.any(True, True, False)
        return kwargs

    def mostly(self):
        return {"mostly": self.any(0, 0.5, 0.9, 1, 1.0, 0.75, 0.3, 0.6, 0.25)} if self.rng.random() < 0.4 else {}

    def value_set(self, column):
        size = self.any(0, 1, 2, 3, 5)
        values = [self.near(column) for _ in range(size)]
        chance = self.rng.random()
        if chance < 0.1:
            values.append(None)
        elif chance < 0.17 and values:
            values.append(values[0])
        elif chance < 0.25:
            present = {json.dumps(v) for v in self.data[column] if v is not None}
            values = [json.loads(v) for v in present]
        elif chance < 0.3:
            return None
        elif chance < 0.34:
            values.append(self.any("a", 1, 1.5, True, "1"))
        return values


REGEX = ["a", "^a", "b$", "^[a-c]+$", r"\d", r"\d+", "^$", ".", "^.$", "(a|b)", "A", r"\s", "^.{1,3}$", "[^a]", r"\w+",
         "x{5,}", "", "^(?!a)", "(?i)a", r"^\d{4}-\d{2}-\d{2}$", "é", r"\.", "^[0-9.-]+$", "a.*b"]
LIKE = ["a%", "%a", "%b%", "_", "__", "%", "a_b", "", "A%", "1%", "%\n%", "abc", "a\\%b", "\\", "%é%", "_%", "% %"]
FORMATS = ["%Y-%m-%d", "%m/%d/%Y", "%H:%M", "%Y", "%y", "%d %b %Y", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%D", "%",
           "%a %b %d %H:%M:%S %Y", "%Y%m%d", "%j", "%B", "%b", "%I %p", "x", "", "%Q"]
SCHEMAS = [{"type": "object"}, {"type": "integer"}, {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
           {"enum": [1, "a", None]}, {"type": ["object", "null"]}, {}, {"type": "array", "items": {"type": "number"}},
           {"type": "object", "properties": {"a": {"type": "number"}}, "additionalProperties": False}, {"minimum": 2},
           {"type": "string", "minLength": 1}, {"const": True}, {"not": {"type": "object"}}, {"type": "number", "multipleOf": 2}]
TYPES = ["INTEGER", "BIGINT", "VARCHAR", "TEXT", "FLOAT", "DOUBLE_PRECISION", "BOOLEAN", "TIMESTAMP", "DATE", "NUMERIC"]


def column_between(d):
    column = d.column()
    return {"column": column, **d.bounds(lambda: d.near(column)), **d.mostly()}


def aggregate(make, kind="number"):
    def draw(d):
        column = d.column(kind)
        return {"column": column, **d.bounds(lambda: make(d, column))}

    return draw


def small(d, _column):
    return d.any(0, 1, 2, 3, 0.5, 5, -1, 10, 1.5)


def share(d, _column):
    return d.any(0, 0.1, 0.25, 0.5, 0.75, 1, 0.9)


def in_set(d):
    column = d.column()
    return {"column": column, "value_set": d.value_set(column), **d.mostly()}


def aggregate_set(d):
    column = d.column()
    return {"column": column, "value_set": d.value_set(column)}


def common(d):
    return {**aggregate_set(d), **d.any({}, {"ties_okay": True}, {"ties_okay": False}, {"ties_okay": None})}


def quantiles(d):
    column = d.column("number")
    qs = [d.any(0, 0.25, 0.5, 0.75, 1, 0.1, 0.9, 0.333) for _ in range(d.any(1, 2, 3))]
    ranges = []
    for _ in qs:
        pair = [d.near(column), d.near(column)]
        try:
            pair.sort()
        except TypeError:
            pass
        ranges.append([None if d.rng.random() < 0.2 else v for v in pair])
    extra = {"allow_relative_error": d.any("linear", "lower", "higher", "nearest", "midpoint", False)} if d.rng.random() < 0.15 else {}
    return {"column": column, "quantile_ranges": {"quantiles": qs, "value_ranges": ranges}, **extra}


def divergence(d):
    kwargs = {"threshold": d.any(0.01, 0.1, 0.5, 1, 5, None)}
    if d.rng.random() < 0.5:
        column = d.column("text" if d.rng.random() < 0.7 else None)
        values = list({json.dumps(v) for v in d.data[column] if v is not None})
        values = [json.loads(v) for v in values][: d.any(2, 3, 9)] or ["a", "b"]
        weights = [d.rng.random() + 0.01 for _ in values]
        partition = {"values": values, "weights": [w / sum(weights) for w in weights]}
    else:
        column = d.column("number")
        numbers = sorted({v for v in d.data[column] if isinstance(v, (int, float)) and not isinstance(v, bool)}) or [0, 1]
        edges = sorted({numbers[0] - d.any(0, 1), *[d.any(-1, 0, 1, 2.5, numbers[len(numbers) // 2]) for _ in range(d.any(1, 2, 3))], numbers[-1] + d.any(0, 1)})
        if len(edges) < 2:
            edges = [edges[0], edges[0] + 1]
        if d.rng.random() < 0.15:
            edges[0] = float("-inf")
        if d.rng.random() < 0.15:
            edges[-1] = float("inf")
        weights = [d.any(0, 1, 2, 3) + 0.0 for _ in edges[1:]]
        weights[0] += 1
        partition = {"bins": edges, "weights": [w / sum(weights) for w in weights]}
        if d.rng.random() < 0.25:
            partition["weights"] = [w * 0.9 for w in partition["weights"]]
            partition["tail_weights"] = d.any([0.05, 0.05], [0, 0.1], [0.1, 0])
    if d.rng.random() < 0.3:
        kwargs["tail_weight_holdout"] = d.any(0.01, 0.1, 0, 0.05)
    if d.rng.random() < 0.3:
        kwargs["internal_weight_holdout"] = d.any(0.01, 0.1, 0, 0.05)
    return {"column": column, "partition_object": partition, **kwargs}


def pair(d):
    a, b = d.any(("i", "j"), ("i", "f"), ("s", "t"), ("f", "g"), ("j", "k"), ("ts", "ts"), ("i", "i")) if "i" in d.data else (d.column(), d.column())
    rule = {"ignore_row_if": d.any("both_values_are_missing", "either_value_is_missing", "neither")} if d.rng.random() < 0.5 else {}
    return {"column_A": a, "column_B": b, **rule, **d.mostly()}


def greater(d):
    return {**pair(d), **d.any({}, {"or_equal": True}, {"or_equal": False}, {"or_equal": None})}


def pair_set(d):
    kwargs = pair(d)
    pairs = [[d.near(kwargs["column_A"]), d.near(kwargs["column_B"])] for _ in range(d.any(0, 1, 2, 5))]
    if d.rng.random() < 0.2:
        pairs.append([None, d.near(kwargs["column_B"])])
    return {**kwargs, "value_pairs_set": pairs if d.rng.random() < 0.95 else None}


def records(kind=None):
    def draw(d):
        size = d.any(2, 2, 3)
        pool = (d.numbers if kind else d.columns) or d.columns
        columns = [d.rng.choice(pool) for _ in range(size)] if d.rng.random() < 0.1 else d.rng.sample(pool, min(size, len(pool)))
        if not kind and "s" in d.data and d.rng.random() < 0.8:
            columns = d.any(["i", "j"], ["s", "t"], ["i", "j", "k"], ["i", "k"], ["s", "num"])
        rule = {"ignore_row_if": d.any("all_values_are_missing", "any_value_is_missing", "never")} if d.rng.random() < 0.5 else {}
        return {"column_list": columns, **rule, **d.mostly(), **({"sum_total": d.any(0, 1, 2, 3, 5, 1.5)} if kind else {})}

    return draw


def text(name, pool, listed=False, match=False):
    def draw(d):
        value = [d.rng.choice(pool) for _ in range(d.any(1, 2, 3))] if listed else d.rng.choice(pool)
        if listed and d.rng.random() < 0.05:
            value = []
        extra = d.any({}, {"match_on": "any"}, {"match_on": "all"}) if match else {}
        return {"column": d.column("text"), name: value, **extra, **d.mostly()}

    return draw


def lengths(d):
    return {"column": d.column("text"), **d.bounds(lambda: d.any(0, 1, 2, 3, 30, 2.0, 5)), **d.mostly()}


def plain(kind=None, extra=lambda d: {}):
    return lambda d: {"column": d.column(kind), **extra(d), **d.mostly()}


def header(d):
    names = list(d.columns)
    chance = d.rng.random()
    if chance < 0.3:
        d.rng.shuffle(names)
    elif chance < 0.5:
        names.pop()
    elif chance < 0.65:
        names.append("other")
    elif chance < 0.7:
        names = []
    elif chance < 0.8:
        names = names + names[:1]
    return names


COUNT = [0, 1, 2, 3, 5, 8, 13, 14, 30, 100]
DRAWS = {
    "expect_column_distinct_values_to_be_in_set": aggregate_set,
    "expect_column_distinct_values_to_contain_set": aggregate_set,
    "expect_column_distinct_values_to_equal_set": aggregate_set,
    "expect_column_kl_divergence_to_be_less_than": divergence,
    "expect_column_max_to_be_between": aggregate(lambda d, c: d.near(c), None),
    "expect_column_min_to_be_between": aggregate(lambda d, c: d.near(c), None),
    "expect_column_mean_to_be_between": aggregate(small),
    "expect_column_median_to_be_between": aggregate(small),
    "expect_column_stdev_to_be_between": aggregate(small),
    "expect_column_sum_to_be_between": aggregate(small),
    "expect_column_most_common_value_to_be_in_set": common,
    "expect_column_pair_values_a_to_be_greater_than_b": greater,
    "expect_column_pair_values_to_be_equal": pair,
    "expect_column_pair_values_to_be_in_set": pair_set,
    "expect_column_proportion_of_unique_values_to_be_between": aggregate(share, None),
    "expect_column_unique_value_count_to_be_between": aggregate(lambda d, c: d.any(0, 1, 2, 3, 5, 8), None),
    "expect_column_quantile_values_to_be_between": quantiles,
    "expect_column_to_exist": lambda d: {"column": d.any(d.column(), "other"), **d.any({}, {"column_index": d.any(0, 1, 2, 99)})},
    "expect_column_value_lengths_to_be_between": lengths,
    "expect_column_value_lengths_to_equal": plain("text", lambda d: {"value": d.any(0, 1, 2, 3, 30, 1.0, 1.5)}),
    "expect_column_value_z_scores_to_be_less_than": plain("number", lambda d: {"threshold": d.any(0, 0.5, 1, 2, 3, -1), "double_sided": d.any(True, False)}),
    "expect_column_values_to_be_between": column_between,
    "expect_column_values_to_be_dateutil_parseable": plain("text"),
    "expect_column_values_to_be_decreasing": plain(None, lambda d: d.any({}, {"strictly": True}, {"strictly": False})),
    "expect_column_values_to_be_increasing": plain(None, lambda d: d.any({}, {"strictly": True}, {"strictly": False})),
    "expect_column_values_to_be_in_set": in_set,
    "expect_column_values_to_not_be_in_set": in_set,
    "expect_column_values_to_be_in_type_list": lambda d: {"column": d.column(), "type_list": d.rng.sample(TYPES, d.any(1, 2, 4))},
    "expect_column_values_to_be_of_type": lambda d: {"column": d.column(), "type_": d.rng.choice(TYPES)},
    "expect_column_values_to_be_json_parseable": plain("text"),
    "expect_column_values_to_be_null": plain(),
    "expect_column_values_to_not_be_null": plain(),
    "expect_column_values_to_be_unique": plain(),
    "expect_column_values_to_match_json_schema": lambda d: {"column": d.any("good", "good", "js") if "good" in d.data else d.column("text"), "json_schema": d.rng.choice(SCHEMAS), **d.mostly()},
    "expect_column_values_to_match_like_pattern": text("like_pattern", LIKE),
    "expect_column_values_to_not_match_like_pattern": text("like_pattern", LIKE),
    "expect_column_values_to_match_like_pattern_list": text("like_pattern_list", LIKE, True, True),
    "expect_column_values_to_not_match_like_pattern_list": text("like_pattern_list", LIKE, True),
    "expect_column_values_to_match_regex": text("regex", REGEX),
    "expect_column_values_to_not_match_regex": text("regex", REGEX),
    "expect_column_values_to_match_regex_list": text("regex_list", REGEX, True, True),
    "expect_column_values_to_not_match_regex_list": text("regex_list", REGEX, True),
    "expect_column_values_to_match_strftime_format": plain("text", lambda d: {"strftime_format": d.rng.choice(FORMATS)}),
    "expect_compound_columns_to_be_unique": records(),
    "expect_select_column_values_to_be_unique_within_record": records(),
    "expect_multicolumn_sum_to_equal": records("number"),
    "expect_table_column_count_to_be_between": lambda d: d.bounds(lambda: d.rng.choice(COUNT)),
    "expect_table_column_count_to_equal": lambda d: {"value": d.rng.choice(COUNT)},
    "expect_table_row_count_to_be_between": lambda d: d.bounds(lambda: d.rng.choice(COUNT)),
    "expect_table_row_count_to_equal": lambda d: {"value": d.rng.choice(COUNT)},
    "expect_table_columns_to_match_ordered_list": lambda d: {"column_list": header(d)},
    "expect_table_columns_to_match_set": lambda d: {"column_set": header(d), **d.any({}, {"exact_match": False}, {"exact_match": True}, {"exact_match": None})},
}

# --- engines --------------------------------------------------------------------------------------------------------

SQL_TYPES = {
    "BIGINT": sa.BigInteger, "INTEGER": sa.Integer, "DOUBLE_PRECISION": sa.Float(53), "FLOAT": sa.Float, "REAL": sa.Float(53),
    "NUMERIC": sa.Numeric, "TEXT": sa.Text, "VARCHAR": sa.String, "BOOLEAN": sa.Boolean, "DATE": sa.Date,
    "TIMESTAMP": sa.TIMESTAMP, "DATETIME": sa.DateTime, "DOUBLE": sa.Float(53), "BOOL": sa.Boolean, "INT": sa.Integer,
}


def sql_type(values, declared):
    present = [v for v in values if v is not None]
    if declared in ("DATE", "TIMESTAMP", "DATETIME") or not present:
        return SQL_TYPES.get(declared, sa.Text)
    if all(isinstance(v, bool) for v in present):
        return sa.Boolean
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in present):
        return sa.Text
    return sa.BigInteger if all(isinstance(v, int) for v in present) else sa.Float(53)


def cast(value, kind):
    if value is None:
        return None
    if kind in (sa.TIMESTAMP, sa.DateTime):
        return pd.Timestamp(value).to_pydatetime()
    if kind is sa.Date:
        return pd.Timestamp(value).date()
    return str(value) if kind is sa.Text and not isinstance(value, str) else value


def sql_validator(url, data, schema, number):
    engine = SqlAlchemyExecutionEngine(connection_string=url)
    kinds = {c: sql_type(v, schema.get(c)) for c, v in data.items()}
    meta = sa.MetaData()
    made = sa.Table(f"case_{number}", meta, *[sa.Column(c, k) for c, k in kinds.items()])
    rows = [{c: cast(v[i], kinds[c]) for c, v in data.items()} for i in range(max(map(len, data.values()), default=0))]
    with engine.engine.begin() as connection:
        meta.drop_all(connection)
        meta.create_all(connection)
        if rows:
            connection.execute(made.insert(), rows)
    batch = SqlAlchemyBatchData(execution_engine=engine, table_name=f"case_{number}")
    engine.load_batch_data("b", batch)
    return Validator(execution_engine=engine, batches=[Batch(data=batch)]), engine


def pandas_validator(data, schema):
    frame = pd.DataFrame({c: pd.Series(v, dtype=object) for c, v in data.items()})
    for c, values in data.items():
        kind = sql_type(values, schema.get(c))
        if kind in (sa.TIMESTAMP, sa.DateTime, sa.Date):
            frame[c] = pd.to_datetime(frame[c])
        elif kind in (sa.BigInteger, sa.Boolean) and not any(v is None for v in values):
            frame[c] = frame[c].astype("int64" if kind is sa.BigInteger else bool)
        elif kind in (sa.BigInteger,) or not isinstance(kind, type):
            frame[c] = frame[c].astype(float)
    return Validator(execution_engine=PandasExecutionEngine(), batches=[Batch(data=frame)])


def plainly(value):
    if isinstance(value, dict):
        return {str(k): plainly(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plainly(v) for v in value]
    if hasattr(value, "tolist"):
        return plainly(value.tolist())
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if value is pd.NaT:
        return None
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)


def ask(validator, name, kwargs):
    """(what came out as a case says it, the exception's last line)"""
    try:
        [found] = validator.graph_validate(
            configurations=[configuration(name, kwargs)],
            runtime_configuration={"result_format": {"result_format": "COMPLETE"}, "catch_exceptions": True},
        )
    except Exception as error:  # noqa: BLE001
        return None, f"{type(error).__name__}: {error}".strip()
    info = found.exception_info or {}
    infos = [info] if "raised_exception" in info else list(info.values())
    raised = [i for i in infos if i.get("raised_exception")]
    if raised:
        return None, str(raised[0].get("exception_traceback") or raised[0].get("exception_message")).strip().split("\n")[-1]
    result = found.result
    out = {"success": bool(found.success)}
    if "observed_value" in result:
        out["observed_value"] = plainly(result["observed_value"])
    if "unexpected_list" in result:
        out["unexpected_list"] = plainly(result["unexpected_list"])
    counts = {k: result[k] or 0 for k in ("element_count", "missing_count", "unexpected_count") if k in result}
    if "unexpected_list" in out and counts:
        out["result"] = plainly(counts)
    return out, None


def sorted_out(out):
    if out is None:
        return None
    listed = sorted((json.dumps(v, sort_keys=True) for v in out.get("unexpected_list", [])))
    observed = out.get("observed_value")
    observed = int(observed) if isinstance(observed, bool) else observed
    observed = sorted(map(json.dumps, observed)) if isinstance(observed, list) else observed
    observed = round(observed, 9) if isinstance(observed, float) else observed
    return json.dumps([out["success"], observed, listed])


def bind(data, url, schemas, number):
    schema = {}
    for one in schemas.values():
        schema.update({c: t for c, t in one.items() if re.search("DATE|TIME|INTEGER", t.upper())})
    found = {}
    for label, make in (
        ("postgresql", lambda: sql_validator(url, data, schema, number)[0] if url else None),
        ("sqlite", lambda: sql_validator("sqlite://", data, schema, number)[0]),
        ("pandas", lambda: pandas_validator(data, schema)),
    ):
        try:
            made = make()
        except Exception as error:  # noqa: BLE001
            print("no", label, number, repr(error)[:150])
            continue
        if made is not None:
            found[label] = made
    return found


REFUSALS = re.compile("InvalidExpectation|ValidationError|ValueError|TypeError")


def judged(validators, name, kwargs, title):
    """A case, and whether all engines that can tell agree on it."""
    answers = {label: ask(v, name, dict(kwargs)) for label, v in validators.items()}
    usable = {label: out for label, (out, _error) in answers.items() if out is not None}
    errors = {label: error for label, (out, error) in answers.items() if out is None}
    if not usable:
        certain = all(REFUSALS.search(error) for error in errors.values())
        return {"title": f"{title} error {errors}"[:400], "in": kwargs, "out": {"traceback_substring": ""}}, certain
    label = next(iter(usable))
    others = [o for o in usable if sorted_out(usable[o]) != sorted_out(usable[label])]
    # A type that an engine cannot do at all says nothing; an engine that refuses the values does.
    refused = [o for o, error in errors.items() if "No provider found" not in error]
    shown = {**errors, **{o: json.dumps(usable[o], default=str) for o in others}}
    differ = "".join(f" ≠{o}({text[:90]})" for o, text in shown.items())
    case = {"title": f"{title} {label}{differ}", "in": kwargs, "out": usable[label]}
    return case, not others and not refused


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("--like")
    parser.add_argument("--only", default="")
    parser.add_argument("--url")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    os.makedirs(options.out, exist_ok=True)
    number = 0
    made = {name: [] for name in DRAWS if options.only in name}
    if options.like:
        sources = {}
        for path in sorted(glob.glob(os.path.join(options.like, "*.json"))):
            with open(path) as file:
                case = json.load(file)
            for dataset in case["datasets"]:
                sources.setdefault(case["expectation_type"], []).append((dataset["data"], dataset.get("schemas", {})))
        pools = {name: sources.get(name, []) for name in made}
    else:
        tables = [table(rng) for _ in range(max(4, options.each // 6))]
        pools = {name: tables for name in made}
    shared = {}
    for name, datasets in made.items():
        pool, doubts = pools[name], []
        for place, (data, schemas) in enumerate(pool):
            key = id(data)
            if key not in shared:
                number += 1
                shared[key] = bind(data, options.url, schemas, number)
            draw, tests, doubtful = Draw(rng, data, schemas), [], []
            for i in range(max(1, options.each // len(pool))):
                try:
                    kwargs = DRAWS[name](draw)
                except Exception as error:  # noqa: BLE001
                    print("no arguments", name, repr(error)[:100])
                    continue
                case, certain = judged(shared[key], name, kwargs, f"{place}.{i}")
                (tests if certain else doubtful).append(case)
            datasets.append({"data": data, "schemas": schemas, "tests": tests})
            doubts.append({"data": data, "schemas": schemas, "tests": doubtful})
        for folder, found in ((options.out, datasets), (f"{options.out}/doubtful", doubts)):
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"{name}.json"), "w") as file:
                json.dump({"expectation_type": name, "datasets": found}, file)
        print(name, *(sum(len(d["tests"]) for d in found) for found in (datasets, doubts)), flush=True)


if __name__ == "__main__":
    main()
