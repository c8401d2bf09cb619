import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '../../cli/options/parse';
import { command } from '../../cli/simulate';
import { simulate as table } from '../../cli/tables';

const node = (name: string, more = '', cpu = '2') =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name} } }, spec: { ${more} }, status: { allocatable: { cpu: '${cpu}', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } } }`;
const running = (name: string, on: string, cpu: string, phase = 'Running') =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, labels: { app: old } }, spec: { nodeName: ${on}, containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: '${cpu}' } } }] }, status: { phase: ${phase} } }`;
const workload = (kind: string, name: string, cpu: string, spec = 'replicas: 1', pod = '') =>
  `{ apiVersion: ${kind === 'Job' || kind === 'CronJob' ? 'batch' : 'apps'}/v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec}, selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { ${pod && `${pod}, `}containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: '${cpu}' } } }] } } } }`;
const all = (...texts: readonly string[]) => texts.join('\n---\n');

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));
let written = 0;
const file = (text: string) => {
  const path = join(folder, `${written++}.yaml`);
  writeFileSync(path, text);
  return path;
};

interface Row {
  readonly pod: string;
  readonly owner: string | null;
  readonly verdict: string;
  readonly feasible: readonly string[];
  readonly node: string | null;
  readonly reason: string;
}

function run(...args: readonly string[]) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const composition = { matrix: { clusters: [], isEmpty: true } } as unknown as Parameters<typeof command>[0];
  const code = command(composition, parse(table, args), {
    env: {},
    print: (line) => lines.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, text: lines.join('\n'), errors: errors.join('\n') };
}

/** The pods of manifests on a cluster. */
function scheduled(manifests: string, facts: string) {
  const { code, text } = run('schedule', file(manifests), '--cluster', file(facts), '--format', 'json');
  return { code, pods: (JSON.parse(text) as { pods: Row[] }).pods };
}
const short = ({ pods }: { readonly pods: readonly Row[] }) =>
  pods.map(({ pod, verdict, node: on }) => `${pod} ${verdict} ${on}`);

test('each pod has its owner, the nodes that take it, and one of them', () => {
  const { code, pods } = scheduled(workload('Deployment', 'web', '1500m', 'replicas: 2'), all(node('a'), node('b')));
  expect(code).toBe(0);
  expect(pods).toEqual([
    { pod: 'shop/web-0', owner: 'Deployment/shop/web', verdict: 'placed', feasible: ['a', 'b'], node: 'a', reason: '' },
    { pod: 'shop/web-1', owner: 'Deployment/shop/web', verdict: 'placed', feasible: ['b'], node: 'b', reason: '' },
  ]);
});

test('one that nobody takes is pending, in the words of the scheduler, and the exit code is 1', () => {
  const taint = 'taints: [{ key: workload, value: batch, effect: NoSchedule }]';
  const { code, pods } = scheduled(workload('Deployment', 'web', '3'), all(node('a'), node('b', taint, '8')));
  expect(code).toBe(1);
  expect(pods[0]).toMatchObject({
    verdict: 'pending',
    feasible: [],
    node: null,
    reason: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {workload: batch}.',
  });
});

describe('what runs already', () => {
  test('takes room, unless it has ended or its node is not known', () => {
    const web = workload('Deployment', 'web', '1');
    expect(short(scheduled(web, all(node('a'), running('old', 'a', '1500m'))))).toEqual(['shop/web-0 pending null']);
    for (const phase of ['Succeeded', 'Failed'])
      expect(short(scheduled(web, all(node('a'), running('old', 'a', '1500m', phase))))).toEqual([
        'shop/web-0 placed a',
      ]);
    expect(short(scheduled(web, all(node('a'), running('old', 'gone', '1500m'))))).toEqual(['shop/web-0 placed a']);
  });
});

describe('the queue', () => {
  test('is by priority, then by the order of the manifests', () => {
    const classes = '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: high }, value: 1000 }';
    const web = workload('Deployment', 'web', '1');
    const api = workload('Deployment', 'api', '1');
    const first = workload('Deployment', 'first', '1', 'replicas: 1', 'priorityClassName: high');
    const system = workload('Deployment', 'dns', '1', 'replicas: 1', 'priorityClassName: system-cluster-critical');
    expect(scheduled(all(web, api, first, system, classes), node('a', '', '8')).pods.map(({ pod }) => pod)).toEqual([
      'shop/dns-0',
      'shop/first-0',
      'shop/web-0',
      'shop/api-0',
    ]);
  });

  test('has a class for all that name none', () => {
    const usual =
      '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: usual }, value: 10, globalDefault: true }';
    const low = '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: low }, value: 1 }';
    const late = workload('Deployment', 'late', '1', 'replicas: 1', 'priorityClassName: low');
    const pods = scheduled(all(late, workload('Deployment', 'web', '1'), usual, low), node('a', '', '8')).pods;
    expect(pods.map(({ pod }) => pod)).toEqual(['shop/web-0', 'shop/late-0']);
  });

  test('has a pod for each node that a DaemonSet means, and it fits on that one only', () => {
    const taint = 'taints: [{ key: gpu, effect: NoSchedule }]';
    const facts = all(node('a'), node('b'), node('c', taint), running('old', 'b', '1500m'));
    const { pods } = scheduled(workload('DaemonSet', 'agent', '1', 'updateStrategy: {}'), facts);
    expect(pods.map(({ pod, verdict, feasible }) => [pod, verdict, feasible])).toEqual([
      ['shop/agent-a', 'placed', ['a']],
      ['shop/agent-b', 'pending', []],
    ]);
  });

  test('has the pods of StatefulSets and Jobs, bare pods, and none of what has none or comes and goes', () => {
    const bare = running('bare', 'a', '100m').replace('nodeName: a, ', '');
    const manifests = all(
      workload('StatefulSet', 'db', '100m', 'replicas: 2'),
      workload('Job', 'report', '100m', 'parallelism: 2'),
      workload('Deployment', 'off', '100m', 'replicas: 0'),
      workload('CronJob', 'nightly', '100m', "schedule: '0 0 * * *', jobTemplate: {}"),
      bare,
    );
    expect(scheduled(manifests, node('a')).pods.map(({ pod, owner }) => [pod, owner])).toEqual([
      ['shop/db-0', 'StatefulSet/shop/db'],
      ['shop/db-1', 'StatefulSet/shop/db'],
      ['shop/report-0', 'Job/shop/report'],
      ['shop/report-1', 'Job/shop/report'],
      ['shop/bare', null],
    ]);
  });

  test('has as many as an autoscaler keeps at least', () => {
    const hpa =
      '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 3, maxReplicas: 9 } }';
    expect(scheduled(all(workload('Deployment', 'web', '100m'), hpa), node('a')).pods).toHaveLength(3);
  });
});

test('volumes may hold a pod to a node, so that it is not certain where it goes; without room it is', () => {
  const claim = 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]';
  const { code, pods } = scheduled(workload('Deployment', 'web', '1', 'replicas: 1', claim), node('a'));
  expect(code).toBe(0);
  expect(pods[0]).toMatchObject({ verdict: 'depends', node: 'a', reason: expect.stringContaining('claims') });
  expect(short(scheduled(workload('Deployment', 'web', '9', 'replicas: 1', claim), node('a')))).toEqual([
    'shop/web-0 pending null',
  ]);
});

test('people get a table, and how many of each there are', () => {
  const manifests = file(workload('Deployment', 'web', '1500m', 'replicas: 2'));
  expect(run('schedule', manifests, '--cluster', file(node('a'))).text.split('\n')).toEqual([
    'POD         VERDICT  FOR EXAMPLE  TAKEN BY  REASON',
    'shop/web-0  placed   a            a',
    'shop/web-1  pending  -            -         0/1 nodes are available: 1 Insufficient cpu.',
    '',
    '2 pods: 1 placed, 0 depend on choices, 1 pending',
  ]);
});

describe('what cannot be simulated is an error', () => {
  test('a cluster of which no node is known', () => {
    expect(() => run('schedule', file(workload('Deployment', 'web', '1')))).toThrow('needs to know the nodes');
  });
  test('something else than scheduling', () => {
    expect(() => run('weather', 'a.yaml')).toThrow('schedule');
  });
});
