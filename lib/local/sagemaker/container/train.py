"""Runs a training script as the script-mode images do: SM_* variables, hyperparameters as arguments, code on the path.

Usage: train.py <ml root>, where the root is laid out like /opt/ml. The process is replaced by the script, so signals and
the exit code are the script's own.
"""

import json
import os
import sys
from pathlib import Path


def decoded(value):
    """Hyperparameters arrive as strings, often JSON-encoded; a string that is not JSON is itself."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def encoded(value):
    """The toolkit's form of a value in an SM_ variable."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def argument(value):
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in sorted(value.items()))
    return str(value)


def arguments(hyperparameters):
    """`--name value` in alphabetical order; one-letter names take one dash."""
    result = []
    for name, value in sorted(hyperparameters.items()):
        result += [f"--{name}" if len(name) > 1 else f"-{name}", argument(value)]
    return result


def sm_variables(root, hyperparameters, program, args):
    config = root / "input" / "config"
    channels = json.loads((config / "inputdataconfig.json").read_text())
    resources = json.loads((config / "resourceconfig.json").read_text())
    variables = {
        "MODEL_DIR": str(root / "model"),
        "OUTPUT_DIR": str(root / "output"),
        "OUTPUT_DATA_DIR": str(root / "output" / "data"),
        "INPUT_DIR": str(root / "input"),
        "INPUT_CONFIG_DIR": str(config),
        "INPUT_DATA_CONFIG": channels,
        "RESOURCE_CONFIG": resources,
        "CHANNELS": sorted(channels),
        "HOSTS": resources["hosts"],
        "CURRENT_HOST": resources["current_host"],
        "NETWORK_INTERFACE_NAME": resources["network_interface_name"],
        "NUM_CPUS": os.cpu_count() or 1,
        "NUM_GPUS": 0,
        "HPS": hyperparameters,
        "USER_ENTRY_POINT": program,
        "USER_ARGS": args,
        "MODULE_NAME": Path(program).stem,
    }
    variables.update({f"CHANNEL_{name.upper()}": str(root / "input" / "data" / name) for name in channels})
    variables.update({f"HP_{name.upper()}": value for name, value in hyperparameters.items()})
    return {f"SM_{name}": encoded(value) for name, value in variables.items()}


def main():
    root = Path(sys.argv[1])
    given = json.loads((root / "input" / "config" / "hyperparameters.json").read_text())
    values = {name: decoded(value) for name, value in given.items()}
    program = values["sagemaker_program"]
    hyperparameters = {name: value for name, value in values.items() if not name.startswith("sagemaker_")}
    args = arguments(hyperparameters)
    environment = {
        **os.environ,
        **sm_variables(root, hyperparameters, program, args),
        "SM_MODULE_DIR": values["sagemaker_submit_directory"],
        "PYTHONPATH": str(root / "code"),
        "PYTHONUNBUFFERED": "1",
    }
    os.chdir(root / "code")
    os.execve(sys.executable, [sys.executable, program, *args], environment)


if __name__ == "__main__":
    main()
