"""Why a script or term is refused, beside the reasons of every reading.

`unsupported`: a sort, literal or operator outside of Bool, Int, Real and declared sorts.
`forbidden_command`: a command that this text may not give. `forbidden_definition`: a
definition in a text that may only use what is declared. `unknown_symbol`,
`arity_mismatch`, `sort_mismatch`, `redeclared`: a name against its declarations.
`number`: a numeral too long. `nonlinear`: a product of too many unknowns. `too_large`:
too much when shared parts and definitions are written out.
"""

UNSUPPORTED = "unsupported"
FORBIDDEN_COMMAND = "forbidden_command"
FORBIDDEN_DEFINITION = "forbidden_definition"
UNKNOWN_SYMBOL = "unknown_symbol"
ARITY_MISMATCH = "arity_mismatch"
SORT_MISMATCH = "sort_mismatch"
REDECLARED = "redeclared"
NUMBER = "number"
TOO_LARGE = "too_large"
