#!/usr/bin/env bash
# What a pull or merge request is asked: is everything generated, is every contract right, does a
# change break anybody. Called by ci/github.sh and ci/gitlab.sh.
#
#   PORTWRIGHT_CONFIG   the config (portwright.yaml)
#   PORTWRIGHT_BASE     the commit to compare with; nothing is compared where it is empty
#   PORTWRIGHT_BEFORE   set where the base is only what a branch was before a push: it may be gone
#   PORTWRIGHT_AGAINST  what to compare with instead: `lock`, a file, or git:REVISION
#   PORTWRIGHT_STYLE    how findings are printed (text)
#   PORTWRIGHT_REPORTS  the folder for SARIF, JUnit and GitLab's code quality (portwright-reports)
#   PORTWRIGHT_REMOTE   where a base comes from that a shallow clone lacks (origin)
#
# Ends with the worst exit code of all: 0 fine, 1 findings, 2 wrong use.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$(command -v python3 || command -v python)
config=${PORTWRIGHT_CONFIG:-portwright.yaml}
base=${PORTWRIGHT_BASE:-}
against=${PORTWRIGHT_AGAINST:-}
style=${PORTWRIGHT_STYLE:-text}
reports=${PORTWRIGHT_REPORTS:-portwright-reports}
remote=${PORTWRIGHT_REMOTE:-origin}
worst=0

# Says what is wrong with the run itself, as an annotation where those are read.
wrong() {
  if [[ $style == github ]]; then printf '::error title=Portwright::%s\n' "$1"; else printf '%s\n' "$1" >&2; fi
}

# Runs a command, with its reports, and keeps the worst exit code.
run() {
  local name=$1 code=0
  portwright "$@" --config "$config" --format "$style" \
    --report "sarif=$reports/$name.sarif" \
    --report "junit=$reports/$name.xml" \
    --report "gitlab=$reports/$name.gitlab.json" >"$reports/.printed" || code=$?
  if [[ $style == github ]]; then
    # What one command has said, another does not say again.
    awk 'NR == FNR { said[$0]; next } !($0 in said)' "$reports/.said" "$reports/.printed"
    cat "$reports/.printed" >>"$reports/.said"
  else
    cat "$reports/.printed"
  fi
  if ((code > worst)); then worst=$code; fi
}

# Has the commit here, fetching it alone where the clone is shallow.
have() {
  git cat-file -e "$1^{commit}" 2>/dev/null && return
  git fetch --quiet --no-tags --depth=1 "$remote" "$1" 2>/dev/null && git cat-file -e "$1^{commit}"
}

mkdir -p "$reports"
rm -f "$reports"/{lint,generate,breaking}.* "$reports/changes.md" \
  "$reports"/{portwright.sarif,gl-code-quality-report.json}
echo >"$reports/.said"
# One report is made of those of all commands, also where the base is missing.
trap 'rm -f "$reports/.said" "$reports/.printed"; "$python" "$here/merge.py" "$reports"' EXIT
run lint
# Of contracts with errors nothing is generated, and the errors are told.
if ((worst == 0)); then run generate --check; fi

if [[ -z $against && -n $base ]]; then
  # A name would be a branch of whoever asks; what a system sets is a commit.
  if [[ ! $base =~ ^[0-9a-f]{40,64}$ ]]; then
    wrong "the base is no commit; nothing is compared"
    exit 2
  fi
  if have "$base"; then
    against=git:$base
  elif [[ -n ${PORTWRIGHT_BEFORE:-} ]]; then
    echo "what the branch was before, $base, is gone: nothing is compared" >&2
  else
    wrong "the base $base is not in this clone and cannot be fetched: clone with its history (fetch-depth: 0, GIT_DEPTH: 0)"
    exit 2
  fi
fi
if [[ -n $against ]]; then
  run breaking --against "$against"
  # What has changed is told whether it breaks anybody or not.
  portwright diff --config "$config" --against "$against" --format markdown \
    >"$reports/changes.md" || rm -f "$reports/changes.md"
fi
exit "$worst"
