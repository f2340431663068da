"""Results as plain data, for comparisons that happen outside a test program.

Promises: iterators of the candidate are drained into lists, up to a number of items; what
holds anything else of the candidate is refused.

Does not cover: limits of time: draining asks the candidate, item by item.
"""

import itertools
from collections import Counter, OrderedDict, defaultdict, deque
from types import GeneratorType
from typing import Any

from .remote import is_remote


class NotPlain(Exception):
    """A result is not plain data: it is, or holds, an object of the candidate's process."""


def plainly(value: Any, max_items: int) -> Any:
    """The value with every iterator in it drained.

    Raises:
        NotPlain: an object of the candidate, or more than `max_items` items.
    """
    kind = type(value)
    if kind is list or kind is tuple:
        return kind([plainly(item, max_items) for item in value])
    if kind in (dict, Counter, OrderedDict, defaultdict):
        parts = [(plainly(key, max_items), plainly(value[key], max_items)) for key in value]
        if isinstance(value, defaultdict):
            return defaultdict(value.default_factory, parts)
        make: Any = kind
        return make(dict(parts))
    if kind in (set, frozenset, deque):
        if not any(map(is_remote, value)):
            return value
    elif isinstance(value, GeneratorType) or (is_remote(value) and hasattr(kind, "__next__")):
        items = list(itertools.islice(value, max_items + 1))
        if len(items) > max_items:
            raise NotPlain(f"an iterator of more than {max_items} items")
        return plainly(items, max_items)
    elif not is_remote(value):
        return value
    name = getattr(kind, "__name__", "object")
    raise NotPlain(f"an object of class {name}")
