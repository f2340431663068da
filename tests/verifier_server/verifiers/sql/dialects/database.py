"""A small database on which the recorded answers of other engines were taken."""

import functools
from collections.abc import Sequence

import apsw

from verifier_server.verifiers.sql.dialects.functions import register
from verifier_server.verifiers.sql.dialects.translate import translate
from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.schema import Schema

SCRIPT = """
CREATE TABLE emp (id INTEGER PRIMARY KEY, name VARCHAR(50), dept VARCHAR(20),
    salary NUMERIC(10,2), rate DOUBLE PRECISION, hired DATE, seen TIMESTAMP, age INTEGER,
    active BOOLEAN, code VARCHAR(20));
CREATE TABLE dept (name VARCHAR(20), city VARCHAR(20), budget INTEGER);
CREATE TABLE b (id INTEGER PRIMARY KEY, n BIGINT, v INTEGER, t VARCHAR(30), w VARCHAR(30), d DATE,
    s TIMESTAMP, x NUMERIC(8,3), r DOUBLE PRECISION);
INSERT INTO emp VALUES
    (1, 'Alice Smith', 'eng', 5000.00, 1.5, '2020-01-31', '2024-02-29 13:04:05', 31, 1, 'A-12-x'),
    (2, 'bob', 'eng', 5250.50, 2.5, '2019-12-30', '2024-03-01 00:00:00', 28, 0, 'b_7'),
    (3, 'Carol', 'ops', 4100.25, 3.5, '2021-03-15', '2023-12-31 23:59:59', 45, 1, 'C%9'),
    (4, 'dave ONeil', 'ops', NULL, 0.5, '2018-02-28', '2024-01-01 08:30:00', NULL, 1, NULL),
    (5, 'Eve', 'hr', 5000.00, NULL, NULL, NULL, 38, NULL, 'zz'),
    (6, 'ALAN', 'hr', -12.35, -2.5, '2020-02-29', '2020-02-29 12:00:00', 61, 0, 'a-12-y'),
    (7, 'Zoe', NULL, 7.00, 7.0, '2024-12-29', '2024-12-30 01:02:03', 7, 1, '10');
INSERT INTO dept VALUES ('eng', 'Oslo', 1000), ('ops', 'Rome', NULL), ('none', 'Bern', 7);
INSERT INTO b VALUES
    (1, 10, -7, 'a*b?', '[x]', '2024-01-31', '2024-01-31 23:30:00', 2.675, 2.5),
    (2, 3, 3, 'A_B%', 'a/b', '2024-02-29', '2024-02-29 00:00:00', 1.005, -0.5),
    (3, 4, 0, '', '  pad ', '2023-12-31', '2023-12-31 23:59:59', -2.5, 1e10),
    (4, NULL, NULL, NULL, '5', '2021-01-03', '2021-01-03 12:00:00', 0, 0.1),
    (5, 25, 7, '5x', '12.7', '2020-12-28', '2016-01-01 00:00:01', 1000.125, 3.999),
    (6, 10, 2, 'a b c', 'ab', '2022-03-31', NULL, NULL, NULL);
"""


@functools.cache
def connection() -> apsw.Connection:
    made = apsw.Connection(":memory:")
    register(made)
    made.execute(SCRIPT)
    return made


@functools.cache
def schema() -> Schema:
    return read_schema(connection().serialize("main"))


def answer(sql: str, dialect: str) -> Sequence[Sequence[object]]:
    return connection().execute(translate(sql, dialect, schema())).fetchall()
