import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tar from 'tar';

/** A tiny scikit-learn workload, as a team would write it. */
export const TRAIN = `
import argparse, json, os, sys
import joblib, pandas
from pathlib import Path
from sklearn.linear_model import LogisticRegression

parser = argparse.ArgumentParser()
parser.add_argument("--strength", type=float, default=1.0)
parser.add_argument("-k")
parser.add_argument("--outcome", default="train")
parser.add_argument("--note")
given = parser.parse_args()

if given.outcome == "raise":
    raise ValueError("the target has one class only")
if given.outcome == "failure-file":
    (Path(os.environ["SM_OUTPUT_DATA_DIR"]).parent / "failure").write_text("labels are missing")
    sys.exit(3)
if given.outcome == "sleep":
    import time
    print("sleeping", flush=True)
    time.sleep(60)

frame = pandas.read_csv(Path(os.environ["SM_CHANNEL_TRAIN"]) / "train.csv")
model = LogisticRegression(C=given.strength).fit(frame[["x"]], frame["y"])
print(f"accuracy={model.score(frame[['x']], frame['y']):.3f}")
joblib.dump(model, Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")
variables = {name: value for name, value in os.environ.items() if name.startswith("SM_") or name.startswith("TRAINING_")}
variables["ARGV"] = sys.argv[1:]
variables["TEAM"] = os.environ.get("TEAM")
(Path(os.environ["SM_OUTPUT_DATA_DIR"]) / "seen.json").write_text(json.dumps(variables))
`;

export const INFERENCE = `
import json, os, time
import joblib
from pathlib import Path

def model_fn(model_dir):
    if os.environ.get("BREAK") == "model":
        raise RuntimeError("fingerprint differs: numpy 1.0 was expected")
    return joblib.load(Path(model_dir) / "model.joblib")

def input_fn(body, content_type):
    if content_type == "application/json":
        return [[row["x"]] for row in json.loads(body)["instances"]]
    if content_type == "application/jsonlines":
        return [[json.loads(line)["x"]] for line in body.decode().split("\\n") if line]
    raise ValueError(f"content type {content_type}")

def predict_fn(data, model):
    if data[0][0] == 666:
        os._exit(9)
    if data[0][0] >= 1000:
        time.sleep(data[0][0] / 1000)
    return model.predict_proba(data)[:, 1]

def output_fn(prediction, accept):
    scores = [{"score": float(each), "release": os.environ.get("RELEASE", "")} for each in prediction]
    if accept == "application/jsonlines":
        lines = scores[:-1] if os.environ.get("SAGEMAKER_BATCH") and os.environ.get("BREAK") == "count" else scores
        return "\\n".join(json.dumps(each) for each in lines), accept
    return json.dumps({"predictions": scores}), "application/json"
`;

export const TRAIN_CSV = ['x,y', ...Array.from({ length: 40 }, (_, i) => `${i / 40},${i < 20 ? 0 : 1}`)].join('\n');

/** A .tar.gz of the files. */
export function archive(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'assay-archive-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'in', name)), { recursive: true });
      writeFileSync(join(folder, 'in', name), text);
    }
    const file = join(folder, 'out.tar.gz');
    tar.create({ cwd: join(folder, 'in'), file, gzip: true, sync: true }, ['.']);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files of a .tar.gz, by name. */
export async function unarchive(data: Buffer): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  await new Promise<void>((resolve, reject) => {
    const parser = new tar.Parser();
    parser.on('entry', (entry) => {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      entry.on('end', () => {
        files[entry.path.replace(/^\.\//, '')] = Buffer.concat(chunks).toString();
      });
    });
    parser.on('end', resolve);
    parser.on('error', reject);
    parser.end(data);
  });
  return files;
}
