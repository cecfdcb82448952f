"""Great Expectations 1.x, the suite as it is, on a pandas DataFrame: `gx.py FILE SUITE`."""

import json
import sys
from pathlib import Path

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig

path, suite_path = sys.argv[1:3]
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = ProgressBarsConfig(globally=False)
frame = pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path)
batch = (
    context.data_sources.add_pandas("benchmark")
    .add_dataframe_asset("churn")
    .add_batch_definition_whole_dataframe("all")
    .get_batch({"dataframe": frame})
)
suite = gx.ExpectationSuite(**json.loads(Path(suite_path).read_text()))
outcome = batch.validate(suite).to_json_dict()
json.dump(
    {
        "passed": sum(result["success"] for result in outcome["results"]),
        "results": [
            {"config": result["expectation_config"], "result": result["result"], "error": result["exception_info"]}
            for result in outcome["results"]
        ],
    },
    sys.stdout,
    default=lambda value: value.item(),
)
