"""The scikit-learn image's script-mode handlers: the user's functions, or the toolkit's defaults where it has them."""

import csv
import importlib.util
import io
import json
import sys
from pathlib import Path

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"


class Unsupported(Exception):
    """A content type (415) or an accept type (406) that no handler takes."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def load_module(code_dir, program):
    path = Path(code_dir) / program
    if not path.is_file():
        raise FileNotFoundError(f"SAGEMAKER_PROGRAM '{program}' is not in the source archive")
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [str(code_dir), *(entry for entry in sys.path if entry != here)]
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def default_input(body, content_type):
    import numpy

    kind = content_type.split(";")[0].strip().lower()
    if kind == JSON:
        return numpy.array(json.loads(body))
    if kind == CSV:
        return numpy.genfromtxt(io.StringIO(body), delimiter=",")
    if kind == NPY:
        return numpy.load(io.BytesIO(body), allow_pickle=False).astype(numpy.float32)
    raise Unsupported(415, f"content type {content_type} is not supported; supported: {JSON}, {CSV}, {NPY}")


def default_predict(data, model):
    return model.predict(data)


def default_output(prediction, accept):
    import numpy

    kind = accept.split(";")[0].strip().lower()
    if kind == JSON:
        return json.dumps(prediction.tolist() if hasattr(prediction, "tolist") else prediction), JSON
    if kind == CSV:
        text = io.StringIO()
        rows = numpy.asarray(prediction)
        csv.writer(text, lineterminator="\n").writerows(rows if rows.ndim > 1 else rows.reshape(-1, 1))
        return text.getvalue(), CSV
    if kind == NPY:
        data = io.BytesIO()
        numpy.save(data, numpy.asarray(prediction))
        return data.getvalue(), NPY
    raise Unsupported(406, f"accept type {accept} is not supported; supported: {JSON}, {CSV}, {NPY}")


class Handlers:
    """Checks the script's functions, loads the model and answers requests. Raises what the script raises."""

    def __init__(self, module, model_dir):
        if not hasattr(module, "model_fn"):
            raise NotImplementedError("the serving script has no model_fn(model_dir); it is mandatory")
        three = [name for name in ("input_fn", "predict_fn", "output_fn") if hasattr(module, name)]
        if hasattr(module, "transform_fn") and three:
            raise ValueError(f"the serving script has transform_fn beside {', '.join(three)}; use one or the other")
        self.transform = getattr(module, "transform_fn", None)
        self.input = getattr(module, "input_fn", default_input)
        self.predict = getattr(module, "predict_fn", default_predict)
        self.output = getattr(module, "output_fn", default_output)
        self.model = module.model_fn(model_dir)

    def __call__(self, body, content_type, accept):
        """Bytes, content type and accept type of a request; returns body (bytes) and content type of the answer."""
        if content_type.split(";")[0].strip().lower() in (JSON, CSV):
            body = body.decode("utf-8")
        if self.transform is not None:
            answer = self.transform(self.model, body, content_type, accept)
        else:
            answer = self.output(self.predict(self.input(body, content_type), self.model), accept)
        if isinstance(answer, tuple):
            answer, accept = answer
        if not isinstance(answer, (str, bytes, bytearray)):
            raise TypeError(f"output_fn returned {type(answer).__name__}; allowed: str, bytes, or (body, content type)")
        return answer.encode("utf-8") if isinstance(answer, str) else bytes(answer), accept
