"""Why a program is refused, beside the reasons of every reading.

`unsupported`: Python or z3 outside of the whitelist. `forbidden_import`: a module other
than z3 and itertools. `unknown_symbol`: a name that nothing gave a meaning.
`arity_mismatch`, `sort_mismatch`, `redeclared`: a name against its declarations.
`no_effect`: a formula that is stated to no solver. `asserted_after_check`: assertions that
depend on when the solver is asked. `number`, `nonlinear`, `too_large`: out of bounds when
loops and shared parts are written out.
"""

UNSUPPORTED = "unsupported"
FORBIDDEN_IMPORT = "forbidden_import"
UNKNOWN_SYMBOL = "unknown_symbol"
ARITY_MISMATCH = "arity_mismatch"
SORT_MISMATCH = "sort_mismatch"
REDECLARED = "redeclared"
NO_EFFECT = "no_effect"
ASSERTED_AFTER_CHECK = "asserted_after_check"
NUMBER = "number"
TOO_LARGE = "too_large"
