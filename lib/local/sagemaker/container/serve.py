"""A serving container: GET /ping and POST /invocations on a free loopback port.

Usage: serve.py <announce file>. The model is loaded first; then the file appears with {"port": n}, or with
{"error": "..."} when loading failed.
"""

import json
import logging
import os
import sys
import traceback
from pathlib import Path

import waitress

from assay_script_mode import JSON, Handlers, Unsupported, load_module

MAX_BODY = 110 * 1024 * 1024  # batch transform sends at most 100 MB


def announce(path, message):
    """Whole or not at all: the reader polls for the file."""
    temporary = Path(f"{path}.part")
    temporary.write_text(json.dumps(message))
    temporary.replace(path)


def last_line(error):
    return traceback.format_exception_only(type(error), error)[-1].strip()


def create_app(handlers):
    default_accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)

    def invoke(environ):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        accept = environ.get("HTTP_ACCEPT", "")
        accept = default_accept if accept in ("", "*/*") else accept
        return handlers(body, environ.get("CONTENT_TYPE") or JSON, accept)

    def app(environ, start_response):
        route = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        kind, status = "text/plain; charset=utf-8", "200 OK"
        if route == ("GET", "/ping"):
            answer = b""
        elif route == ("POST", "/invocations"):
            try:
                answer, kind = invoke(environ)
            except Unsupported as error:
                answer, status = str(error).encode(), f"{error.status} Unsupported"
            except Exception as error:  # the script's own failure is the container's 500, and goes to the log
                traceback.print_exc()
                answer, status = last_line(error).encode(), "500 Internal Server Error"
        else:
            answer, status = b"not found", "404 Not Found"
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(answer)))])
        return [answer]

    return app


def main():
    path = sys.argv[1]
    try:
        module = load_module(os.environ["SM_CODE_DIR"], os.environ["SAGEMAKER_PROGRAM"])
        handlers = Handlers(module, os.environ["SM_MODEL_DIR"])
    except BaseException as error:
        traceback.print_exc()
        announce(path, {"error": last_line(error)})
        raise SystemExit(1) from None
    # A request that waits for a thread is no news under load; a line for each would be most of the log.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(
        create_app(handlers), host="127.0.0.1", port=0, threads=4, connection_limit=500, channel_timeout=300,
        max_request_body_size=MAX_BODY, ident=None,
    )
    announce(path, {"port": server.effective_port})
    server.run()


if __name__ == "__main__":
    main()
