"""Warms the zygote up: imports every built-in verifier and judges its examples once.

Promises: a worker that is forked afterwards finds the libraries imported, the
task schemas compiled and their lazy parts loaded. An example that its own
verifier does not accept stops the server from starting.

Does not cover: anything that comes from outside; the examples are those of the
`task_schema.json` files.

Importing this module does the work: it is named in the pool's `preload`.
"""

import json
from importlib import resources
from typing import Any

from verifier_server.bounds import JSON_MEDIA_TYPE
from verifier_server.verifiers import BUILTIN
from verifier_server.worker import open_job

for _manifest in BUILTIN:
    _schema = resources.files(_manifest.package).joinpath("task_schema.json").read_bytes()
    for _task in json.loads(_schema)["examples"]:
        _setup: dict[str, Any] = {
            "module": _manifest.module,
            "package": _manifest.package,
            "task": json.dumps(_task).encode(),
            "media_type": JSON_MEDIA_TYPE,
        }
        if _manifest.children:
            _setup["bench"] = {"cpu_s": 1.0, "count": 1, "runtimes": ["stdlib"], "low_trust": False}
        if _manifest.folder:
            _setup["folder"] = None
        _reply, _judge = open_job(_setup)
        if _judge is None:
            raise RuntimeError(f"the example of {_manifest.name!r} is no task: {_reply}")
        _judge(b"no answer")
