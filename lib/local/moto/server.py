"""Runs the AWS emulator moto on loopback, and keeps its state in one file between runs.

Prints one JSON line on stdout: {"port": 41234} when it listens, or {"error": "..."} before it exits with 1.
Two paths of its own: POST /assay/checkpoint saves the state, POST /assay/metric-values returns raw metric values.
"""

import argparse
import json
import logging
import re
import signal
import sys
import threading
from datetime import datetime, timezone

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

import snapshot
from moto.backends import get_backend
from moto.cloudwatch.models import MetricDatum, Statistics
from moto.iam.access_control import PermissionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket

PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)$")


class Turnstile:
    """Lets requests run side by side, and a checkpoint only between requests."""

    def __init__(self):
        self._condition = threading.Condition()
        self._inside = 0
        self._closed = False

    def __enter__(self):
        with self._condition:
            self._condition.wait_for(lambda: not self._closed)
            self._inside += 1

    def __exit__(self, *_):
        with self._condition:
            self._inside -= 1
            self._condition.notify_all()

    def alone(self, action):
        with self._condition:
            self._condition.wait_for(lambda: not self._closed)
            self._closed = True
            self._condition.wait_for(lambda: self._inside == 0)
        try:
            return action()
        finally:
            with self._condition:
                self._closed = False
                self._condition.notify_all()


def percentile(values, percent):
    """Linear interpolation between closest ranks (numpy's default); None without values."""
    if not values:
        return None
    ordered = sorted(values)
    position = (len(ordered) - 1) * percent / 100
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def teach_percentiles():
    """moto answers p50, p99 … with an empty value, which breaks GetMetricData."""
    original = Statistics.get_statistics_for_type

    def with_percentiles(self, stat):
        match = PERCENTILE.match(stat)
        return percentile(self.metric_single_values_list, float(match[1])) if match else original(self, stat)

    Statistics.get_statistics_for_type = with_percentiles


def store_policies_only():
    """moto applies bucket policies without their conditions, so that a rule against plain HTTP would refuse everything.

    Like all of IAM here they are stored, and not enforced.
    """
    FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL


def metric_values(account, query):
    """[[seconds since epoch, value], …] of one metric in [start, end), exactly these dimensions."""
    start, end = (datetime.fromtimestamp(query[name], timezone.utc) for name in ("start", "end"))
    wanted = sorted((d["Name"], d["Value"]) for d in query["dimensions"])
    found = []
    for datum in get_backend("cloudwatch")[account][query["region"]].metric_data:
        stamp = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=timezone.utc)
        if datum.namespace != query["namespace"] or datum.name != query["name"] or not start <= stamp < end:
            continue
        if sorted((d.name, d.value) for d in datum.dimensions) != wanted:
            continue
        if not isinstance(datum, MetricDatum):
            raise ValueError(f"{query['namespace']} {query['name']} was published as StatisticValues; only single values and Values/Counts can be evaluated")
        found.append([stamp.timestamp(), float(datum.value)])
    return found


def application(moto_app, turnstile, arguments):
    def own(request):
        if request.path == "/assay/checkpoint":
            turnstile.alone(lambda: snapshot.save(arguments.state, arguments.account))
            return {}
        if request.path == "/assay/metric-values":
            with turnstile:
                return {"values": metric_values(arguments.account, request.get_json())}
        raise LookupError(f"no such path: {request.path}")

    def respond(environ, start_response):
        if not environ.get("PATH_INFO", "").startswith("/assay/"):
            with turnstile:
                return moto_app(environ, start_response)
        try:
            response = Response(json.dumps(own(Request(environ))), mimetype="application/json")
        except Exception as error:
            response = Response(json.dumps({"error": f"{type(error).__name__}: {error}"}), status=500, mimetype="application/json")
        return response(environ, start_response)

    return respond


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--account", required=True)
    parser.add_argument("--state", required=True)
    arguments = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    teach_percentiles()
    store_policies_only()
    try:
        snapshot.load(arguments.state, arguments.account)
    except snapshot.Damaged as error:
        print(json.dumps({"error": str(error)}), flush=True)
        sys.exit(1)
    turnstile = Turnstile()
    moto_app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application(moto_app, turnstile, arguments), threaded=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(json.dumps({"port": server.server_port}), flush=True)
    server.serve_forever()
    turnstile.alone(lambda: snapshot.save(arguments.state, arguments.account))


if __name__ == "__main__":
    main()
