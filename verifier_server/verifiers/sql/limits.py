"""What a query may cost, in one place.

Promises: every limit that decides a verdict is a count: VDBE steps, rows, cells,
bytes. The same query on the same instance meets them on every machine.

Does not cover: CPU time, the worker's backstop (the manifest).
"""

KIB = 1 << 10
MIB = 1 << 20

# Virtual machine operations (sqlite.org/c3ref/progress_handler.html) of one query on
# one instance: at least STEPS, and STEPS_OF_GOLD times what the accepted query takes.
STEP_PORTION = 1000
STEPS = 2_000_000
STEPS_OF_GOLD = 20
GOLD_STEPS = 20_000_000

MAX_ROWS = 50_000
MAX_CELLS = 400_000
MAX_RESULT_BYTES = 16 * MIB

# Of one text or blob, also on the way: what takes a single operation cannot be interrupted,
# and its cost grows with its arguments. A query that makes values beyond SHORT_VALUE_BYTES (or
# beyond the longest of the instance, where that is more) runs again with the longer bound,
# and each of its steps counts LONG_VALUE_WEIGHT times.
SHORT_VALUE_BYTES = 4 * KIB
MAX_VALUE_BYTES = 64 * KIB
LONG_VALUE_WEIGHT = 32
# Longer values than these in a database can't be read.
MAX_STORED_VALUE_BYTES = 1 * MIB
MAX_SQL_BYTES = 20_000
MAX_COLUMNS = 200
MAX_EXPRESSION_DEPTH = 200
MAX_COMPOUND = 50
MAX_PROGRAM = 100_000  # operations of a compiled query
MAX_FUNCTION_ARGUMENTS = 32
MAX_PATTERN_BYTES = 200  # of LIKE and GLOB, whose cost is the product of both lengths
MAX_PATTERN_BYTES_OF_LONG = 50  # where they are not charged for it
HEAP_BYTES = 64 * MIB  # that a query may add to what SQLite uses already

# A task's database.
MAX_DATABASE_BYTES = 128 * MIB
SCRIPT_STEPS = 500_000_000
# What a worker keeps between groups. Together they stay below the growth at which a
# worker is replaced (`sandboxes.worker.GROWTH_BYTES`).
KEPT_DATABASES_BYTES = 64 * MIB
KEPT_TASKS_BYTES = 128 * MIB
# What there is to keep beside images: a connection with its functions, caches and schema,
# what is known of a database, and a cell of an expected answer with its share of the counts
# made of it (measured).
CONNECTION_BYTES = 192 * KIB
DATABASE_BYTES = 48 * KIB
CELL_BYTES = 150
# A copy in another physical order is made of databases up to this size.
MAX_TWIN_BYTES = 8 * MIB

DEFAULT_INSTANCES = 8
