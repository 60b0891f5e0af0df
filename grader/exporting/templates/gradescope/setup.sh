#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image: installs dlgrade, and proves that it grades.
#
# The course with its solutions lies in source/course, which only root may enter. dlgrade is outside
# of root's folders: the users that students' code runs as must be able to read Python.
set -euo pipefail
umask 022
cd "${AUTOGRADER_ROOT:-/autograder}/source"
venv=${DLGRADE_VENV:-/opt/dlgrade}

python_here() {
  local name
  for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
      echo "$name"
      return
    fi
  done
  return 1
}

if ! python=$(python_here); then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y python3-venv
  python_here > /dev/null || apt-get install -y python3.11 python3.11-venv
  python=$(python_here) || {
    echo "dlgrade needs Python 3.11 or newer; choose a newer base image for the autograder" >&2
    exit 1
  }
fi

"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --no-cache-dir --disable-pip-version-check \
  --constraint constraints.txt --requirement requirements.txt

chmod -R go= course
# An image that cannot grade right answers is not built. This also fills the caches.
"$venv/bin/dlgrade" check --course course @WORDS@ --no-html --quiet course/solutions
