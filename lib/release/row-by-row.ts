/**
 * Serving script of the behaviour gate's rows, beside the workload's `inference.py`. SageMaker's batch transform keeps no
 * answer of an object in which one record was refused, so a refused request is asked again row by row, and a row that is
 * refused alone is answered by what was wrong with it. A request that is not refused is answered as it always is.
 *
 * Written in the four functions that every script-mode container knows; only `output_fn` is told the type of the answer.
 *
 * Source: SageMaker AI Developer Guide, "Batch transform: troubleshooting" (a bad record leaves its input file without
 * output; an algorithm may answer a placeholder for it).
 */
export const ROW_BY_ROW = `"""Written by Assay: serves inference.py, and answers {"error": "..."} to a row that it refuses."""

import json

import inference
from inference import model_fn  # noqa: F401


def input_fn(body, content_type):
    return body, content_type


def predict_fn(request, model):
    return request, model


def output_fn(asked, accept):
    (body, content_type), model = asked
    text = body.decode("utf-8") if isinstance(body, (bytes, bytearray)) else body
    rows = [line for line in text.split("\\n") if line.strip()]
    try:
        answers = answers_of(model, body, content_type, accept)
        if len(answers) != len(rows):
            raise ValueError(f"{len(answers)} answers to {len(rows)} rows")
    except Exception:
        answers = [answer_of(model, row, type(body), content_type, accept) for row in rows]
    return "".join(f"{answer}\\n" for answer in answers), accept


def answer_of(model, row, kind, content_type, accept):
    try:
        answers = answers_of(model, row if kind is str else row.encode("utf-8"), content_type, accept)
        if len(answers) != 1:
            raise ValueError(f"{len(answers)} answers to one row")
        return answers[0]
    except Exception as error:
        return json.dumps({"error": f"{type(error).__name__}: {error}"})


def answers_of(model, body, content_type, accept):
    if hasattr(inference, "transform_fn"):
        answer = inference.transform_fn(model, body, content_type, accept)
    else:
        answer = inference.output_fn(inference.predict_fn(inference.input_fn(body, content_type), model), accept)
    if isinstance(answer, tuple):
        answer = answer[0]
    if hasattr(answer, "get_data"):
        answer = answer.get_data()
    text = answer if isinstance(answer, str) else bytes(answer).decode("utf-8")
    return [line for line in text.split("\\n") if line.strip()]
`;
