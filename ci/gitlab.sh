#!/usr/bin/env bash
# The script of ci/gitlab.yml: by ci/check.sh, with a note on the merge request where
# PORTWRIGHT_TOKEN is set.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$(command -v python3 || command -v python)
export PORTWRIGHT_REPORTS=${PORTWRIGHT_REPORTS:-portwright-reports}

if [[ -z ${PORTWRIGHT_BASE:-} ]]; then
  PORTWRIGHT_BASE=${CI_MERGE_REQUEST_DIFF_BASE_SHA:-${CI_COMMIT_BEFORE_SHA:-}}
  if [[ -z ${CI_MERGE_REQUEST_DIFF_BASE_SHA:-} ]]; then export PORTWRIGHT_BEFORE=true; fi
fi
# A branch that is new has a commit of zeros before it.
if [[ $PORTWRIGHT_BASE =~ ^0+$ ]]; then PORTWRIGHT_BASE=; fi
export PORTWRIGHT_BASE

code=0
env -u PORTWRIGHT_TOKEN bash "$here/check.sh" || code=$?

changes=$PORTWRIGHT_REPORTS/changes.md
if [[ -f $changes && -n ${PORTWRIGHT_TOKEN:-} && -n ${CI_MERGE_REQUEST_IID:-} ]]; then
  "$python" "$here/comment.py" gitlab "$changes"
fi
exit "$code"
