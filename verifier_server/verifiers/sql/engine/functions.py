"""Which of SQLite's functions a query may call.

Promises: what is listed is deterministic (given the pinned clock), reads nothing but
its arguments, and is bounded by the limit on the length of a value. Names are in
lower case. Operators count under SQLite's names for them (`like`, `glob`, `->`).

Does not cover: the functions of other dialects (`dialects.functions`).

`match` is listed so that SQLite says itself that there is nothing to match.

Left out on purpose: `random` and `randomblob`, `json_patch` (quadratic), `load_extension`,
everything about the library or the connection (`sqlite_version`, `changes`, ...), binary
JSON, and the functions of full-text search and R-trees.
"""

from verifier_server.verifiers.sql.dialects.functions import NAMES

SCALAR = frozenset(
    """abs char coalesce concat concat_ws glob hex if ifnull iif instr length like likelihood
    likely lower ltrim match max min nullif octet_length quote replace round rtrim sign substr
    substring trim typeof unhex unicode unistr unlikely upper""".split()
)
MATHEMATICAL = frozenset(
    """acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log
    log10 log2 mod pi pow power radians sin sinh sqrt tan tanh trunc""".split()
)
DATE = frozenset(
    """current_date current_time current_timestamp date datetime julianday strftime time
    timediff unixepoch""".split()
)
AGGREGATE = frozenset(
    """avg count group_concat max median min percentile percentile_cont percentile_disc
    string_agg sum total""".split()
)
WINDOW = frozenset(
    """cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
    row_number""".split()
)
JSON = frozenset(
    """-> ->> json json_array json_array_length json_extract json_group_array
    json_group_object json_object json_quote json_type json_valid""".split()
)

ALLOWED = SCALAR | MATHEMATICAL | DATE | AGGREGATE | WINDOW | JSON

# Only for tasks whose accepted queries call them: a query that pads with these is seldom right.
ON_REQUEST = (
    frozenset(
        """format json_array_insert json_error_position json_insert json_pretty json_remove
        json_replace json_set printf unistr_quote zeroblob""".split()
    )
    | NAMES
)

# Tables that are functions. The others (`pragma_*`, `dbstat`, `carray`) show the schema or memory.
TABLES = frozenset({"json_each", "json_tree"})
