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
  command -v cargo >/dev/null && return
  echo "Bauta is built with Rust: install it from https://rustup.rs and run this again" >&2
  return 1
}

# Compression and TLS contain C.
need_compiler() { command -v cc >/dev/null || install gcc libc6-dev; }

# The SDKs' Python tests run in a virtual environment, for which Debian's python3 alone is not enough.
need_python() { python3 -c 'import ensurepip' 2>/dev/null || install python3 python3-venv; }

need_node() { { command -v node && command -v npm; } >/dev/null || install nodejs npm; }

# The tests of shared turn state run one of their own.
need_redis() { { command -v redis-server && command -v redis-cli; } >/dev/null || install redis-server; }

# libFuzzer is C++.
need_cpp() { command -v c++ >/dev/null || install g++; }
