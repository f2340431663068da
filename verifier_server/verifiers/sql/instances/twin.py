"""The same rows in another physical order."""

import apsw

from verifier_server.verifiers.sql.schema import Schema


def empty_image(schema: Schema) -> bytes:
    """An image with the tables, indexes and views of `schema`, and no rows."""
    connection = apsw.Connection(":memory:")
    for script in schema.scripts:
        connection.execute(script)
    image = connection.serialize("main")
    connection.close()
    return image
