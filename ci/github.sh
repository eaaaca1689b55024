#!/usr/bin/env bash
# The step of action.yml that checks: by ci/check.sh, with annotations, a summary, and a comment on
# the pull request. What comes from outside (titles, names of branches) is read as data, or not at all.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$(command -v python3 || command -v python)
export PORTWRIGHT_STYLE=github
# Each use of the action in a job keeps its reports.
reports=${PORTWRIGHT_REPORTS:-}
if [[ -z $reports ]]; then
  reports=${RUNNER_TEMP:?}/portwright-reports
  for ((use = 2; ; use++)); do
    if [[ ! -e $reports ]]; then break; fi
    reports=$RUNNER_TEMP/portwright-reports-$use
  done
fi
export PORTWRIGHT_REPORTS=$reports

if [[ -z ${PORTWRIGHT_BASE:-} ]]; then
  PORTWRIGHT_BASE=$("$python" "$here/base.py" "${GITHUB_EVENT_PATH:?}")
  if [[ ${GITHUB_EVENT_NAME:-} == push ]]; then export PORTWRIGHT_BEFORE=true; fi
fi
export PORTWRIGHT_BASE

code=0
# The token is for the comment only.
env -u PORTWRIGHT_TOKEN bash "$here/check.sh" || code=$?

changes=$PORTWRIGHT_REPORTS/changes.md
if [[ -f $changes ]]; then
  cat "$changes" >>"${GITHUB_STEP_SUMMARY:?}"
  if [[ ${PORTWRIGHT_COMMENT:-true} == true && -n ${PORTWRIGHT_TOKEN:-} ]]; then
    "$python" "$here/comment.py" github "$changes"
  fi
fi
{
  echo "reports=$PORTWRIGHT_REPORTS"
  echo "result=$code"
} >>"${GITHUB_OUTPUT:?}"
exit "$code"
