"""The fingerprint of the environment: a pickled pipeline is only valid with the packages that wrote it."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("joblib", "numpy", "pandas", "scikit-learn", "scipy")
FILE = "environment.json"


class EnvironmentMismatch(RuntimeError):
    """The model was saved in another environment; the message names what differs."""


def fingerprint() -> dict:
    """`{python, packages: {name: version}, sha256}` of this interpreter; Python counts to its minor version."""
    content = {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "packages": {package: version(package) for package in PACKAGES},
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {**content, "sha256": digest}


def write(folder: Path) -> None:
    (folder / FILE).write_text(json.dumps(fingerprint(), indent=2, sort_keys=True) + "\n")


def verify(folder: Path) -> None:
    path = folder / FILE
    if not path.exists():
        raise EnvironmentMismatch(f"the model has no {FILE}: it is unknown which environment can load it")
    saved, here = json.loads(path.read_text()), fingerprint()
    differences = [] if saved["python"] == here["python"] else [f"python {saved['python']} (here {here['python']})"]
    for package in sorted({*saved["packages"], *here["packages"]}):
        then, now = saved["packages"].get(package), here["packages"].get(package)
        if then != now:
            differences.append(f"{package} {then} (here {now})")
    if differences:
        raise EnvironmentMismatch(f"the model was saved with {'; '.join(differences)}")
