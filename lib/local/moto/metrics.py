"""CloudWatch's metrics in place of moto's, which keep one object for each value and know no advanced statistics.

A run with real traffic publishes thousands of values a second. Here values are kept by metric with their counts, in order
of time, so that a look at the last seconds costs no more than those seconds hold.

Waits of a run are shortened by its time scale, and so are the periods in which metrics are answered: with 0.01 a period
of 60 s is 0.6 s of real time. Time stamps stay real ones.
"""

import math
import re
from bisect import bisect_left, insort
from datetime import datetime, timezone
from weakref import WeakKeyDictionary

from moto.cloudwatch.exceptions import InvalidParameterValue, ValidationError
from moto.cloudwatch.metric_data_expression_parser import parse_expression
from moto.cloudwatch.models import CloudWatchBackend, MetricDatum
from moto.cloudwatch.responses import CloudWatchResponse

# However small the time scale, periods do not get shorter: metrics would fall between them.
SHORTEST_PERIOD = 0.5

SIMPLE = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)$")
TRIMMED = re.compile(r"(TC|TS|TM|PR)\((\d+(?:\.\d+)?)?:(\d+(?:\.\d+)?)?\)$")

_metrics = WeakKeyDictionary()


class Metric:
    """One metric: samples (time, lowest, highest, sum, count) in order of time; of a single value, lowest is highest."""

    def __init__(self, namespace, name, dimensions, unit):
        self.described = MetricDatum(namespace, name, 0.0, dimensions, None, unit)
        self.unit = unit
        self.samples = []

    def add(self, time, datum):
        for sample in samples_of(time, datum):
            if not self.samples or self.samples[-1][0] <= time:
                self.samples.append(sample)
            else:
                insort(self.samples, sample, key=lambda each: each[0])

    def between(self, start, end):
        """Samples in [start, end), seconds since the epoch."""
        first = bisect_left(self.samples, start, key=lambda each: each[0])
        last = bisect_left(self.samples, end, lo=first, key=lambda each: each[0])
        return self.samples[first:last]


def samples_of(time, datum):
    if datum.get("Values"):
        counts = datum.get("Counts") or [1] * len(datum["Values"])
        pairs = ((float(value), float(count)) for value, count in zip(datum["Values"], counts))
        return [(time, value, value, value * count, count) for value, count in pairs if count > 0]
    if datum.get("StatisticValues"):
        of = {name: float(value) for name, value in datum["StatisticValues"].items()}
        return [(time, of["Minimum"], of["Maximum"], of["Sum"], of["SampleCount"])]
    value = float(datum.get("Value", 0))
    return [(time, value, value, value, 1.0)]


def statistic(name, samples):
    """One period's statistic; None without samples, or where a statistic set hides the values that it needs."""
    if not samples:
        return None
    count = sum(sample[4] for sample in samples)
    if name in SIMPLE:
        total = sum(sample[3] for sample in samples)
        lowest, highest = min(sample[1] for sample in samples), max(sample[2] for sample in samples)
        return dict(zip(SIMPLE, (count, total, total / count, lowest, highest)))[name]
    percent, trimmed = PERCENTILE.match(name), TRIMMED.match(name)
    if percent is None and trimmed is None:
        known = f"{', '.join(SIMPLE)}, p0 to p100, TC(a:b), TS(a:b), TM(a:b) and PR(a:b)"
        raise ValidationError(f"The statistic {name} is not supported by the one-machine engine; supported are {known}.")
    if any(sample[1] != sample[2] for sample in samples):
        return None
    values = sorted((sample[1], sample[4]) for sample in samples)
    return percentile(values, count, float(percent[1])) if percent else within(values, count, *trimmed.groups())


def within(values, count, kind, low, high):
    """Trimmed count, sum and mean, and percentile rank: values above `low`, and not above `high`."""
    above = -math.inf if low is None else float(low)
    upto = math.inf if high is None else float(high)
    kept = [(value, number) for value, number in values if above < value <= upto]
    number = sum(each[1] for each in kept)
    total = sum(each[0] * each[1] for each in kept)
    return {"TC": number, "TS": total, "TM": total / number if number else None, "PR": 100 * number / count}[kind]


def percentile(values, count, percent):
    """Linear interpolation between closest ranks (numpy's default)."""
    position = (count - 1) * percent / 100

    def at(rank):
        passed = 0
        for value, number in values:
            passed += number
            if rank < passed:
                return value
        return values[-1][0]

    below, above = at(math.floor(position)), at(math.ceil(position))
    return below + (above - below) * (position - math.floor(position))


def key_of(namespace, name, dimensions):
    return namespace, name, tuple(sorted((each["Name"], each["Value"]) for each in dimensions or []))


def find(backend, namespace, name, dimensions, unit=None):
    """The metric with exactly these dimensions; None if nothing was published for it in this unit."""
    metric = _metrics.get(backend, {}).get(key_of(namespace, name, dimensions))
    return None if metric is None or (unit and metric.unit != unit) else metric


def statistics_of(backend, query):
    """One statistic of a metric in each window [from, to), as {"values": [number or null, …]}."""
    metric = find(backend, query["namespace"], query["name"], query["dimensions"])
    samples = [[] if metric is None else metric.between(start, end) for start, end in query["windows"]]
    return {"values": [statistic(query["statistic"], some) for some in samples]}


def periods(metric, length, start, end):
    """[(start of the period, its samples), …], periods without samples left out.

    As CloudWatch does it: periods are whole multiples of their length since the epoch, and the first is the one that
    holds the start.
    """
    numbers = {}
    for sample in metric.between(math.floor(start.timestamp() / length) * length, end.timestamp()):
        numbers.setdefault(math.floor(sample[0] / length + 1e-9), []).append(sample)
    return [(datetime.fromtimestamp(number * length, timezone.utc), numbers[number]) for number in sorted(numbers)]


def install(scale):
    """Puts these metrics in the place of moto's, with periods shortened by `scale`."""

    def length_of(period):
        return max(SHORTEST_PERIOD, float(period) * scale)

    def put_metric_data(self, namespace, metric_data):
        for number, datum in enumerate(metric_data, 1):
            self._validate_parameters_put_metric_data(datum, number)
        known = _metrics.setdefault(self, {})
        for datum in metric_data:
            key = key_of(namespace, datum["MetricName"], datum.get("Dimensions"))
            metric = known.get(key)
            if metric is None:
                metric = known[key] = Metric(*key[:2], datum.get("Dimensions") or [], datum.get("Unit"))
            metric.add((datum.get("Timestamp") or datetime.now(timezone.utc)).timestamp(), datum)

    def series(self, query, start, end):
        asked = query["MetricStat"]
        of = asked["Metric"]
        metric = find(self, of["Namespace"], of["MetricName"], of.get("Dimensions"), asked.get("Unit"))
        found = [] if metric is None else periods(metric, length_of(asked["Period"]), start, end)
        points = [(at, statistic(asked["Stat"], samples)) for at, samples in found]
        return [(at, value) for at, value in points if value is not None], f"{of['MetricName']} {asked['Stat']}"

    def get_metric_data(self, queries, start_time, end_time, scan_by="TimestampDescending"):
        if start_time >= end_time:
            raise ValidationError("The parameter EndTime must be greater than StartTime.")
        results = []
        for query in queries:
            if "MetricStat" in query:
                points, label = series(self, query, start_time, end_time)
                ordered = points[::-1] if scan_by == "TimestampDescending" else points
                values, timestamps = [value for _, value in ordered], [at for at, _ in ordered]
            elif query["Expression"].startswith("SELECT"):
                raise ValidationError("Metrics Insights queries (SELECT …) are not supported by the one-machine engine.")
            else:
                (values, timestamps), label = parse_expression(query["Expression"], results), query["Id"]
            label = query.get("Label") or label
            results.append({"id": query["Id"], "label": label, "values": values, "timestamps": timestamps, "status_code": "Complete"})
        shown = {query["Id"] for query in queries if query.get("ReturnData", True)}
        return [result for result in results if result["id"] in shown]

    def get_metric_statistics(self, namespace, metric_name, start_time, end_time, period, stats, dimensions, unit=None):
        if start_time >= end_time:
            raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
        metric = find(self, namespace, metric_name, dimensions, unit)
        found = [] if metric is None else periods(metric, length_of(period), start_time, end_time)
        return [Datapoint(at, samples, stats, metric.unit) for at, samples in found]

    take_unpacked_bodies()
    CloudWatchBackend.put_metric_data = put_metric_data
    CloudWatchBackend.get_metric_data = get_metric_data
    CloudWatchBackend.get_metric_statistics = get_metric_statistics
    CloudWatchBackend.get_all_metrics = lambda self: (
        [metric.described for metric in _metrics.get(self, {}).values()] + self.aws_metric_data
    )


def take_unpacked_bodies():
    """SDKs pack bodies above 10 KB; moto's server has unpacked them already when its CloudWatch would do it again."""
    original = CloudWatchResponse.__init__

    def without_unpacking(self, *arguments, **named):
        original(self, *arguments, **named)
        self.allow_request_decompression = False

    CloudWatchResponse.__init__ = without_unpacking


class Datapoint:
    """One period in the answer of GetMetricStatistics."""

    def __init__(self, timestamp, samples, stats, unit):
        self.timestamp = timestamp
        self.unit = unit
        for name in stats:
            setattr(self, re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), statistic(name, samples))
