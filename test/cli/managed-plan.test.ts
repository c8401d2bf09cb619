import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, file, node, planned as planOf, run, workload } from './simulate/support';

const planned = (manifests: string, cluster: string, ...options: string[]) =>
  planOf('upgrade', manifests, cluster, '--from', '1.34', '--to', '1.35', ...options);
const pooled = (name: string, labels: string, spec = '') =>
  node(name, spec).replace('v1.35.0', 'v1.34.2').replace('labels: {', `labels: { ${labels}, `);
const eks = (name: string, pool: string, more = '', spec = '') =>
  pooled(name, `eks.amazonaws.com/nodegroup: ${pool}, topology.kubernetes.io/zone: a, team: shop${more}`, spec);
const web = (pod = '') => workload('Deployment', 'web', '500m', 'replicas: 2', pod);
const TAINT = 'taints: [{ key: workload, value: batch, effect: NoSchedule }]';
const nodes = all(eks('a', 'general'), eks('b', 'general', ', disk: fast'), eks('c', 'batch', '', TAINT));

describe('the runbook of a managed cluster', () => {
  const { code, text } = planned(web(), nodes);

  test('has the provider upgrade the control plane, then new pools take the places of the old ones', () => {
    expect(code).toBe(0);
    expect(text.match(/^#+ .*/gm)).toEqual([
      '# Upgrade Kubernetes from 1.34 to 1.35',
      '## 1. control plane from 1.34 to 1.35',
      '## 2. kubelets to 1.35 on 3 nodes, one after the other',
      '### general',
      '### batch',
    ]);
    expect(text).toContain('`aws eks update-cluster-version --name "$CLUSTER" --kubernetes-version 1.35 &&');
    expect(text).toContain('--addon-name kube-proxy');
    expect(text).not.toContain('kubeadm');
  });

  test('a new pool has the labels and taints that all nodes of the old one have, and not those of clouds', () => {
    const creates = text.match(/aws eks create-nodegroup[^`]*/g)!;
    expect(creates[0]).toContain('--nodegroup-name general-1-35 --kubernetes-version 1.35 ');
    expect(creates[0]).toContain('desiredSize=2 --labels team=shop &&');
    expect(creates[1]).toContain('--labels team=shop --taints key=workload,value=batch,effect=NO_SCHEDULE &&');
    const turned = planned(web(), all(eks('a', 'general', ', disk: fast'), eks('b', 'general')));
    expect(turned.text).toContain('desiredSize=2 --labels team=shop &&');
  });

  test('the nodes of a new pool have no taint for a condition that one of the old pool is in', () => {
    const ill = 'taints: [{ key: node.kubernetes.io/memory-pressure, effect: NoSchedule }]';
    const replaced = planned(web(), all(eks('a', 'general', '', ill), eks('b', 'general')));
    expect(replaced.text).toContain('(to a-new, for example)');
  });

  test('a pod does not find on a new node what the new pool does not give it, and the plan says what that is', () => {
    const odd = all(
      eks('a', 'general', ', node-role.kubernetes.io/web: own, disk: fast'),
      eks('b', 'general', ', node-role.kubernetes.io/web: own, node.kubernetes.io/rack: one'),
      eks('c', 'general', ', node-role.kubernetes.io/web: own', TAINT),
    );
    const held = (selector: string) => planned(web(`nodeSelector: { ${selector} }`), odd).text;
    for (const selector of ['disk: fast', 'node-role.kubernetes.io/web: own', 'node.kubernetes.io/rack: one'])
      expect(held(selector)).toContain('`shop/web-0` will wait: 0/6 nodes');
    expect(held('team: shop')).not.toContain('will wait');
    expect(held('topology.kubernetes.io/zone: a')).not.toContain('will wait');
    // A taint that one old node has the new ones do not have: the new one in its place takes pods.
    const big = workload('Deployment', 'web', '1500m');
    expect(planned(big, all(eks('a', 'general'), eks('b', 'general', '', TAINT))).text).not.toContain('--taints');
    expect(held('team: shop')).toContain(
      'The new nodes do not have `disk`, `node-role.kubernetes.io/web`, `node.kubernetes.io/rack`, `workload`: ',
    );
    const shared = all(
      eks('a', 'general', ', node.kubernetes.io/rack: one'),
      eks('b', 'general', ', node.kubernetes.io/rack: one'),
    );
    const kept = planned(web('nodeSelector: { node.kubernetes.io/rack: one }'), shared).text;
    expect(kept).toContain('--labels team=shop,node.kubernetes.io/rack=one ');
    expect(kept).not.toMatch(/will wait|do not have/);
  });

  test('a taint that only one old node has is on no new one', () => {
    const tainted = eks('b', 'general', '', TAINT).replace('zone: a', 'zone: b');
    const stands =
      "{ apiVersion: v1, kind: Pod, metadata: { name: one, namespace: shop, ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: one, uid: u, controller: true }] }, spec: { nodeName: b, nodeSelector: { topology.kubernetes.io/zone: b }, containers: [{ name: a, image: 'a:1' }] }, status: { phase: Running } }";
    const { text: shown } = planned(web(), all(eks('a', 'general'), tainted, stands));
    expect(shown).toContain('`shop/one` (to b-new, for example)');
    expect(shown).toContain('The new nodes do not have `workload`: ');
  });

  test('`strata simulate upgrade` says the same of it, by the same provider', () => {
    const args = ['--from', '1.34', '--to', '1.35'];
    const simulated = (...more: string[]) =>
      run('upgrade', file(web()), '--cluster', file(nodes), ...args, ...more, '--format', 'json').text;
    for (const more of [[], ['--provider', 'gke'], ['--provider', 'kubeadm']])
      expect(simulated(...more)).toBe(planned(web(), nodes, '--format', 'json', ...more).text);
    expect(simulated()).toContain('"a-new"');
    expect(simulated('--provider', 'kubeadm')).not.toContain('"a-new"');
    expect(run('upgrade', file(web()), '--cluster', file(nodes), ...args).text).toContain(
      '   pool general-1-35 takes the place of general, without disk\n   pool batch-1-35 takes the place of batch\n',
    );
  });

  test('all old nodes are cordoned, then drained to the new ones, then go', () => {
    const general = text.slice(text.indexOf('### general'), text.indexOf('### batch'));
    expect(general.match(/^\d+\. `[^ ]+ [^ ]+ [^ ]+/gm)).toEqual([
      '1. `aws eks create-nodegroup',
      '2. `kubectl cordon a',
      '3. `kubectl drain a',
      '4. `kubectl drain b',
      '5. `aws eks delete-nodegroup',
    ]);
    expect(general).toContain('`shop/web-0` (to a-new, for example)');
    expect(general).toContain('- To go back: `kubectl uncordon a b`');
  });

  test('a pod that is held to the old pool by its name waits', () => {
    const held = planned(web('nodeSelector: { eks.amazonaws.com/nodegroup: general }'), nodes).text;
    expect(held).toContain('`shop/web-0` will wait: 0/5 nodes are available:');
    expect(text).not.toContain('will wait');
  });

  test('what a DaemonSet takes it takes on the new nodes as well', () => {
    const agent = workload('DaemonSet', 'agent', '1', 'minReadySeconds: 1');
    // One pod fits beside an agent, and the third one waits already: it gets the first place that is free.
    const three = workload('Deployment', 'web', '600m', 'replicas: 3');
    const two = all(eks('a', 'general'), eks('b', 'general'));
    expect(planned(all(agent, three), two).text).toContain(
      '`shop/web-1` will wait: 0/4 nodes are available: 2 Insufficient cpu',
    );
    expect(planned(three, two).text).not.toContain('will wait');
  });
});

describe('providers', () => {
  const commands = (facts: string, ...options: string[]) => planned(web(), facts, ...options).text;
  const gke = all(
    pooled('a', 'cloud.google.com/gke-nodepool: default-pool, team: shop', TAINT),
    pooled('b', 'cloud.google.com/gke-nodepool: default-pool, team: shop', TAINT),
  );
  const aks = all(pooled('a', 'kubernetes.azure.com/agentpool: nodepool1, team: shop', TAINT));

  test('are told by the labels of their nodes', () => {
    expect(commands(gke)).toContain(
      'gcloud container clusters upgrade "$CLUSTER" --location "$LOCATION" --master --cluster-version 1.35',
    );
    expect(commands(gke)).toContain('node-pools create default-pool-1-35 --cluster "$CLUSTER"');
    expect(commands(gke)).toContain('--node-labels team=shop --node-taints workload=batch:NoSchedule`');
    expect(commands(aks)).toContain(
      'az aks upgrade --resource-group "$RESOURCE_GROUP" --name "$CLUSTER" --control-plane-only --kubernetes-version 1.35',
    );
    expect(commands(aks)).toContain('--name nodepool1135 ');
    expect(commands(aks)).toContain('--labels team=shop --node-taints workload=batch:NoSchedule`');
  });

  test('name a pool that was renewed before after its new version', () => {
    expect(commands(eks('a', 'general-1-34'))).toContain('--nodegroup-name general-1-35 ');
    const again = pooled('a', 'kubernetes.azure.com/agentpool: web134');
    expect(commands(again)).toContain('--name web135 ');
    // Twelve letters and digits are all that AKS allows.
    const long = pooled('a', 'kubernetes.azure.com/agentpool: memoryheavy1');
    expect(/nodepool add .* --name (\S+) /.exec(commands(long))![1]).toBe('memoryhea135');
  });

  test('can be named, and are kubeadm where nothing tells', () => {
    const plain = all(pooled('a', 'team: shop'), pooled('b', 'team: shop'));
    expect(commands(plain)).toContain('kubeadm upgrade apply');
    expect(commands(plain, '--provider', 'gke')).toContain('gcloud container clusters upgrade');
    expect(commands(aks, '--provider', 'kubeadm')).toContain('kubeadm upgrade apply');
  });
});

describe('the script of a managed cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'managed-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let clusters = 0;

  /** A cluster of files: a node is a file that holds its pool. */
  function cluster() {
    const state = join(folder, String(clusters++));
    const bin = join(state, 'bin');
    mkdirSync(bin, { recursive: true });
    for (const [name, pool] of Object.entries({ a: 'general', b: 'general', c: 'batch' }))
      writeFileSync(join(state, `node-${name}`), pool);
    writeFileSync(join(state, 'version'), 'v1.34.2-eks-1');
    writeFileSync(
      join(bin, 'kubectl'),
      `#!/bin/sh
cd ${state}
if [ -e fails-kubectl ]; then case "$*" in $(cat fails-kubectl)) echo 'Unable to connect to the server' >&2; exit 1;; esac; fi
case "$*" in
  'get --raw /version') printf '{\\n  "gitVersion": "%s",\\n}' "$(cat version)" ;;
  'get nodes -l'*) pool=$(printf '%s' "$*" | sed 's/.*nodegroup=\\([^ ]*\\).*/\\1/'); for file in node-*; do [ "$(cat $file)" != "$pool" ] || echo "$file   Ready   <none>"; done ;;
  'get node '*) [ -e "node-$3" ] || { echo "Error from server (NotFound): nodes \\"$3\\" not found" >&2; exit 1; } ;;
  cordon* | drain*) echo "$1 $2" >> log ;;
esac
`,
    );
    writeFileSync(
      join(bin, 'work'),
      `#!/bin/sh
cd ${state}
echo "$*" >> log
[ ! -e "fails-$1-$2" ] || exit 9
case "$1" in
  control-plane) echo "v$2.1" > version ;;
  create) for file in node-*; do [ "$(cat $file)" != "$2" ] || printf '%s' "$3" > "$file-new"; done ;;
  delete) for file in node-*; do [ "$(cat $file)" != "$2" ] || rm $file; done ;;
esac
`,
    );
    for (const name of ['kubectl', 'work']) chmodSync(join(bin, name), 0o755);
    return (script: string) => {
      writeFileSync(join(state, 'log'), '');
      const env = { PATH: `${bin}:${process.env['PATH']}`, PAUSE: '0' };
      const { status } = spawnSync('sh', [file(script), 'work'], { encoding: 'utf8', env });
      const calls = readFileSync(join(state, 'log'), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const there = readdirSync(state).filter((name) => name.startsWith('node-'));
      return { status, calls, there, state };
    };
  }

  const script = planned(web(), nodes, '--format', 'sh').text;
  const EVERYTHING = [
    ...['control-plane 1.35', 'create general general-1-35 1.35', 'cordon a', 'cordon b', 'drain a', 'drain b'],
    ...['delete general', 'create batch batch-1-35 1.35', 'cordon c', 'drain c', 'delete batch'],
  ];

  test('does the steps, and, run again, none of them twice', () => {
    const run = cluster();
    expect(run(script)).toMatchObject({
      status: 0,
      calls: EVERYTHING,
      there: ['node-a-new', 'node-b-new', 'node-c-new'],
    });
    expect(run(script)).toMatchObject({ status: 0, calls: [] });
  });

  test('goes on where it stopped, with the new pool that is there', () => {
    const run = cluster();
    const { state } = run('exit 0');
    writeFileSync(join(state, 'fails-delete-general'), '');
    expect(run(script).status).toBe(9);
    rmSync(join(state, 'fails-delete-general'));
    expect(run(script)).toMatchObject({ status: 0, calls: [...EVERYTHING.slice(2)] });
  });

  test.each([
    ['the probe', 'get nodes -o name', []],
    ['the version of the server', '*/version', []],
    ['a node', '*get node *', ['control-plane 1.35']],
    ['the second node, which is not gone', '*get node b *', EVERYTHING.slice(0, 3)],
    ['the nodes of a pool', '*get nodes -l*', ['control-plane 1.35']],
    ['the pods that are left', '*get pods*', EVERYTHING.slice(0, 5)],
  ])('does nothing more where kubectl does not tell: %s', (_, call, calls) => {
    const run = cluster();
    const { state } = run('exit 0');
    writeFileSync(join(state, 'fails-kubectl'), call);
    const { status, calls: done } = run(script);
    expect(status).not.toBe(0);
    expect(done).toEqual(calls);
  });
});
