"""What the name of a column says of its values.

Promises: names in English, written with underscores or in camel case. A guess: it decides
only how much evidence is enough.

Does not cover: values themselves (`values.py`).
"""

import re

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IDENTIFIERS = frozenset(
    (
        "id", "ids", "identifier", "key", "code", "no", "nr", "num", "number", "uuid", "guid",
        "isbn", "issn", "ssn", "sku", "ean", "upc", "vin", "iban", "email", "mail", "login",
        "username", "url", "slug", "serial", "barcode", "iata", "icao", "ticker", "symbol",
        "abbreviation", "acronym", "phone", "passport", "plate",
    )
)  # fmt: skip
_WORDS = frozenset(
    (
        "paid", "valid", "invalid", "bid", "grid", "void", "avoid", "solid", "liquid", "fluid",
        "rapid", "covid", "acid", "aid", "unpaid", "prepaid", "hybrid", "android", "humid",
    )
)  # fmt: skip
_MEASURES = frozenset(
    (
        "amount", "price", "cost", "fee", "total", "sum", "salary", "wage", "income", "budget",
        "revenue", "profit", "sales", "balance", "count", "quantity", "qty", "population", "area",
        "size", "length", "width", "height", "weight", "depth", "distance", "duration", "age",
        "score", "points", "rating", "rank", "rate", "percent", "percentage", "ratio", "average",
        "avg", "capacity", "attendance", "views", "likes", "votes", "year", "date", "day",
        "month", "time", "hours", "minutes", "seconds", "milliseconds", "bytes", "temperature",
        "speed", "elevation", "latitude", "longitude", "mileage", "horsepower", "bonus", "tax",
        "discount", "stock", "level", "grade", "gdp", "money", "value", "reputation",
    )
)  # fmt: skip


def is_identifier(name: str) -> bool:
    """Whether each value of a column of that name should stand for one thing."""
    parts = _parts(name)
    return bool(parts) and (parts[-1] in _IDENTIFIERS or _ends_as_one(parts[-1]))


def _ends_as_one(part: str) -> bool:
    """Whether it is written like `memberid`, in one piece."""
    return part.endswith("id") and part not in _WORDS


def is_measure(name: str) -> bool:
    """Whether it measures, counts or dates something, so that equal values are chance."""
    parts = _parts(name)
    return any(part in _MEASURES for part in parts) or parts[:1] in (["num"], ["number"], ["no"])


def is_time(name: str) -> bool:
    """Whether it is a time of day."""
    parts = _parts(name)
    return parts[-1:] == ["time"] and "date" not in parts


def _parts(name: str) -> list[str]:
    return [part.lower() for part in _PARTS.findall(name)]
