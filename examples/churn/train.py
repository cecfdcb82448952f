"""SageMaker training script: `python train.py --regularization 1.0`, data and model folders from SM_* variables."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

from churn import schema  # noqa: E402
from churn.evaluation import evaluate  # noqa: E402
from churn.loading import read_training_data  # noqa: E402
from churn.training import TrainingOptions, save, train  # noqa: E402


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--regularization", type=float, default=1.0)
    parser.add_argument("--features", default=",".join(schema.FEATURES))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--train", type=Path, default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--model-dir", type=Path, default=os.environ.get("SM_MODEL_DIR"))
    options = parser.parse_args(arguments)

    files = sorted(Path(options.train).glob("*.csv"))
    if len(files) != 1:
        raise SystemExit(f"{options.train} must hold one CSV file; found {[file.name for file in files]}")
    features, labels = read_training_data(files[0])
    chosen = tuple(name.strip() for name in options.features.split(","))
    pipeline = train(features, labels, TrainingOptions(options.regularization, chosen, options.seed))
    for metric, value in evaluate(pipeline, features, labels).items():
        print(f"train_{metric}={value:.6f};")
    save(pipeline, Path(options.model_dir))


if __name__ == "__main__":
    main()
