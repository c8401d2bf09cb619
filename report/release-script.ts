import { seconds } from '../model/quantity';
import type { PlannedStage, ReleasePlan } from './release-words';
import { isReady, settingOf, titleOf } from './release-words';
import { word } from './runbook';

/** What the script calls. A query that fails, or that nobody answers, is never taken for good. */
const TOOLS: readonly string[] = [
  'set -eu',
  'make="${1-}" from="${FROM-1}"',
  'kubectl() { command kubectl ${CONTEXT:+--context "$CONTEXT"} "$@"; }',
  'say() { printf \'%s\\n\' "== $*"; }',
  'back() { say "$1"; say "the way back: revert the commit of this stage, and publish"; exit 1; }',
  '',
  '# Until a command prints just this; TIMEOUT seconds are waited for at the most, a quarter of an hour if nobody says.',
  'prints() {',
  '  wanted=$1 until=$(($(date +%s) + ${TIMEOUT-900}))',
  '  shift',
  '  while found=$("$@" 2>/dev/null) || found="(it failed)"; [ "$found" != "$wanted" ]; do',
  '    if [ "$(date +%s)" -ge "$until" ]; then',
  '      "$@" > /dev/null || true',
  '      back "it is ${found:-empty}, and not ${wanted:-empty}: $*"',
  '    fi',
  '    sleep "${PAUSE-5}"',
  '  done',
  '}',
  '# The value of a query; nothing where there is none.',
  'value() {',
  '  curl -sS --fail --get --data-urlencode "query=$1" "$PROMETHEUS/api/v1/query" |',
  '    sed -n \'s/.*"value":\\[[^,]*,"\\([^"]*\\)"\\].*/\\1/p\'',
  '}',
  '# For $1 seconds the query $2 must stay at or below $3.',
  'watch() {',
  '  until=$(($(date +%s) + $1)) seen=',
  '  if [ -z "${PROMETHEUS-}" ]; then say "PROMETHEUS names none: nothing is known of failures; going on after $1 s"; sleep "$1"; return; fi',
  '  while [ "$(date +%s)" -lt "$until" ]; do',
  '    sleep "${PAUSE-15}"',
  '    found=$(value "$2") || back "Prometheus does not answer"',
  '    [ -n "$found" ] || continue',
  '    seen=yes',
  '    awk -v found="$found" -v limit="$3" \'BEGIN { exit !(found + 0 <= limit + 0) }\' || back "$found of its requests fail, and $3 is the limit"',
  '  done',
  '  [ -n "$seen" ] || back "nobody asked the next version, so nothing is known of it"',
  '}',
  '# Somebody has to say so; without a terminal it ends here, and FROM goes on.',
  'hold() {',
  '  [ -t 0 ] || { say "stops here: go on with FROM=$1"; exit 0; }',
  '  printf \'%s\' "go on? Enter, or Ctrl-C: "; read -r _',
  '}',
  '# Makes the cluster be in a stage: by COMMAND, or by whoever reads this.',
  'stage() {',
  '  say "stage $1: $2"',
  '  if [ -n "$make" ]; then "$make" "$1" "$3" || back "$make failed"; else say "set $3, commit and publish; it goes on when the cluster is so"; fi',
  '}',
];

/** The stages for a shell, which looks at the cluster between them. */
export function releaseScript(plan: ReleasePlan): string {
  const head = [
    '#!/bin/sh',
    `# Releases ${plan.service} in ${plan.target}, stage by stage, as it was planned.`,
    '#',
    '#   sh release.sh [COMMAND]     runs COMMAND STAGE SETTING, which commits and publishes; without it somebody does that meanwhile',
    '#',
    '# FROM is the stage to begin with, PROMETHEUS the address of the Prometheus to ask, CONTEXT the context of kubectl.',
    '# TIMEOUT is how many seconds are waited for a state at the most.',
    ...TOOLS,
    '',
  ];
  const stages = isReady(plan)
    ? plan.stages.flatMap((stage, i) => [...stageLines(stage, i + 1, plan.stages.length), ''])
    : [`say ${word('a stage of it would break: strata plan release says what to mend')}`, 'exit 1', ''];
  return [...head, ...stages].join('\n');
}

function stageLines(stage: PlannedStage, at: number, last: number): string[] {
  const { watched } = stage;
  const lines = [
    `stage ${at} ${word(titleOf(stage))} ${word(settingOf(stage))}`,
    ...[...stage.checks]
      .sort((one, other) => Number(one.expected === undefined) - Number(other.expected === undefined))
      .map(({ command, expected }) =>
        expected === undefined
          ? `${command.replace('--timeout=15m', '--timeout="${TIMEOUT-900}s"')} || back ${word('its pods do not become ready')}`
          : `prints ${word(expected)} ${command}`,
      ),
    ...(stage.watch === undefined
      ? []
      : watched
        ? [`watch ${seconds(stage.watch)} ${word(watched.query)} ${watched.limit}`]
        : [`say ${word('no metric says which of its requests fail')}`, `sleep ${seconds(stage.watch)}`]),
    ...(stage.hold && at < last ? [`hold ${at + 1}`] : []),
  ];
  return [`if [ "$from" -le ${at} ]; then`, ...lines.map((line) => `  ${line}`), 'fi'];
}
