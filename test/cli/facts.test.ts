import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { command } from '../../cli/facts';
import { parse } from '../../cli/options/parse';
import { facts as table } from '../../cli/tables';
import { run as simulate } from './simulate/support';

const folder = mkdtempSync(join(tmpdir(), 'facts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const node = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { zone: 'a' },
    managedFields: [{ manager: 'kubelet' }],
    annotations: { 'example.com/owner': 'x', 'node.alpha.kubernetes.io/ttl': '0' },
  },
  spec: { podCIDR: '10.0.0.0/24', taints: [{ key: 'x', effect: 'NoSchedule' }] },
  status: {
    allocatable: { cpu: '2', memory: '4Gi', pods: '110' },
    nodeInfo: { kubeletVersion: 'v1.35.4', machineID: 'm' },
    conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: 'now' }],
    images: [{ names: ['redis'] }],
    addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
  },
});
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    uid: 'u',
    labels: { app: 'web' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'web', controller: true }],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'secret' },
  },
  spec: {
    nodeName: 'n1',
    tolerations: [{ operator: 'Exists' }],
    initContainers: [
      { name: 'i', image: 'i:1', command: ['secret'], restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
    ],
    containers: [
      {
        name: 'a',
        image: 'a:1',
        args: ['--password=secret'],
        env: [{ name: 'PASSWORD', value: 'secret' }],
        ports: [{ hostPort: 80 }],
        resources: { requests: { cpu: '500m' } },
      },
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'config', configMap: { name: 'secret' } },
    ],
  },
  status: {
    phase: 'Running',
    podIP: '10.1.0.1',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 'now' }],
  },
};

/** A kubectl that knows some kinds; it says what it is called with. */
function withKubectl(kinds: Readonly<Record<string, readonly object[] | 'forbidden'>>) {
  const answers = Object.entries(kinds).map(([kind, items], i) => {
    if (items === 'forbidden')
      return `*"get ${kind} "*) echo 'Error from server (Forbidden): ${kind} is forbidden' >&2; exit 1;;`;
    writeFileSync(join(folder, `${i}.json`), JSON.stringify({ kind: 'List', items }));
    return `*"get ${kind} "*) cat ${join(folder, `${i}.json`)};;`;
  });
  const log = join(folder, 'log');
  writeFileSync(log, '');
  writeFileSync(
    join(folder, 'kubectl'),
    `#!/bin/sh\necho "$*" >> ${log}\ncase "$*" in\n*api-resources*) printf '%s\\n' secrets configmaps ${Object.keys(kinds).join(' ')};;\n${answers.join('\n')}\n*) exit 9;;\nesac\n`,
  );
  chmodSync(join(folder, 'kubectl'), 0o755);
  return () => readFileSync(log, 'utf8').trim().split('\n');
}

let onlyHere = false;
function facts(...args: string[]) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const host = {
    env: { PATH: onlyHere ? folder : `${folder}${delimiter}${process.env['PATH']}` },
    print: (line: string) => lines.push(line),
    printError: (line: string) => errors.push(line),
  };
  const code = command({} as Parameters<typeof command>[0], parse(table, args), host);
  return { code, text: lines.join('\n'), objects: loadAll(lines.join('\n')), errors };
}

test('each kind that is served is asked for, but no Secrets and ConfigMaps', () => {
  const calls = withKubectl({ nodes: [node('n1')], pods: [pod] });
  expect(facts('--kubeconfig', 'here', '--context', 'lab').code).toBe(0);
  expect(calls()).toEqual([
    '--kubeconfig here --context lab api-resources --verbs=list -o name',
    '--kubeconfig here --context lab get nodes --all-namespaces -o json',
    '--kubeconfig here --context lab get pods --all-namespaces -o json',
  ]);
});

test('what is printed has no environment, command, file or address', () => {
  withKubectl({ nodes: [node('n1')], pods: [pod] });
  const { text, objects } = facts();
  expect(text).not.toMatch(/secret|PASSWORD|10\.|machineID|images|managedFields|now|owner"?: x/);
  expect(objects).toMatchObject([
    {
      kind: 'Node',
      metadata: { labels: { zone: 'a' }, annotations: { 'node.alpha.kubernetes.io/ttl': '0' } },
      spec: { taints: [{ key: 'x' }] },
      status: {
        allocatable: { cpu: '2' },
        nodeInfo: { kubeletVersion: 'v1.35.4' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
    {
      kind: 'Pod',
      metadata: { ownerReferences: [{ name: 'web' }] },
      spec: {
        nodeName: 'n1',
        tolerations: [{ operator: 'Exists' }],
        initContainers: [{ name: 'i', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } }],
        containers: [{ name: 'a', ports: [{ hostPort: 80 }], resources: { requests: { cpu: '500m' } } }],
        volumes: [{ persistentVolumeClaim: { claimName: 'data' } }],
      },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ]);
});

test('what preemption looks at is kept: since when pods run, why they end, and what budgets allow', () => {
  const ending = {
    ...pod,
    status: {
      ...pod.status,
      startTime: '2026-01-01T00:00:00Z',
      nominatedNodeName: 'n2',
      conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: 'secret' }],
    },
  };
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { minAvailable: 1 },
    status: { disruptionsAllowed: 0, disruptedPods: { a: 'then' }, conditions: [{ type: 'DisruptionAllowed' }] },
  };
  withKubectl({ nodes: [node('n1')], pods: [ending], 'poddisruptionbudgets.policy': [budget] });
  const of = (kind: string) =>
    (facts().objects as { kind: string; status: object }[]).find((each) => each.kind === kind);
  expect(of('Pod')?.status).toEqual({
    phase: 'Running',
    startTime: '2026-01-01T00:00:00Z',
    nominatedNodeName: 'n2',
    conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }],
  });
  expect(of('PodDisruptionBudget')).toMatchObject({
    spec: { minAvailable: 1 },
    status: { disruptionsAllowed: 0, disruptedPods: { a: 'then' } },
  });
  expect(facts().text).not.toContain('DisruptionAllowed');
});

test('it is the same in whatever order the cluster lists it', () => {
  withKubectl({ nodes: [node('n2'), node('n1')], pods: [{ ...pod, metadata: { ...pod.metadata, name: 'z' } }, pod] });
  const first = facts().text;
  withKubectl({ nodes: [node('n1'), node('n2')], pods: [pod, { ...pod, metadata: { ...pod.metadata, name: 'z' } }] });
  expect(facts().text).toBe(first);
});

test('it is what --cluster reads', () => {
  withKubectl({ nodes: [node('n1'), node('n2')], pods: [pod], persistentvolumeclaims: [] });
  const path = join(folder, 'cluster.yaml');
  writeFileSync(path, facts().text);
  const manifests = join(folder, 'web.yaml');
  writeFileSync(
    manifests,
    "{ apiVersion: v1, kind: Pod, metadata: { name: new, namespace: shop }, spec: { tolerations: [{ operator: Exists }], containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: '1500m' } } }] } }",
  );
  const { text } = simulate('schedule', manifests, '--cluster', path, '--format', 'json');
  expect(JSON.parse(text)).toMatchObject({ pods: [{ pod: 'shop/new', verdict: 'placed', feasible: ['n2'] }] });
});

test('who may not see a kind gets the rest, and is told what is left out; without nodes there is nothing', () => {
  withKubectl({ nodes: [node('n1')], pods: 'forbidden' });
  const { code, objects, errors } = facts();
  expect([code, objects.length]).toEqual([0, 1]);
  expect(errors).toEqual([expect.stringContaining('left out: pods: kubectl get fails: Error from server (Forbidden)')]);
  withKubectl({ nodes: 'forbidden', pods: [pod] });
  expect(() => facts()).toThrow('nodes is forbidden');
});

test('without kubectl it says what to install', () => {
  onlyHere = true;
  rmSync(join(folder, 'kubectl'), { force: true });
  expect(() => facts()).toThrow('install kubectl');
});
