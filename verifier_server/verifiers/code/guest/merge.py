"""Changes made elsewhere to a mutable argument, made here in the caller's own objects.

Promises: the object passed keeps its identity, and so do the lists, dicts and other
mutable parts that stand at the same position or key before and after.

Does not cover: one object reachable by two paths: each path is changed as if it had its own.
"""

from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

from . import arrays

_KINDS = (list, dict, set, bytearray, deque, Counter, OrderedDict, defaultdict)
_MUTABLE = frozenset(map(id, _KINDS))


def is_mutable(value: Any) -> bool:
    """Whether a callee could change this plain value or something in it."""
    kind = type(value)
    if kind is tuple:
        return any(map(is_mutable, value))
    return id(kind) in _MUTABLE or (kind.__name__ == "ndarray" and arrays.is_array_like(kind))


def _part(old: Any, new: Any) -> Any:
    """The old part, changed, where it is of the same mutable kind as the new; else the new."""
    if old is new or not merge(old, new):
        return new
    return old


def _same(old: Any, new: Any) -> bool:
    """Merges a part of a tuple. Returns whether the old part can stay."""
    return merge(old, new) or (type(old) is type(new) and bool(old == new))


def merge(old: Any, new: Any) -> bool:
    """Gives `old` the contents of `new`, in place. Returns whether it could be done.

    Both are of the caller's process; `old` may be of a subclass of a builtin container.
    """
    if isinstance(old, list) and isinstance(new, list):
        common = min(len(old), len(new))
        parts = [_part(list.__getitem__(old, i), new[i]) for i in range(common)]
        list.__setitem__(old, slice(None), parts + new[common:])
    elif isinstance(old, dict) and isinstance(new, dict):
        entries = [
            (
                key,
                _part(dict.__getitem__(old, key), value) if dict.__contains__(old, key) else value,
            )
            for key, value in new.items()
        ]
        dict.clear(old)
        dict.update(old, entries)
        if isinstance(old, OrderedDict):
            _reorder(old, entries)
    elif isinstance(old, set) and isinstance(new, set):
        set.clear(old)
        set.update(old, new)
    elif isinstance(old, bytearray) and isinstance(new, bytearray):
        bytearray.__setitem__(old, slice(None), new)
    elif isinstance(old, deque) and isinstance(new, deque):
        before = list(old)
        deque.clear(old)
        deque.extend(old, (_part(*pair) for pair in zip(before, new, strict=False)))
        deque.extend(old, list(new)[len(before) :])
    elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        return all([_same(*pair) for pair in zip(old, new, strict=True)])  # noqa: C419 (merges each)
    elif arrays.is_array_like(type(old)) and type(old) is type(new) and old.shape == new.shape:
        old[...] = new
    else:
        return False
    return True


def _reorder(old: OrderedDict[Any, Any], entries: list[tuple[Any, Any]]) -> None:
    """An ordered dict keeps its own order beside the dict's."""
    OrderedDict.clear(old)
    for key, value in entries:
        OrderedDict.__setitem__(old, key, value)
