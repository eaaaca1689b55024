#!/usr/bin/env bash
# Installs Portwright into an environment of its own and puts it on the path of the steps that follow.
#
#   PORTWRIGHT_VERSION  the version, such as 0.9.1; empty for the one in PORTWRIGHT_SOURCE
#   PORTWRIGHT_SOURCE   a checkout of Portwright
set -euo pipefail

version=${PORTWRIGHT_VERSION:-}
if [[ -n $version && ! $version =~ ^[0-9][0-9A-Za-z.+!-]*$ ]]; then
  echo "PORTWRIGHT_VERSION has to be a version such as 0.9.1" >&2
  exit 2
fi
python=$(command -v python3 || command -v python)
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Portwright needs Python 3.11 or later: set it up in a step before (actions/setup-python)" >&2
  exit 2
fi
place=${RUNNER_TEMP:-${TMPDIR:-/tmp}}/portwright
"$python" -m venv --clear "$place"
binaries=$place/bin
if [[ -d $place/Scripts ]]; then binaries=$place/Scripts; fi
if [[ -n $version ]]; then what=portwright==$version; else what=${PORTWRIGHT_SOURCE:?}; fi
"$binaries/python" -m pip install --quiet --disable-pip-version-check "$what"
if [[ -n ${GITHUB_PATH:-} ]]; then echo "$binaries" >>"$GITHUB_PATH"; fi
"$binaries/portwright" --version
