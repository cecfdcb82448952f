"""Runs the AWS emulator moto on loopback, and keeps its state in one file between runs.

Prints one JSON line on stdout: {"port": 41234} when it listens, or {"error": "..."} before it exits with 1.
Two paths of its own: POST /assay/checkpoint saves the state, POST /assay/metric-statistics returns a metric's statistic in any windows.
"""

import argparse
import contextlib
import json
import logging
import signal
import sys
import threading

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

import metrics
import snapshot
from moto.backends import get_backend
from moto.iam.access_control import PermissionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket


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


class OneByOne:
    """DynamoDB's requests one after the other, all others side by side.

    moto checks a condition and writes in two steps, and undoes a cancelled transaction by putting back the whole table as it was
    before: what others wrote meanwhile would be gone.
    """

    def __init__(self):
        self._dynamodb = threading.Lock()

    def of(self, environ):
        dynamodb = environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB_")
        return self._dynamodb if dynamodb else contextlib.nullcontext()


def store_policies_only():
    """moto applies bucket policies without their conditions, so that a rule against plain HTTP would refuse everything.

    Like all of IAM here they are stored, and not enforced.
    """
    FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL


def application(moto_app, turnstile, arguments):
    one_by_one = OneByOne()

    def own(request):
        if request.path == "/assay/checkpoint":
            turnstile.alone(lambda: snapshot.save(arguments.state, arguments.account))
            return {}
        if request.path == "/assay/metric-statistics":
            query = request.get_json()
            with turnstile:
                return metrics.statistics_of(get_backend("cloudwatch")[arguments.account][query["region"]], query)
        raise LookupError(f"no such path: {request.path}")

    def respond(environ, start_response):
        if not environ.get("PATH_INFO", "").startswith("/assay/"):
            with turnstile, one_by_one.of(environ):
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
    parser.add_argument("--time-scale", type=float, default=1.0)
    arguments = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    metrics.install(arguments.time_scale)
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
