"""The sql verifier: a query is right when its rows are right on every instance.

Promises: importing this package is cheap; `verifier` brings in sqlglot and apsw
and is imported only by a worker. A completion can only read; what it returns is
compared with the accepted queries on the given data and on instances that are
built to tell near misses apart.

Does not cover: statements that change data, and engines other than SQLite:
other dialects are translated.
"""

from verifier_server.contract import Manifest

MANIFEST = Manifest(
    name="sql",
    description="One SQL query, compared by its rows with accepted queries on several databases.",
    version="1.0.0",
    package="verifier_server.verifiers.sql",
    module="verifier_server.verifiers.sql.verifier",
    components=("executable", "result", "order", "shaping"),
    libraries=("apsw", "google-re2", "sqlglot", "sqlglotc"),
    default_cpu_s=5.0,
    max_cpu_s=60.0,
    folder="databases",
)
