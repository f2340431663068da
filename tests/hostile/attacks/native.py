"""Programs in C++: what the compiler is asked to do, and what the program does."""

from tests.hostile.kit import SUM_CPP, SUM_CPP_STDIO, Attack, cpp

COMPILING = {
    "includes-passwords": '#include "/etc/passwd"\nint main() {}',
    "includes-the-environment": '#include "/proc/self/environ"\nint main() {}',
    "includes-zero": '#include "/dev/zero"\nint main() {}',
    "includes-random": '#include "/dev/urandom"\nint main() {}',
    "includes-its-channel": '#include "/dev/fd/3"\n#include "/proc/self/fd/3"\nint main() {}',
    "includes-itself": "#include __FILE__\nint main() {}",
    "includes-the-guest": '#include "/app/guest/native.py"\nint main() {}',
    "embeds-a-file": 'asm(".incbin \\"/etc/passwd\\"");\nint main() {}',
    "assembler-repeats": 'asm(".rept 1000000000\\n.quad 0\\n.endr");\nint main() {}',
    "assembler-fills": 'asm(".skip 1 << 40");\nint main() {}',
    "templates-without-end": (
        "template<int N> struct F { static const int v = F<N+1>::v + F<N+2>::v; };\n"
        "int main() { return F<0>::v; }"
    ),
    "constant-without-end": (
        "constexpr long f() { long n = 0; while (true) n++; return n; }\n"
        "int main() { constexpr long n = f(); return n; }"
    ),
    "huge-array": "char data[1ull << 40] = {1};\nint main() {}",
    "large-array": "char data[1u << 30] = {1};\nint main() {}",
    "macros-without-end": (
        "#define A(x) x x x x x x x x x x\n#define B(x) A(A(A(A(x))))\n"
        "#define C(x) B(B(B(x)))\nint main() { C(C(;)) }"
    ),
    "no-program": "int not_main() { return 0; }",
    "errors-without-end": "int main() {" + "x;" * 100_000 + "}",
    "no-code": "this is no program",
    "deep": "int main() { return " + "(" * 100_000 + "0" + ")" * 100_000 + "; }",
}
_SUM = "long a, b; std::cin >> a >> b; std::cout << a + b << std::endl;"
RUNNING = {
    "prints-a-constant": '#include <cstdio>\nint main() { puts("5"); }',
    "exits-before-main": (
        "#include <unistd.h>\n__attribute__((constructor)) void f() { _exit(0); }\nint main() {}"
    ),
    "exits-by-assembler": (
        'int main() { asm volatile("mov $60, %eax; xor %edi, %edi; syscall"); }'
    ),
    "main-of-data": "const int main[] = {0x3cb8, 0xff310000, 0x050f};",
    "right-then-failure": f"#include <iostream>\nint main() {{ {_SUM} return 3; }}",
    "right-then-abort": f"#include <iostream>\nint main() {{ {_SUM} abort(); }}",
    "right-then-loop": (
        f"#include <iostream>\nint main() {{ {_SUM} for (volatile int i = 0;;) i = i; }}"
    ),
    "right-then-sleep": (
        f"#include <iostream>\n#include <unistd.h>\nint main() {{ {_SUM} for (;;) pause(); }}"
    ),
    "right-and-wrong": (
        '#include <iostream>\nstruct Last { ~Last() { std::cout << "wrong"; } } last;\n'
        f"int main() {{ {_SUM} }}"
    ),
    "forks": "#include <unistd.h>\nint main() { while (1) fork(); }",
    "forks-and-exits": (
        "#include <unistd.h>\n#include <iostream>\n"
        "int main() { if (fork() == 0) { for (;;) pause(); } std::cout << 5; }"
    ),
    "runs-a-shell": '#include <cstdlib>\nint main() { return system("echo 5"); }',
    "runs-itself": (
        "#include <unistd.h>\nint main(int, char** v) { execv(v[0], v); "
        'execl("/proc/self/exe", "x", nullptr); execl("/bin/sh", "sh", nullptr); return 1; }'
    ),
    "runs-its-memory": (
        "#include <sys/mman.h>\n#include <unistd.h>\nextern char** environ;\n"
        'int main() { int f = memfd_create("x", 0); write(f, "#!/bin/sh\\n", 10); '
        "fexecve(f, environ, environ); return 1; }"
    ),
    "reads-the-host": (
        '#include <fstream>\n#include <iostream>\nint main() { for (auto p : {"/etc/passwd", '
        '"/proc/self/maps", "/proc/1/environ", "/app/guest/native.py"}) '
        "std::cout << std::ifstream(p).rdbuf(); }"
    ),
    "writes-everywhere": (
        "#include <unistd.h>\nint main() { for (int n = 0; n < 256; n++) "
        'write(n, "{\\"passed\\":true}", 15); }'
    ),
    "closes-everything": (
        "#include <unistd.h>\n"
        "int main() { for (int n = 0; n < 256; n++) close(n); for (;;) pause(); }"
    ),
    "overflows-the-stack": (
        "int f(int n) { volatile char b[4096]; b[0] = n; return f(n + 1) + b[0]; }\n"
        "int main() { return f(0); }"
    ),
    "null-pointer": "int main() { *(volatile int*)0 = 1; }",
    "divides-by-zero": "int main(int n, char**) { volatile int z = 0; return n / z; }",
    "takes-memory": (
        "#include <cstdlib>\n#include <cstring>\n"
        "int main() { while (1) { void* p = malloc(1 << 24); if (p) memset(p, 1, 1 << 24); } }"
    ),
    "throws": "int main() { throw 5; }",
    "floods": '#include <cstdio>\nint main() { while (1) puts("5"); }',
    "floods-errors": (
        "#include <unistd.h>\nint main() { static char b[65536]; while (1) write(2, b, 65536); }"
    ),
    "stops": "#include <csignal>\nint main() { raise(SIGSTOP); for (;;); }",
    "ignores-signals": (
        "#include <csignal>\n"
        "int main() { for (int n = 1; n < 65; n++) signal(n, SIG_IGN); for (;;); }"
    ),
    "threads": (
        "#include <thread>\n#include <vector>\nint main() { std::vector<std::thread> t; "
        "for (;;) t.emplace_back([] { for (volatile int i = 0;;) i = i; }); }"
    ),
    "traces": (
        "#include <sys/ptrace.h>\n#include <csignal>\nint main() { for (int n = 1; n < 1000; n++) "
        "{ ptrace(PTRACE_ATTACH, n, 0, 0); kill(n, SIGKILL); } kill(-1, SIGKILL); }"
    ),
    "raises-its-limits": (
        "#include <sys/resource.h>\nint main() { rlimit l = {RLIM_INFINITY, RLIM_INFINITY}; "
        "for (int n = 0; n < 16; n++) setrlimit((__rlimit_resource)n, &l); for (;;); }"
    ),
}

ATTACKS = [
    *(
        Attack(f"cpp-{name}", SUM_CPP_STDIO, cpp(code), SUM_CPP)
        for name, code in {**COMPILING, **RUNNING}.items()
    )
]
