import type { Upgrade } from '../simulate/upgrade/upgrade';
import type { DrainCommand } from './runbook';
import { canBeDrained, word } from './runbook';
import { SHELL_TOOLS } from './shell-tools';
import { aimText, breakText, startText } from './upgrades';

/** How a cluster comes to another version, as it was simulated. */
export interface UpgradePlan extends DrainCommand {
  readonly upgrade: Upgrade;
}

/** What stands in the way: the plan is not to be followed before it is mended. */
export function obstaclesOf({ problems, steps }: Upgrade): string[] {
  return [
    ...problems,
    ...steps.flatMap((step) =>
      step.breaks.map((each) =>
        breakText(each)
          .map((line) => line.trim())
          .join(': '),
      ),
    ),
    ...steps.flatMap((step) =>
      step.step === 'nodes'
        ? step.nodes.filter((node) => !canBeDrained(node)).map(({ node }) => `${node} cannot be drained`)
        : [],
    ),
  ];
}

/** The version of a step: the release that was asked for is the last one's. */
export function stepVersion(minor: number, { release, minor: last }: Upgrade['to']): string {
  return release && minor === last ? release.text.replace(/^v/, '') : `1.${minor}`;
}

/** What is planned, what is not known, and what must be mended before. */
export function headOf(upgrade: Upgrade, unknown: readonly string[] = []): string[] {
  const obstacles = obstaclesOf(upgrade);
  return [
    `# Upgrade Kubernetes from ${startText(upgrade)} to ${aimText(upgrade.to)}`,
    '',
    ...(unknown.length === 0 ? [] : [`**${unknown[0]}**`, ...unknown.slice(1), '']),
    'The control plane goes one minor version at a time. Kubelets may be up to three minor versions older than it, and never newer: nodes are',
    'drained once, at the end, or when the next control plane would not support their kubelets any more.',
    '',
    ...(obstacles.length === 0
      ? []
      : ['**Not as things are.** Mend first, then plan again:', '', ...obstacles.map((text) => `- ${text}`), '']),
    ...(upgrade.steps.length === 0 && obstacles.length === 0 ? ['There is nothing to do.', ''] : []),
  ];
}

/** A script that calls COMMAND for what kubectl cannot do; where something stands in the way, it says what, and does nothing. */
export function upgradeScript(upgrade: Upgrade, about: readonly string[], body: readonly string[]): string[] {
  const obstacles = obstaclesOf(upgrade);
  return [
    '#!/bin/sh',
    `# Upgrades Kubernetes from ${startText(upgrade)} to ${aimText(upgrade.to)}, as it was simulated.`,
    '#',
    '#   sh upgrade.sh COMMAND',
    '#',
    ...about.map((line) => `# ${line}`),
    '#',
    ...SHELL_TOOLS,
    '',
    ...(obstacles.length > 0
      ? [...obstacles.map((text) => `say ${word(text.replaceAll('\n', ' '))}`), 'exit 1', '']
      : [...VERSION_TOOLS, 'can_look', ...body]),
  ];
}

const VERSION_TOOLS: readonly string[] = [
  '[ -n "$work" ] || { say "name the COMMAND that does what kubectl cannot"; exit 2; }',
  '# Whether a version is the one that is wanted, or a newer one; of a minor version every release will do. 2: it is no version.',
  'reached() {',
  "  printf '%s\\n' \"$1\" \"$2\" | sed 's/^v//; s/[-+].*//' | awk -F. 'NR == 1 { minor = $2; patch = $3; if (minor !~ /^[0-9]+$/) { no = 1; exit } } NR == 2 { exit !(minor + 0 > $2 + 0 || (minor == $2 && patch + 0 >= $3 + 0)) } END { if (no) exit 2 }'",
  '}',
  '# Whether something is so: only 1 means no. Where kubectl does not tell, nothing is done.',
  'ask() {',
  '  "$@" && return 0 || [ $? -eq 1 ] || { say "kubectl does not tell: $*"; exit 1; }',
  '  return 1',
  '}',
  'until_so() {',
  '  tries=60',
  '  until "$@"; do',
  '    tries=$((tries - 1))',
  '    [ "$tries" -gt 0 ] || { say "not so after five minutes: $*"; return 1; }',
  '    sleep "${PAUSE-5}"',
  '  done',
  '}',
];
