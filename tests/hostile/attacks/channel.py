"""Candidates that take over descriptor 3 and speak the protocol themselves, badly or too well.

The frames are those of `guest/link.py`: a length of four bytes, then JSON. Whoever speaks
so has given up being called; whatever it says, it must be judged, and be worth nothing:
a "not judged" could be farmed.
"""

from textwrap import dedent

from tests.hostile.kit import on_add

_SPEAK = dedent("""
    import json, os, struct, sys
    def put(form):
        data = form if isinstance(form, bytes) else json.dumps(form).encode()
        raw(struct.pack("<I", len(data)) + data)
    def raw(data):
        data = memoryview(data)
        while data:
            data = data[os.write(3, data):]
    def exactly(count):
        data = b""
        while len(data) < count:
            part = os.read(3, count - len(data))
            if not part: os._exit(0)
            data += part
        return data
    def take():
        return json.loads(exactly(struct.unpack("<I", exactly(4))[0]))
    def answer_all(*forms):
        put({"ready": {"add": ["function", 1]}})
        while True:
            take()
            for form in forms:
                put(form)
""")


def _speaking(**lines: str) -> dict[str, str]:
    return {name.replace("_", "-"): _SPEAK + dedent(line) for name, line in lines.items()}


_ODD_CLASS = (
    '{"i": 7, "n": "Odd", "b": [], "p": True, "o": "__eq__ __ne__ __bool__ __call__ __len__ '
    "__getattribute__ __class__ __del__ __instancecheck__ __int__ __float__ __index__ "
    '__sub__ __rsub__ __abs__ __lt__ __iter__ __contains__ __reduce__ __init_subclass__"}'
)
FORGED = _speaking(
    claims_a_verdict="""
        put({"passed": 3, "total": 3, "tests": [["passed"]] * 3, "operations": 3})
        answer_all({"passed": 3, "total": 3, "verdict": "CORRECT", "value": 1.0})
    """,
    claims_a_task_error="""
        answer_all({"task_error": {"code": "INVALID_TASK", "reason": "farmed", "message": "",
                                   "pointer": ""}})
    """,
    claims_a_checker_crash="""
        put({"crashed": -9}); put({"checker_cpu": True}); put({"prepared": True})
        answer_all({"crashed": -9, "checker_cpu": True})
    """,
    claims_to_be_unsupported="""
        answer_all({"x": {"n": "Unsupported", "c": "Unsupported", "a": ["test"], "s": "", "i": 9}})
    """,
    raises_a_skip="""
        answer_all({"x": {"n": "SkipTest", "c": "SkipTest", "a": [], "s": "skipped"}})
    """,
    raises_by_library_name="""
        answer_all({"x": {"n": "Exit", "c": {"lib": "_pytest.outcomes:Exit"}, "a": ["ok", 0]}})
    """,
    raises_what_ends_iteration="""
        answer_all({"x": {"n": "StopIteration", "c": "StopIteration", "a": [5]}})
    """,
    raises_system_exit="""
        answer_all({"x": {"n": "SystemExit", "c": "SystemExit", "a": [0]}})
    """,
    ends_an_iteration="answer_all({'stop': 5})",
    returns_its_argument="answer_all({'v': {'arg': 0}})",
    returns_an_argument_that_is_not="answer_all({'v': {'arg': -1}})",
    returns_a_keyword="answer_all({'v': {'arg': '__class__'}})",
    returns_an_object_of_the_test="answer_all({'v': {'y': 1}})",
    returns_handles_upwards="""
        put({"ready": {"add": ["function", 1]}})
        number = 0
        while True:
            take(); number += 1
            put({"v": {"y": number}})
    """,
    changes_arguments="answer_all({'v': None, 'm': [[0, 5], [1, [0]], [2, 0], ['a', {}]]})",
    an_object_of_odd_class=f"""
        answer_all({{"v": {{"h": {{"i": 5, "k": "object", "c": {_ODD_CLASS}}}}}}})
    """,
    a_plain_value_on_demand=f"""
        put({{"ready": {{"add": ["function", 1]}}}})
        turn = 0
        while True:
            asked = take(); turn += 1
            if asked["q"] == "call":
                put({{"v": {{"h": {{"i": turn, "k": "object", "c": {_ODD_CLASS}}}}}}})
            else:
                put({{"v": True}})
    """,
    a_class_for_a_function="""
        put({"ready": {"add": "class", "__builtins__": "value", "pytest": "module"}})
        while True:
            take()
            put({"v": {"h": {"k": "class", "c": {"i": 1, "n": "add", "b": ["Exception"],
                                                  "o": "__eq__ __call__"}}}})
    """,
    a_class_without_end="""
        form = {"i": 0, "n": "x", "b": [], "o": ""}
        for number in range(1, 400):
            form = {"i": number, "n": "x", "b": [form], "o": ""}
        answer_all({"v": {"h": {"i": 5, "k": "object", "c": form}}})
    """,
    too_many_classes="""
        forms = [{"h": {"i": n, "k": "object", "c": {"i": n, "n": "x", "b": [], "o": ""}}}
                 for n in range(1, 150_000)]
        answer_all({"v": forms})
    """,
    many_named_tuples="""
        answer_all({"v": [{"N": [f"n{n}", ["a", "b"], [1, 2]]} for n in range(150_000)]})
    """,
    names_that_are_source="""
        answer_all({"v": {"N": ["x", ["a=__import__('os')._exit(0)", "b"], [1, 2]]}})
    """,
    unknown_tags="answer_all({'v': {'pickle': 'gASVBQAAAAAAAABLBS4='}}, {'v': {'': 5}})",
    named_builtins="answer_all({'v': {'n': 'eval'}}, {'v': {'n': '__import__'}})",
    answers_in_advance="""
        for _ in range(1000):
            put({"v": 5})
        answer_all({"v": 5})
    """,
    a_question_for_every_answer="answer_all({'q': 'call', 'a': [{'y': 1}, 5]})",
    questions_of_the_test="""
        answer_all(*[{"q": "getattr", "a": [{"y": n}, "__globals__"]} for n in range(5)])
    """,
    calls_for_ever="""
        put({"ready": {"add": ["function", 1]}})
        while True:
            put({"q": "call", "a": [{"y": 1}]})
    """,
    lets_go_of_everything="answer_all({'q': 'call', 'a': [], 'r': list(range(10000))})",
    names_without_end="put({'ready': {f'n{n}': 'value' for n in range(200_000)}})",
    ready_twice="put({'ready': {}})\nput({'ready': {}})\nanswer_all({'ready': {}})",
    a_load_error_of_lies="""
        put({"load_error": {"type": ["x"], "message": 5, "traceback": {"a": 1}}})
        answer_all({"load_error": None})
    """,
    a_compile_error_after_running="put({'compile_error': {}})\nanswer_all({'v': 5})",
)
GARBAGE = _speaking(
    no_json="put(b'{')\nanswer_all(b'nonsense')",
    not_utf8='answer_all(b\'{"v": "\\xff\\xfe"}\')',
    empty_frames="raw(b'\\0' * 4000)\nanswer_all(b'')",
    length_of_4_gib="raw(b'\\xff' * 4)\nanswer_all({'v': 5})",
    length_of_a_lie="raw(b'\\xff\\xff\\0\\0[]')\nwhile True: take()",
    length_that_never_comes="""
        put({"ready": {"add": ["function", 1]}})
        take()
        raw(b'\\xff\\xff\\0\\0[')
        while True: pass
    """,
    nested_json="answer_all(b'[' * 2_000_000 + b']' * 2_000_000)",
    nested_objects="answer_all(b'{\"t\":[' * 300_000 + b']}' * 300_000)",
    long_integers="answer_all(b'{\"v\":' + b'9' * 5_000_000 + b'}')",
    not_a_number="answer_all(b'{\"v\":NaN}', b'{\"v\":-Infinity}', b'{\"v\":1e999999}')",
    twice_the_same_key='answer_all(b\'{"v":1,"v":5,"x":null}\')',
    a_number_for_a_message="answer_all(b'5', b'\"text\"', b'[1]', b'null', b'true')",
    lists_without_end="answer_all(b'{\"v\":[' + b'[],' * 5_000_000 + b'[]]}')",
    objects_without_end="answer_all(b'{\"v\":[' + b'{\"t\":[]},' * 1_500_000 + b'1]}')",
    floats_without_end="answer_all(b'{\"v\":[' + b'1.5,' * 3_500_000 + b'1]}')",
    keys_without_end="""
        answer_all(b'{' + b','.join(b'"%d":0' % n for n in range(1_000_000)) + b'}')
    """,
    a_flood="""
        put({"ready": {"add": ["function", 1]}})
        while True: raw(bytes(1 << 20))
    """,
    a_flood_of_answers="""
        put({"ready": {"add": ["function", 1]}})
        while True: put({"v": 5})
    """,
    half_closed="""
        import socket
        socket.socket(fileno=3).shutdown(socket.SHUT_RDWR)
    """,
    reads_nothing="put({'ready': {'add': ['function', 1]}})\nwhile True: pass",
)
MEDDLING = {
    "closes-the-channel": """
        import os
        os.close(3)
        def add(a, b): return a + b
    """,
    "null-for-a-channel": """
        import os
        os.dup2(os.open("/dev/null", os.O_RDWR), 3)
        def add(a, b): return a + b
    """,
    "channel-to-itself": """
        import os, socket
        one, two = socket.socketpair()
        os.dup2(one.fileno(), 3)
        def add(a, b): return a + b
    """,
    "thread-steals-questions": """
        import os, threading
        def steal():
            while True: os.read(3, 1 << 16)
        for _ in range(4): threading.Thread(target=steal, daemon=True).start()
        def add(a, b): return a - b
    """,
    "thread-sends-answers": _SPEAK
    + dedent("""
        import threading
        def send():
            for n in range(100_000): put({"v": 5})
        def add(a, b):
            threading.Thread(target=send, daemon=True).start()
            return a - b
    """),
    "every-descriptor": """
        import os
        def add(a, b):
            for number in range(4, 1024):
                for word in (b'{"passed": true}', b"passed\\n", bytes(8)):
                    try: os.write(number, word)
                    except OSError: pass
            return a - b
    """,
    "passes-descriptors": """
        import os, socket
        channel = socket.socket(fileno=3)
        def add(a, b):
            socket.send_fds(channel, [b"x"], [0, 1, 2])
            return a - b
    """,
    "receives-descriptors": """
        import socket
        channel = socket.socket(fileno=os.dup(3)) if "os" in globals() else None
        def add(a, b):
            import os
            data, fds, *_ = socket.recv_fds(socket.socket(fileno=os.dup(3)), 1 << 16, 16)
            return fds
    """,
    "peeks-at-the-peer": """
        import socket, struct
        channel = socket.socket(fileno=3)
        def add(a, b):
            return channel.getsockopt(socket.SOL_SOCKET, 17, 12)
    """,
    "answers-after-death": _SPEAK
    + dedent("""
        import ctypes, threading
        def late():
            while True:
                try: put({"v": 5})
                except OSError: pass
        def add(a, b):
            for _ in range(8): threading.Thread(target=late).start()
            ctypes.CDLL(None).syscall(60, 0)
    """),
}

ATTACKS = [
    *on_add(FORGED),
    *on_add(GARBAGE),
    *on_add(MEDDLING),
    *on_add({name: FORGED[name] for name in ("raises-a-skip", "raises-by-library-name")}, "pytest"),
    *on_add(
        {name: FORGED[name] for name in ("raises-a-skip", "raises-by-library-name")}, "unittest"
    ),
]
