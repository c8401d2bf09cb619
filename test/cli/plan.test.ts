import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, file, node, planned as planOf, running, workload } from './simulate/support';

const budget = (bound: string) =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: web } } } }`;
const nodes = all(node('a'), node('b'));
const web = workload('Deployment', 'web', '500m', 'replicas: 3');
const db = workload('StatefulSet', 'db', '100m', 'replicas: 2');

const planned = (manifests: string, facts: string, ...options: string[]) =>
  planOf('drain', manifests, facts, ...options);

const folder = mkdtempSync(join(tmpdir(), 'plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script with a kubectl that notes how it is called; `answers` are what some calls print, and `fails` the call that fails. */
function runScript(script: string, { answers = '', fails = 'nothing', args = [] as string[] } = {}) {
  const log = join(folder, 'log');
  writeFileSync(log, '');
  writeFileSync(
    join(folder, 'kubectl'),
    `#!/bin/sh\nprintf '%s\\n' "$*" >> ${log}\ncase "$*" in ${fails}*) exit 7;; *'get pods'*) printf '${answers}';; esac\n`,
  );
  chmodSync(join(folder, 'kubectl'), 0o755);
  const path = file(script);
  const { status, stdout } = spawnSync('sh', [path, ...args], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env['PATH']}`, CONTEXT: 'lab' },
  });
  return {
    status,
    stdout,
    calls: readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((call) => call.replace('--context lab ', '')),
  };
}

describe('the runbook', () => {
  test('has numbered steps, with what to expect and how to go back', () => {
    const { code, text } = planned(all(web, budget('maxUnavailable: 1')), nodes, '--node', 'a');
    expect(code).toBe(0);
    expect(text).toContain('1. `kubectl cordon a`\n   - Expect: the node is `Ready,SchedulingDisabled`.');
    expect(text).toContain(
      '2. `kubectl drain a --ignore-daemonsets --delete-emptydir-data --timeout=15m`\n   - Expect: 2 pods go in 2 rounds, as the budgets allow: `shop/web-0` (to b, for example), `shop/web-2` (to b, for example).',
    );
    expect(text).toContain('3. `kubectl -n shop rollout status deployment/web --timeout=15m`');
    expect(text).toContain('4. Do the work on a.\n5. `kubectl uncordon a`');
    expect([...text.matchAll(/^(\d+)\./gm)].map(([, number]) => number)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('says who is without a pod, and who waits', () => {
    const { text } = planned(all(workload('Deployment', 'web', '1500m', 'replicas: 2')), nodes, '--node', 'a');
    expect(text).toContain(
      '`shop/web-0` will wait: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
    );
    // Of two pods on the node one finds room elsewhere: that all are ready is waited for when the node takes pods again.
    const some = planned(
      workload('Deployment', 'web', '1', 'replicas: 3'),
      all(node('a', '', '3'), node('b')),
      '--node',
      'a',
    );
    expect(some.text).toContain('(to b, for example)');
    expect(some.text).toContain('will wait');
    expect(some.text.indexOf('rollout status')).toBeGreaterThan(some.text.indexOf('kubectl uncordon a`\n   - Expect'));
    expect(planned(workload('Deployment', 'web', '1'), nodes, '--node', 'a').text).toContain(
      'Deployment/shop/web is without a ready pod for a while.',
    );
  });

  test('does not say of a pod that has ended that it will wait', () => {
    const owner = 'ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true }]';
    const ended = running('done', 'a', '100m', 'Failed').replace('labels:', `${owner}, labels:`);
    const { text } = planned(db.replace('replicas: 2', 'replicas: 0'), all(nodes, ended), '--node', 'a');
    expect(text).toContain('Expect: one pod goes: `shop/done`.');
    expect(text).not.toContain('will wait');
  });
  test('with pods on nodes that are not known the exit code says so', () => {
    const elsewhere = running('old', 'z', '100m');
    expect(planned(web, all(nodes, elsewhere), '--node', 'a').code).toBe(2);
  });
  test('says what to mend where a node cannot be drained', () => {
    const { code, text } = planned(all(web, budget('minAvailable: 3')), nodes, '--all');
    expect(code).toBe(1);
    expect(text).toContain('**Not as things are: a, b cannot be drained.**');
    expect(text).toContain('- `shop/web-0`: Cannot evict pod as it would violate');
    expect(text).not.toContain('kubectl drain');
  });
});

describe('what to mend fits what holds a pod', () => {
  const guarded = (bound: string, name = 'web') => budget(bound).replace('name: web', `name: ${name}`);
  const bare = (name: string, ready = true) =>
    `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, labels: { app: web } }, spec: { nodeName: a, containers: [{ name: a, image: 'a:1' }] }, status: { phase: Running, conditions: [{ type: Ready, status: '${ready ? 'True' : 'False'}' }] } }`;
  const owned = (name: string, ready: boolean) =>
    bare(name, ready).replace(
      'labels:',
      'ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: web, uid: u, controller: true }], labels:',
    );
  const said = (manifests: string, facts = nodes) => planned(manifests, facts, '--node', 'a', '--force').text;
  const NUMBER = 'Set minAvailable of web to a number: only that works for pods without a controller that has a scale.';
  const UNREADY = 'Make the pod ready, or set unhealthyPodEvictionPolicy: AlwaysAllow in web';

  test.each([
    [
      'two budgets',
      all(web, guarded('maxUnavailable: 1'), guarded('minAvailable: 1', 'other')),
      nodes,
      'delete all but one of web, other',
    ],
    ['maxUnavailable: 0', all(web, guarded('maxUnavailable: 0')), nodes, 'Set maxUnavailable: 1 in web.'],
    [
      'minAvailable: 100%',
      all(web, guarded("minAvailable: '100%'")),
      nodes,
      'Run one pod more than minAvailable of web',
    ],
    ['bare pods and maxUnavailable', guarded('maxUnavailable: 1'), all(nodes, bare('x')), NUMBER],
    ['bare pods and a share', guarded("minAvailable: '50%'"), all(nodes, bare('x'), bare('y')), NUMBER],
    [
      'a pod that is not ready',
      guarded('minAvailable: 2'),
      all(nodes, owned('web-0', false), owned('web-1', false)),
      UNREADY,
    ],
    [
      'others that are not ready',
      guarded('minAvailable: 1'),
      all(nodes, owned('web-0', true), owned('web-1', false)),
      'Make those pods of web ready that are not',
    ],
  ])('%s', (_, manifests, facts, fix) => {
    const text = said(manifests, facts);
    expect(text).toContain(fix);
    expect(text.match(/^(Set|Make|Run|Let) /gm)!.length).toBeLessThanOrEqual(fix === UNREADY ? 1 : 2);
    expect(text).toContain('Then simulate again.');
  });
  test('a pod that nothing makes anew does not wait: it is gone', () => {
    const text = said('', all(nodes, bare('x')));
    expect(text).toContain('`shop/x` is gone for good: nothing makes it anew.');
    expect(text).not.toContain('will wait');
  });
});

describe('the script', () => {
  const script = (...options: string[]) =>
    planned(all(web, db, budget('maxUnavailable: 1')), nodes, '--format', 'sh', ...options).text;

  test('does each step of each node, and looks in between', () => {
    const { status, calls } = runScript(script('--all'));
    expect(status).toBe(0);
    expect(calls.map((call) => call.replace(/ -o jsonpath.*/, ''))).toEqual([
      'get nodes -o name',
      'auth can-i list pods -A',
      ...['a', 'b'].flatMap((name) => [
        `wait --for=condition=Ready node/${name} --timeout=15m`,
        `cordon ${name}`,
        `drain ${name} --ignore-daemonsets --delete-emptydir-data --timeout=15m`,
        `get pods -A --field-selector spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`,
        '-n shop rollout status deployment/web --timeout=15m',
        // It has a pod on either node.
        '-n shop wait --for=jsonpath={.status.readyReplicas}=2 statefulset/db --timeout=15m',
        `wait --for=condition=Ready node/${name} --timeout=15m`,
        `uncordon ${name}`,
      ]),
    ]);
  });

  test('runs the command that it is given while the node is empty', () => {
    const { status, stdout } = runScript(script('--node', 'a'), { args: ['echo'] });
    expect([status, stdout]).toEqual([0, '== drain a\na\n== a takes pods again\n']);
  });

  test('passes over pods of DaemonSets and of files, and stops where another one is left', () => {
    expect(
      runScript(script('--node', 'a'), { answers: 'DaemonSet kube-system/agent\\nNode kube-system/proxy\\n' }).status,
    ).toBe(0);
    const { status, stdout, calls } = runScript(script('--node', 'a'), { answers: 'ReplicaSet shop/web-1\\n' });
    expect([status, stdout]).toEqual([1, '== drain a\n== still on a:\nReplicaSet shop/web-1\n']);
    expect(calls.at(-1)).toContain('get pods');
  });

  test('stops at the first step that fails, before anything is uncordoned', () => {
    const { status, calls } = runScript(script('--all'), { fails: '*"rollout status"' });
    expect([status, calls.filter((call) => call.startsWith('uncordon'))]).toEqual([7, []]);
  });

  test('runs nothing on a node of which kubectl does not tell which pods it runs', () => {
    const { status, stdout, calls } = runScript(script('--node', 'a'), { fails: '*"get pods"', args: ['echo'] });
    expect([status, stdout]).toEqual([1, '== drain a\n== kubectl does not tell which pods run on a\n']);
    expect(calls.at(-1)).toContain('get pods');
  });

  test.each(['get nodes', 'auth can-i'])('changes nothing where `kubectl %s` fails', (fails) => {
    const { status, stdout, calls } = runScript(script('--node', 'a'), { fails: `*"${fails}"`, args: ['echo'] });
    expect([status, stdout]).toEqual([1, '== kubectl cannot list nodes and pods: nothing was changed\n']);
    expect(calls.at(-1)).toContain(fails);
  });

  test('does nothing where a node cannot be drained', () => {
    const { status, stdout, calls } = runScript(
      planned(all(web, budget('minAvailable: 3')), nodes, '--format', 'sh', '--all').text,
    );
    expect([status, calls]).toEqual([1, ['']]);
    expect(stdout).toContain('a cannot be drained');
  });

  test('takes along what nothing makes anew, if it is told to', () => {
    const bare =
      "{ apiVersion: v1, kind: Pod, metadata: { name: bare, namespace: shop }, spec: { containers: [{ name: a, image: 'a:1' }] } }";
    const { code, text } = planned(bare, nodes, '--node', 'a');
    expect([code, text]).toEqual([
      1,
      expect.stringContaining('Put them in the care of a controller such as a Deployment, or add `--force`'),
    ]);
    expect(text).not.toContain('budget');
    const forced = planned(bare, nodes, '--node', 'a', '--force', '--format', 'sh');
    expect([forced.code, runScript(forced.text).calls]).toEqual([
      0,
      expect.arrayContaining(['drain a --ignore-daemonsets --delete-emptydir-data --force --timeout=15m']),
    ]);
  });

  test('does not look for an empty node where pods come back to it, and says that not everything was ready', () => {
    const stubborn = workload(
      'Deployment',
      'web',
      '500m',
      'replicas: 1',
      'tolerations: [{ operator: Exists }], nodeSelector: { kubernetes.io/hostname: a }',
    );
    const { status, stdout, calls } = runScript(planned(stubborn, nodes, '--node', 'a', '--format', 'sh').text);
    expect(status).toBe(0);
    expect(calls.some((call) => call.startsWith('get pods'))).toBe(false);
    expect(stdout).toContain('a takes pods again; as was simulated, not everything was ready throughout');
  });

  test('waits for what finds no other node when its own takes pods again, before the next is drained', () => {
    const held = workload('StatefulSet', 'db', '100m', 'replicas: 1', 'nodeSelector: { kubernetes.io/hostname: a }');
    const { calls } = runScript(planned(held, nodes, '--all', '--format', 'sh').text);
    const ready = '-n shop wait --for=jsonpath={.status.readyReplicas}=1 statefulset/db --timeout=15m';
    expect(calls.filter((call) => call === ready)).toHaveLength(1);
    expect(calls.slice(calls.indexOf('uncordon a'), calls.indexOf('uncordon a') + 2)).toEqual(['uncordon a', ready]);
    expect(planned(held, nodes, '--node', 'a').text).toContain(
      '4. `kubectl uncordon a`\n   - Expect: the node is `Ready`. Pods do not come back by themselves; new ones, and those that wait, may.\n5. `kubectl -n shop wait',
    );
  });

  test('waits for no workload that cannot be ready meanwhile, though some of its pods find a node', () => {
    const full = workload('Deployment', 'web', '900m', 'replicas: 3');
    const { calls } = runScript(planned(full, nodes, '--node', 'a', '--format', 'sh').text);
    const at = (call: string) => calls.indexOf(call);
    expect(at('-n shop rollout status deployment/web --timeout=15m')).toBe(at('uncordon a') + 1);
    const never = workload('Deployment', 'web', '1500m', 'replicas: 3');
    expect(runScript(planned(never, nodes, '--node', 'a', '--format', 'sh').text).calls.join()).not.toContain(
      'rollout',
    );
  });

  test('takes odd names for words', () => {
    const odd = workload('Deployment', '"x; touch hacked $(id)\'"', '100m', 'replicas: 1');
    const text = planned(odd, nodes, '--format', 'sh', '--node', 'a').text;
    const { calls } = runScript(text);
    expect(calls).toContain(`-n shop rollout status deployment/x; touch hacked $(id)' --timeout=15m`);
  });

  test('is one that every shell reads', () => {
    execFileSync('sh', ['-n', file(script('--all'))]);
  });
});

test('what is planned must be said', () => {
  expect(() => planOf('lunch', web, nodes)).toThrow(/choose|drain/);
});
