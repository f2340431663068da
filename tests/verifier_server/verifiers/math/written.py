"""A node as one line of text, so that tables of tests can say what they expect.

1/2~2 is a Number with places, 'x a Symbol, f(...) a Call, G()[a; b] a Group, R<x < 1> a
Relation, Q<5 cm> a Quantity, M[1, 2 / 3, 4] a Matrix.
"""

from verifier_server.verifiers.math.nodes import (
    Based,
    Call,
    Choice,
    Constant,
    Group,
    Matrix,
    Node,
    Number,
    Piecewise,
    Quantity,
    Relation,
    SetBuilder,
    Symbol,
    Text,
)


def written(node: Node | None) -> str:
    match node:
        case None:
            return "else"
        case Number(value, places):
            return f"{value}" if places is None else f"{value}~{places}"
        case Symbol(name):
            return f"'{name}"
        case Constant(name):
            return name
        case Call(name, parts):
            return f"{name}({', '.join(map(written, parts))})"
        case Group(opening, closing, items):
            return f"G{opening}{closing}[{'; '.join(map(written, items))}]"
        case Relation(operators, sides):
            rest = zip(operators, sides[1:], strict=True)
            return f"R<{written(sides[0])}{''.join(f' {o} {written(s)}' for o, s in rest)}>"
        case Text(words):
            return f'"{words}"'
        case Quantity(value, unit):
            return f"Q<{written(value)} {unit}>"
        case Matrix(rows):
            return f"M[{' / '.join(', '.join(map(written, row)) for row in rows)}]"
        case Piecewise(branches):
            return f"P[{'; '.join(f'{written(v)} if {written(c)}' for v, c in branches)}]"
        case SetBuilder(element, conditions):
            return f"S[{written(element)} | {'; '.join(map(written, conditions))}]"
        case Based(based, base):
            return f"B{based}_{base}"
        case Choice(letter, content):
            return f"C[{letter}: {written(content)}]"
