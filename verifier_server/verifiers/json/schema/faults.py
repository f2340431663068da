"""What is wrong with a schema, and where in the task."""

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.json.values import pointer

MAX_MESSAGE = 200

Path = tuple[str | int, ...]
# The schema itself, among the documents of a task; the others go by their URIs.
ROOT = ""
_RESOURCES = "/resources"


class SchemaFaultError(Exception):
    """The schema cannot be used.

    Args:
        message: why; at most MAX_MESSAGE characters of it are shown.
        path: the part at fault, from the root of its document.
        document: ROOT, or the URI of the bundled document.
    """

    def __init__(self, message: str, path: Path = (), document: str = ROOT) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.document = document

    def for_task(self, where: str) -> TaskError:
        """As the task's fault; `where` is the schema's pointer in the task."""
        base = where if self.document == ROOT else _RESOURCES + pointer((self.document,))
        return TaskError(
            ErrorCode.INVALID_TASK,
            "invalid_schema",
            f"the schema cannot be used: {self.message[:MAX_MESSAGE]}",
            base + pointer(self.path),
        )
