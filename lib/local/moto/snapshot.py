"""Saves and loads the state of moto's services: one file, a header line of JSON and then a pickle.

The pickle holds moto's own backend objects, so it is read only by the moto version that wrote it.
"""

import hashlib
import io
import json
import os
import pickle
import threading
from collections import defaultdict

import moto
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from moto.backends import get_backend

FORMAT = "assay.moto/1"
# CloudWatch metrics are not among them: a new run judges its own.
SERVICES = ("s3", "ssm", "sns", "sqs", "kms", "secretsmanager", "dynamodb", "applicationautoscaling", "iam", "logs")
LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}


class Damaged(Exception):
    """The saved state cannot be used; the message is one line for the user."""


def _dict_of_dicts():
    return defaultdict(dict)


def _dict_of_dicts_factory():
    return _dict_of_dicts


def _empty(kind):
    return kind.__new__(kind)


def _fill(rebuilt, state):
    """Bypasses constructors that want arguments, and a __setitem__ that adds a version instead of storing a value."""
    attributes, items = state
    if isinstance(rebuilt, defaultdict):
        rebuilt.default_factory = attributes.pop("default_factory")
    rebuilt.__dict__.update(attributes)
    dict.update(rebuilt, items)


def _private_key(der):
    """pickle stores functions by name, and finds no module for the library's own, which is compiled."""
    return load_der_private_key(der, None)


class _Pickler(pickle.Pickler):
    """What moto's backends hold beside plain data: locks, one factory function, dictionaries of its own, private keys."""

    def reducer_override(self, value):
        if type(value) in LOCKS:
            return LOCKS[type(value)], ()
        if getattr(value, "__qualname__", "") == "SimpleSystemManagerBackend.__init__.<locals>.<lambda>":
            return _dict_of_dicts_factory, ()
        if isinstance(value, dict) and type(value).__module__.startswith("moto."):
            factory = {"default_factory": value.default_factory} if isinstance(value, defaultdict) else {}
            return _empty, (type(value),), ({**value.__dict__, **factory}, dict(dict.items(value))), None, None, _fill
        if isinstance(value, (RSAPrivateKey, EllipticCurvePrivateKey)):
            return _private_key, (value.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)
        return NotImplemented


def save(path, account):
    """Writes the state beside `path` and renames it, so that a crash leaves the old file or the new one."""
    state = {service: dict(get_backend(service)[account].items()) for service in SERVICES}
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(state)
    payload = buffer.getvalue()
    header = {"format": FORMAT, "moto": moto.__version__, "account": account, "sha256": hashlib.sha256(payload).hexdigest()}
    temporary = f"{path}.tmp"
    with open(temporary, "wb") as file:
        file.write(json.dumps(header).encode() + b"\n")
        file.write(payload)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def load(path, account):
    """Restores the state; does nothing if there is no file. Raises Damaged if the file is not whole or not ours."""
    if not os.path.exists(path):
        return
    with open(path, "rb") as file:
        first, payload = file.readline(), file.read()
    try:
        header = json.loads(first)
    except ValueError:
        header = {}
    found = header.get("format") if isinstance(header, dict) else None
    if found != FORMAT or hashlib.sha256(payload).hexdigest() != header.get("sha256"):
        raise Damaged(f"The saved AWS state {path} is damaged. Restore it, or delete it to start with empty buckets.")
    for name, wanted in (("moto", moto.__version__), ("account", account)):
        if header[name] != wanted:
            raise Damaged(f"The saved AWS state {path} was written with {name} {header[name]}, this run has {wanted}. Delete it to start with empty buckets.")
    try:
        state = pickle.loads(payload)
    except Exception as error:
        raise Damaged(f"The saved AWS state {path} cannot be read ({type(error).__name__}: {error}). Delete it to start with empty buckets.") from error
    for service, regions in state.items():
        for region, backend in regions.items():
            get_backend(service)[account][region] = backend
