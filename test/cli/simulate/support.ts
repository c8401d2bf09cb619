import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '../../../cli/options/parse';
import { command as plan } from '../../../cli/plan';
import { command } from '../../../cli/simulate';
import { plan as planTable, simulate as table } from '../../../cli/tables';

export const node = (name: string, more = '', cpu = '2') =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name} } }, spec: { ${more} }, status: { allocatable: { cpu: '${cpu}', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } } }`;
export const running = (name: string, on: string, cpu: string, phase = 'Running') =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, labels: { app: old } }, spec: { nodeName: ${on}, containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: '${cpu}' } } }] }, status: { phase: ${phase} } }`;
export const workload = (kind: string, name: string, cpu: string, spec = 'replicas: 1', pod = '') =>
  `{ apiVersion: ${kind === 'Job' || kind === 'CronJob' ? 'batch' : 'apps'}/v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec}, selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { ${pod && `${pod}, `}containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: '${cpu}' } } }] } } } }`;
export const all = (...texts: readonly string[]) => texts.join('\n---\n');

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));
let written = 0;
export const file = (text: string) => {
  const path = join(folder, `${written++}.yaml`);
  writeFileSync(path, text);
  return path;
};

export interface Row {
  readonly pod: string;
  readonly owner: string | null;
  readonly verdict: string;
  readonly feasible: readonly string[];
  readonly node: string | null;
  readonly preempts?: readonly string[];
  readonly reason: string;
}

export function run(...args: readonly string[]) {
  return runWith([], args);
}

/** The errors of a command that is refused, the last that it ends with. */
export function refused(...args: readonly string[]): string[] {
  const errors: string[] = [];
  try {
    runWith(errors, args);
  } catch (error) {
    return [...errors, (error as Error).message];
  }
  throw new Error('it is not refused');
}

function runWith(errors: string[], args: readonly string[]) {
  const lines: string[] = [];
  const composition = { matrix: { clusters: [], isEmpty: true } } as unknown as Parameters<typeof command>[0];
  const code = command(composition, parse(table, args), {
    env: {},
    print: (line) => lines.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, text: lines.join('\n'), errors: errors.join('\n') };
}

/** What `strata plan WHAT` prints. */
export function planned(what: string, manifests: string, facts: string, ...options: readonly string[]) {
  const lines: string[] = [];
  const composition = { matrix: { clusters: [], isEmpty: true } } as unknown as Parameters<typeof plan>[0];
  const args = [what, file(manifests), '--cluster', file(facts), ...options];
  const code = plan(composition, parse(planTable, args), {
    env: {},
    print: (line) => lines.push(line),
    printError: (line) => lines.push(line),
  });
  return { code, text: lines.join('\n') };
}

/** The pods of manifests on a cluster. */
export function scheduled(manifests: string, facts: string, ...options: readonly string[]) {
  const { code, text } = run('schedule', file(manifests), '--cluster', file(facts), '--format', 'json', ...options);
  return { code, pods: (JSON.parse(text) as { pods: Row[] }).pods };
}
export const short = ({ pods }: { readonly pods: readonly Row[] }) =>
  pods.map(({ pod, verdict, node: on }) => `${pod} ${verdict} ${on}`);
