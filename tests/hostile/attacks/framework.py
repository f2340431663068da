"""Candidates that speak to test frameworks: skips, plugins, hooks, shadowed names."""

from textwrap import dedent

from tests.hostile.kit import LIMITS, on, on_add, python

SPEAKING = {
    "skip-test": """
        import unittest
        def add(a, b): raise unittest.SkipTest("not today")
    """,
    "skip-at-import": """
        import unittest
        raise unittest.SkipTest("not today")
    """,
    "pytest-exceptions-by-name": """
        def outcome(name):
            return type(name, (BaseException,), {"__module__": "_pytest.outcomes", "msg": "ok",
                                                 "pytrace": False, "returncode": 0,
                                                 "allow_module_level": True})
        def add(a, b): raise outcome("Skipped")("ok")
    """,
    "pytest-exit-by-name": """
        Exit = type("Exit", (Exception,), {"__module__": "_pytest.outcomes", "returncode": 0})
        def add(a, b): raise Exit("ok")
    """,
    "xfail-by-name": """
        XFailed = type("XFailed", (Exception,), {"__module__": "_pytest.outcomes"})
        def add(a, b): raise XFailed("expected to fail")
    """,
    "should-stop": """
        import unittest.case
        def add(a, b): raise unittest.case._ShouldStop
    """,
    "group-of-skips": """
        import unittest
        def add(a, b): raise ExceptionGroup("x", [unittest.SkipTest("ok")])
    """,
    "imports-pytest": """
        import pytest
        def add(a, b): pytest.skip("ok")
    """,
    "hooks": """
        collect_ignore_glob = ["*"]
        pytest_plugins = ["solution"]
        def pytest_runtest_makereport(item, call): return None
        def pytest_collection_modifyitems(items): items.clear()
        def pytest_pyfunc_call(pyfuncitem): return True
        def pytest_sessionfinish(session): session.exitstatus = 0
        def load_tests(*args): return __import__("unittest").TestSuite()
        def setUpModule(): raise __import__("unittest").SkipTest("ok")
        __test__ = False
        def add(a, b): return a - b
    """,
    "configuration": """
        import os
        for name, text in {
            "conftest.py": "collect_ignore_glob = ['*']", "pytest.ini": "[pytest]\\npython_files=x",
            "sitecustomize.py": "import os; os._exit(0)", "test_add.py": "def test(): pass",
            "usercustomize.py": "import os; os._exit(0)", "solution.py": "def add(a,b): return a+b",
        }.items():
            for folder in (".", "/tmp", "/app", "/runtime", os.path.expanduser("~")):
                try: open(os.path.join(folder, name), "w").write(text)
                except OSError: pass
        def add(a, b): return a - b
    """,
    "environment": """
        import os
        os.environ.update(PYTEST_ADDOPTS="--collect-only", PYTHONOPTIMIZE="2", PYTHONPATH="/tmp")
        def add(a, b): return a - b
    """,
    "patched-test-case": """
        import unittest
        for name in dir(unittest.TestCase):
            if name.startswith("assert"): setattr(unittest.TestCase, name, lambda *a, **k: None)
        unittest.TestCase.run = lambda self, result=None: result
        def add(a, b): return a - b
    """,
    "assertion-error-that-passes": """
        class Passed(AssertionError):
            def __bool__(self): return False
            def __eq__(self, other): return True
        def add(a, b): raise Passed
    """,
    "warning": """
        import warnings
        warnings.simplefilter("error")
        def add(a, b):
            warnings.warn("failed: 0, passed: 3")
            return a - b
    """,
    "returns-a-test": """
        import unittest
        class Empty(unittest.TestCase):
            def test(self): pass
        def add(a, b): return Empty("test")
    """,
}
STAR = {
    "mode": "pytest",
    "files": {
        "test_it.py": dedent("""
            from solution import *

            def test_it():
                for n in range(5):
                    assert add(n, 1) == n + 1

            def test_all():
                assert all(add(n, n) == 2 * n for n in [1, 2, 3])
                assert isinstance(add(1, 1), int) and abs(add(-3, 0)) == 3
        """)
    },
    "limits": LIMITS,
}
SHADOWING = {
    "star-shadows-builtins": """
        range = lambda *a: ()
        all = isinstance = lambda *a: True
        abs = lambda x: 3
        def add(a, b): return a - b
    """,
    "star-shadows-by-all": """
        __all__ = ["add", "range", "all", "isinstance", "abs", "test_it", "test_all", "assert"]
        def __getattr__(name):
            return (lambda *a: ()) if name == "range" else (lambda *a: True)
        def add(a, b): return a - b
    """,
    "star-shadows-tests": """
        def test_it(): pass
        def test_all(): pass
        def add(a, b): return a - b
        class AssertionError(BaseException): pass
        __file__ = __name__ = "test_it"
    """,
}
NO_TESTS = {
    "mode": "unittest",
    "files": {
        "test_it.py": dedent("""
            import unittest
            import solution

            class It(unittest.TestCase):
                @classmethod
                def setUpClass(cls):
                    cls.made = solution.add(1, 1)

                def test_it(self):
                    for n in range(self.made):
                        with self.subTest(n=n):
                            self.assertEqual(solution.add(n, 1), n + 1)
                    self.assertEqual(self.made, 2)
        """)
    },
    "limits": LIMITS,
}
SETTING_UP = {
    "skips-in-set-up": """
        import unittest
        def add(a, b): raise unittest.SkipTest("ok")
    """,
    "no-sub-tests": "def add(a, b): return 0",
    "range-of-a-liar": """
        class Zero:
            def __index__(self): return 0
            def __eq__(self, other): return True
        def add(a, b): return Zero()
    """,
}
_ADD = python("def add(a, b):\n    return a + b")

ATTACKS = [
    *on_add(SPEAKING, "assert", "pytest", "unittest"),
    *on(STAR, _ADD, SHADOWING),
    *on(NO_TESTS, _ADD, SETTING_UP),
]
