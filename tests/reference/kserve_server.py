"""A real KServe server that runs a graph by onnxruntime, for the tests of inference servers.

    kserve_server.py NAME GRAPH [--no-binary] [--no-types] [--log FILE] [--die-at N] [--hang-at N]

Listens on a free port of this machine only and prints its address. Ends with whoever started it: when its standard input
closes. --no-binary: refuses tensors as bytes, as servers without that extension do. --no-types: does not say which inputs
and outputs there are, as models of KServe do not unless they are made to. --log: a line for each run, with how
its tensors came. --die-at, --hang-at: the N-th run kills the server, or never ends.
"""

import argparse
import os
import socket
import threading

import onnxruntime
from kserve import InferOutput, InferRequest, InferResponse, Model, ModelRepository
from kserve.model_server import app
from kserve.protocol.dataplane import DataPlane
from kserve.protocol.model_repository_extension import ModelRepositoryExtension
from kserve.protocol.rest.server import RESTServer
from starlette.responses import JSONResponse

DATATYPES = {"tensor(float)": "FP32", "tensor(int64)": "INT64", "tensor(int32)": "INT32", "tensor(uint8)": "UINT8"}


def declared(ports):
    return [
        {
            "name": port.name,
            "datatype": DATATYPES[port.type],
            "shape": [size if isinstance(size, int) else -1 for size in port.shape],
        }
        for port in ports
    ]


class Graph(Model):
    def __init__(self, name, path, args):
        super().__init__(name)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.args = args
        self.runs = 0
        self.ready = True

    def load(self):
        return True

    async def get_input_types(self):
        return [] if self.args.no_types else declared(self.session.get_inputs())

    async def get_output_types(self):
        return [] if self.args.no_types else declared(self.session.get_outputs())

    def predict(self, payload: InferRequest, headers=None, response_headers=None):
        self.runs += 1
        if self.args.log:
            came = "binary" if "inference-header-content-length" in (headers or {}) else "json"
            with open(self.args.log, "a", encoding="utf-8") as log:
                log.write(f"{came}\n")
        if self.runs == self.args.die_at:
            os._exit(1)
        if self.runs == self.args.hang_at:
            threading.Event().wait()
        feed = {one.name: one.as_numpy() for one in payload.inputs}
        names = [port.name for port in self.session.get_outputs()]
        outputs = []
        for name, value in zip(names, self.session.run(names, feed)):
            outputs.append(InferOutput(name=name, shape=list(value.shape), datatype="FP32", data=value))
        return InferResponse(
            response_id=payload.id or "",
            model_name=self.name,
            infer_outputs=outputs,
            requested_outputs=payload.request_outputs,
            use_binary_outputs=payload.use_binary_outputs,
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("graph")
    parser.add_argument("--no-binary", action="store_true")
    parser.add_argument("--no-types", action="store_true")
    parser.add_argument("--log")
    parser.add_argument("--die-at", type=int)
    parser.add_argument("--hang-at", type=int)
    args = parser.parse_args()

    models = ModelRepository()
    models.update(Graph(args.name, args.graph, args))
    dataplane = DataPlane(model_registry=models)
    server = RESTServer(app, dataplane, ModelRepositoryExtension(models), http_port=0)
    server.create_application()
    if args.no_binary:

        @app.middleware("http")
        async def refuse_bytes(request, call_next):
            if request.headers.get("content-type") == "application/octet-stream":
                return JSONResponse({"error": "Binary tensors are not understood here."}, status_code=400)
            return await call_next(request)

    # KServe's own way binds all addresses of the machine.
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)

    def end_with_parent():
        while os.read(0, 1024):
            pass
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()
    server.config.log_level = "warning"
    server._server.run(sockets=[listener])


if __name__ == "__main__":
    main()
