import { pathText } from '../manifests/resource';
import { isSmooth } from '../simulate/maintenance/drain';
import type { Break } from '../simulate/upgrade/breaks';
import type { NewPool } from '../simulate/upgrade/pools';
import type { ControlPlaneStep, NodesStep, NodeUpgrade, Upgrade, UpgradeTarget } from '../simulate/upgrade/upgrade';
import { newerThanKnown } from '../simulate/upgrade/upgrade';
import { drainedRow, drainText } from './drains';

/** How a cluster comes to another version. */
export const upgradeFormats = {
  json: (found: Upgrade): string => JSON.stringify(upgradeJson(found), null, 2),
  text: (found: Upgrade): string =>
    [headOf(found), ...found.problems.map((problem) => `  ${problem}`), ...found.steps.flatMap(stepText)].join('\n'),
};

/** `1.36`, or the release that was asked for. */
export function targetText({ minor, release }: UpgradeTarget): string {
  return release?.text.replace(/^v/, '') ?? `1.${minor}`;
}

/** The same, with what is not known of it. */
export function aimText(to: UpgradeTarget): string {
  const newest = newerThanKnown(to);
  return `${targetText(to)}${newest === undefined ? '' : ` (${newest.replace(/^v/, '')} is the newest release that is known: it may not exist)`}`;
}

const minorText = (minor: number) => `1.${minor}`;

/** What is known of where it begins, and how. */
export function startText({ from: { minors, by } }: Upgrade): string {
  const versions = minors.map(minorText).join(' and ');
  return by === 'kubelet' ? `${versions} (by the newest kubelet: the control plane may be newer)` : versions;
}

function headOf(found: Upgrade): string {
  const way = `${startText(found)} to ${aimText(found.to)}`;
  if (found.problems.length > 0) return `${way}: not supported`;
  if (found.steps.length === 0) return `${way}: nothing to do`;
  return `${way}: ${found.steps.length} ${found.steps.length === 1 ? 'step' : 'steps'}`;
}

function stepText(step: ControlPlaneStep | NodesStep, i: number): string[] {
  const breaks = step.breaks.flatMap(breakText);
  if (step.step === 'control-plane') {
    const what = step.from === step.to ? `1.${step.to}, another patch release` : `1.${step.from} to 1.${step.to}`;
    return [`${i + 1}. control plane ${what}`, ...breaks];
  }
  return [`${i + 1}. ${nodesTitle(step)}`, ...breaks, ...step.pools.map(poolText), ...step.nodes.flatMap(nodeText)];
}

/** Which kubelets come to which version, and why now. */
export function nodesTitle({ nodes, to, because }: NodesStep): string {
  const which = nodes.length === 1 ? 'one node' : `${nodes.length} nodes, one after the other`;
  const why = because === 'skew' ? `: kube-apiserver 1.${to + 1} does not support older ones` : '';
  return `kubelets to 1.${to} on ${which}${why}`;
}

/** What breaks, where it stands, and what to do before. */
export function breakText({ object, path, message, fix }: Break): string[] {
  return [`   BREAKS ${object} ${pathText(path)}: ${message}`, ...(fix === undefined ? [] : [`          ${fix}`])];
}

function poolText({ old, name, lost }: NewPool): string {
  const without = lost.length === 0 ? '' : `, without ${lost.join(', ')}`;
  return `   pool ${name} takes the place of ${old}${without}`;
}

/** Of a drain by which nothing is lost a line says enough. */
function nodeText(node: NodeUpgrade): string[] {
  if (!isSmooth(node))
    return drainText(node)
      .split('\n')
      .map((line) => `   ${line}`);
  const evicted = node.pods.filter(({ verdict }) => verdict === 'evicted').length;
  const from = node.from === undefined ? '' : ` from 1.${node.from}`;
  return [
    `   ${node.node}${from}: ${evicted === 0 ? 'no pod has to go' : `${evicted} ${evicted === 1 ? 'pod goes' : 'pods go'}`}`,
  ];
}

function upgradeJson({ from, to, problems, steps }: Upgrade) {
  return {
    from: { versions: from.minors.map(minorText), by: from.by },
    to: targetText(to),
    legal: problems.length === 0,
    problems,
    steps: steps.map((step) => ({
      step: step.step,
      ...(step.step === 'control-plane' ? { from: minorText(step.from) } : { because: step.because }),
      to: minorText(step.to),
      breaks: step.breaks.map(breakJson),
      ...(step.step === 'nodes' ? { pools: step.pools, nodes: step.nodes.map(nodeJson) } : {}),
    })),
  };
}

function breakJson({ object, resource, path, component, message, fix }: Break) {
  return {
    object,
    path: pathText(path),
    file: resource.source.file,
    component,
    message,
    fix: fix ?? null,
  };
}

function nodeJson({ node, from, verdict, pods, down }: NodeUpgrade) {
  return { node, from: from === undefined ? null : minorText(from), verdict, pods: pods.map(drainedRow), down };
}
