import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, file, node, planned as planOf, workload } from './simulate/support';

const kubelet = (name: string, version: string) => node(name).replace('v1.35.0', version);
const control = (name: string, version: string) =>
  kubelet(name, version).replace('labels: {', "labels: { node-role.kubernetes.io/control-plane: '',");
const budget = (bound: string) =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: web } } } }`;
const web = all(workload('Deployment', 'web', '500m', 'replicas: 2'), budget('maxUnavailable: 1'));
const facts = (version: string) => all(control('cp-1', version), control('cp-2', version), kubelet('a', version));

const planned = (manifests: string, cluster: string, ...options: string[]) =>
  planOf('upgrade', manifests, cluster, ...options);

describe('the runbook of a kubeadm cluster', () => {
  const { code, text } = planned(web, facts('v1.34.1'), '--to', '1.36.2');
  const sections = text.split(/^## /m).map((section) => section.split('\n')[0]);

  test('goes minor version by minor version, then node by node', () => {
    expect(code).toBe(0);
    expect(sections).toEqual([
      '# Upgrade Kubernetes from 1.34 (by the newest kubelet: the control plane may be newer) to 1.36.2',
      'Before',
      '1. control plane from 1.34 to 1.35',
      '2. control plane from 1.35 to 1.36.2',
      '3. kubelets to 1.36 on 3 nodes, one after the other',
    ]);
    expect(text.match(/^### .*/gm)).toEqual(['### cp-1', '### cp-2', '### a']);
  });

  test('has kubeadm apply on the first node of the control plane, and upgrade the others', () => {
    const first = text.slice(text.indexOf('## 1. '), text.indexOf('## 2. '));
    expect(first.match(/^\d+\. On [^`]*`[^`]*`(, then `[^`]*`)?/gm)).toEqual([
      "1. On cp-1, with the package repository of 1.35: `sudo apt-mark unhold kubeadm && sudo apt-get update && sudo apt-get install -y kubeadm='1.35.*-*' && sudo apt-mark hold kubeadm`",
      '2. On cp-1: `sudo kubeadm upgrade plan v1.35.PATCH`',
      '3. On cp-1: `sudo kubeadm upgrade apply v1.35.PATCH`',
      "4. On cp-2, with the package repository of 1.35: `sudo apt-mark unhold kubeadm && sudo apt-get update && sudo apt-get install -y kubeadm='1.35.*-*' && sudo apt-mark hold kubeadm`, then `sudo kubeadm upgrade node`",
    ]);
    expect(first).toContain('kubeadm v1.35.4 brings etcd 3.6.6-0 and CoreDNS v1.13.1');
    expect(text).toContain('`sudo kubeadm upgrade apply v1.36.2`');
  });

  test('says of each step what to expect, and how to stop or go back', () => {
    const apply = /`sudo kubeadm upgrade apply v1\.36\.2`\n((?: {3}- .*\n)+)/.exec(text)![1]!;
    expect(apply).toMatch(/- Expect: .*\n.*- To stop: .*\n.*- To go back: /);
    expect(text).toContain('etcdctl snapshot save');
  });

  test('upgrades kubelet and kubeadm on an empty worker, and the kubelet alone on a node of the control plane', () => {
    const of = (name: string) => text.slice(text.indexOf(`### ${name}\n`)).split('\n### ')[0]!;
    expect(of('cp-1')).not.toContain('kubeadm');
    expect(of('a')).toMatch(
      /kubectl drain a [\s\S]*kubeadm='1\.36\.2-\*'[\s\S]*kubeadm upgrade node[\s\S]*kubelet='1\.36\.2-\*'[\s\S]*systemctl restart kubelet[\s\S]*kubectl uncordon a/,
    );
  });

  test('names the package repository of the minor version wherever packages are installed', () => {
    for (const [, title, steps] of text.matchAll(/^## \d\. (.*)\n((?:(?!## \d).*\n)*)/gm)) {
      const minor = /to (1\.\d+)/.exec(title!)![1];
      const installs = steps!.split('\n').filter((line) => line.includes('apt-get install'));
      expect(installs.length).toBeGreaterThan(1);
      for (const line of installs) expect(line).toContain(`with the package repository of ${minor}: `);
    }
  });

  test('knows a control plane by its API server as well', () => {
    const server =
      "{ apiVersion: v1, kind: Pod, metadata: { name: kube-apiserver-a, namespace: kube-system, annotations: { kubernetes.io/config.mirror: x } }, spec: { nodeName: a, containers: [{ name: s, image: 'registry.k8s.io/kube-apiserver:v1.34.1' }] }, status: { phase: Running } }";
    const { text: other } = planned(web, all(kubelet('a', 'v1.34.1'), kubelet('b', 'v1.34.1'), server), '--to', '1.35');
    expect(other).toContain('On a: `sudo kubeadm upgrade apply v1.35.PATCH`');
    expect(other).not.toContain('No node of the control plane is known');
  });

  test('of a cluster without known control planes says so first, and what follows', () => {
    const unknown = all(kubelet('a', 'v1.34.1'), kubelet('b', 'v1.34.1'));
    const { text: other } = planned(web, unknown, '--to', '1.35');
    expect(other.split('\n')[2]).toContain('**No node of the control plane is known');
    expect(other.split('\n')[3]).toContain('plan again with --provider eks, gke or aks');
    expect(planned(web, unknown, '--to', '1.35', '--format', 'sh').text).toMatch(
      /^say 'No node of the control plane is known/m,
    );
    expect(text).not.toContain('No node of the control plane');
    expect(planned(web, unknown, '--to', '1.35', '--provider', 'eks').text).not.toContain(
      'No node of the control plane',
    );
    expect(other).toContain('On the first node of the control plane: `sudo kubeadm upgrade apply v1.35.PATCH`');
    expect(other).toContain('On each other node of the control plane, with the package repository of 1.35: ');
  });
});

test('what stands in the way is said first, and the script does nothing', () => {
  const old = '{ apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, metadata: { name: ours } }';
  const blocked = all(workload('Deployment', 'web', '500m', 'replicas: 2'), budget('minAvailable: 2'), old);
  const { code, text } = planned(blocked, facts('v1.31.1'), '--to', '1.32');
  expect(code).toBe(1);
  expect(text).toMatch(
    /\*\*Not as things are\.\*\*[\s\S]*- BREAKS FlowSchema\/ours apiVersion: .*\n- .* cannot be drained/,
  );
  const script = planned(blocked, facts('v1.31.1'), '--to', '1.32', '--format', 'sh').text;
  expect(script).toMatch(/say 'BREAKS FlowSchema[\s\S]*exit 1/);
  expect(script).not.toContain('control_plane');
  const back = planned(web, facts('v1.35.1'), '--to', '1.34');
  expect(back).toMatchObject({ code: 1 });
  expect(back.text).toContain('- the control plane runs 1.35: a downgrade to the minor version 1.34 is not supported');
});

test('where nothing is to be done, the runbook says so', () => {
  const { code, text } = planned(web, facts('v1.35.1'), '--to', '1.35');
  expect(code).toBe(0);
  expect(text).toContain('There is nothing to do.');
  expect(text).not.toContain('## Before');
});

describe('the script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let clusters = 0;

  /** A cluster of files: what each node runs, and whether it is cordoned. */
  function clusterOf(versions: Readonly<Record<string, string>>) {
    const state = join(folder, String(clusters++));
    const bin = join(state, 'bin');
    mkdirSync(bin, { recursive: true });
    for (const [name, version] of Object.entries(versions)) writeFileSync(join(state, name), version);
    writeFileSync(join(state, 'log'), '');
    writeFileSync(
      join(bin, 'kubectl'),
      `#!/bin/sh
cd ${state}
if [ -e fails-kubectl ]; then case "$*" in $(cat fails-kubectl)) exit 1;; esac; fi
case "$*" in
  *'get pod kube-apiserver-'*) name=$(printf '%s' "$*" | sed 's/.*kube-apiserver-\\([^ ]*\\).*/\\1/'); printf 'registry.k8s.io/kube-apiserver:%s' "$(cat server-$name)" ;;
  *kubeletVersion*) cat "kubelet-$3" ;;
  *unschedulable*) [ ! -e "cordoned-$3" ] || printf true ;;
  cordon*) touch "cordoned-$2"; echo "$*" >> log ;;
  uncordon*) rm -f "cordoned-$2"; echo "$*" >> log ;;
  'get nodes -l'*) printf 'cp-1 cp-2' ;;
  *) case "$*" in drain*) echo "$*" >> log ;; esac ;;
esac
`,
    );
    writeFileSync(
      join(bin, 'work'),
      `#!/bin/sh
cd ${state}
echo "work $*" >> log
[ ! -e "fails-$1-$2" ] || exit 9
case "$1" in kubelet) printf 'v%s.4' "$3" | sed 's/\\(.*\\..*\\..*\\)\\.4$/\\1/; s/^\\(v1\\.[0-9]*\\)$/\\1.4/' > "kubelet-$2" ;; *) printf 'v%s' "$3" | sed 's/^\\(v1\\.[0-9]*\\)$/\\1.4/' > "server-$2" ;; esac
`,
    );
    for (const name of ['kubectl', 'work']) chmodSync(join(bin, name), 0o755);
    const run = (script: string, ...args: string[]) => {
      writeFileSync(join(state, 'log'), '');
      const { status, stdout } = spawnSync('sh', [file(script), ...args], {
        encoding: 'utf8',
        env: { PATH: `${bin}:${process.env['PATH']}`, PAUSE: '0' },
      });
      const lines = readFileSync(join(state, 'log'), 'utf8').trim().split('\n');
      return { status, stdout, calls: lines.filter((line) => line !== '').map((line) => line.replace(/ --.*/, '')) };
    };
    return { run, state };
  }

  const OLD = {
    'server-cp-1': 'v1.34.1',
    'server-cp-2': 'v1.34.1',
    'kubelet-cp-1': 'v1.34.1',
    'kubelet-cp-2': 'v1.34.1',
    'kubelet-a': 'v1.34.1',
  };
  const script = planned(web, facts('v1.34.1'), '--to', '1.36', '--format', 'sh').text;
  const EVERYTHING = [
    'work apply cp-1 1.35',
    'work node cp-2 1.35',
    'work apply cp-1 1.36',
    'work node cp-2 1.36',
    ...['cp-1', 'cp-2', 'a'].flatMap((name) => [
      `cordon ${name}`,
      `drain ${name}`,
      `work kubelet ${name} 1.36`,
      `uncordon ${name}`,
    ]),
  ];

  test('does the steps, and, run again, does none of them twice', () => {
    const { run } = clusterOf(OLD);
    expect(run(script, 'work')).toMatchObject({ status: 0, calls: EVERYTHING });
    expect(run(script, 'work')).toMatchObject({ status: 0, calls: [] });
  });

  test('asks which nodes are control planes where nobody said', () => {
    const { run } = clusterOf({ ...OLD, 'kubelet-b': 'v1.34.1' });
    const other = planned(
      web,
      all(kubelet('a', 'v1.34.1'), kubelet('b', 'v1.34.1')),
      '--to',
      '1.35',
      '--format',
      'sh',
    ).text;
    expect(run(other, 'work').calls.slice(0, 2)).toEqual(['work apply cp-1 1.35', 'work node cp-2 1.35']);
  });

  test('stops where COMMAND fails, and goes on from there when it is run again', () => {
    const { run, state } = clusterOf(OLD);
    writeFileSync(join(state, 'fails-kubelet-cp-2'), '');
    const stopped = run(script, 'work');
    expect(stopped.status).toBe(9);
    expect(stopped.calls.at(-1)).toBe('work kubelet cp-2 1.36');
    expect(existsSync(join(state, 'cordoned-cp-2'))).toBe(true);
    rmSync(join(state, 'fails-kubelet-cp-2'));
    expect(run(script, 'work')).toMatchObject({ status: 0, calls: EVERYTHING.slice(8) });
  });

  test('uncordons a node whose kubelet was upgraded before it was stopped', () => {
    const done = {
      ...OLD,
      'server-cp-1': 'v1.36.0',
      'server-cp-2': 'v1.36.0',
      'kubelet-cp-1': 'v1.36.0',
      'kubelet-cp-2': 'v1.36.0',
      'kubelet-a': 'v1.36.0',
    };
    const { run } = clusterOf({ ...done, 'cordoned-a': '' });
    expect(run(script, 'work').calls).toEqual(['cordon a', 'drain a', 'uncordon a']);
  });

  test('stops where a component does not come to the version', () => {
    const { run, state } = clusterOf(OLD);
    writeFileSync(join(state, 'bin/work'), '#!/bin/sh\nexit 0\n');
    const { status, stdout } = run(script, 'work');
    expect(status).toBe(1);
    expect(stdout).toContain('not so after five minutes: runs_server cp-1 1.35');
  });

  test.each([
    ['the probe', 'get nodes -o name', []],
    ['an API server', '*kube-apiserver-cp-1*', []],
    ['the second API server', '*kube-apiserver-cp-2*', EVERYTHING.slice(0, 1)],
    ['a kubelet', '*node a *kubeletVersion*', EVERYTHING.slice(0, 12)],
    ['whether a node is cordoned', '*node cp-1 *unschedulable*', []],
  ])('does nothing more where kubectl does not tell: %s', (what, call, calls) => {
    const upgraded = { 'kubelet-cp-1': 'v1.36.0', 'server-cp-1': 'v1.36.0', 'server-cp-2': 'v1.36.0' };
    const { run, state } = clusterOf(what.startsWith('whether') ? { ...OLD, ...upgraded } : OLD);
    writeFileSync(join(state, 'fails-kubectl'), call);
    const { status, calls: done } = run(script, 'work');
    expect([status, done]).toEqual([1, calls]);
  });

  test('takes no image without a version for an old one', () => {
    const { run } = clusterOf({ ...OLD, 'server-cp-1': 'latest' });
    expect(run(script, 'work')).toMatchObject({
      status: 1,
      stdout: '== kubectl does not tell: runs_server cp-1 1.35\n',
      calls: [],
    });
    const digest = clusterOf({ ...OLD, 'server-cp-1': 'v1.36.0@sha256:12', 'server-cp-2': 'v1.36.0' });
    expect(digest.run(script, 'work').calls.slice(0, 1)).toEqual(['cordon cp-1']);
  });

  test('of a patch release wants just that, or a newer one', () => {
    const patch = planned(web, facts('v1.34.1'), '--to', '1.34.3', '--format', 'sh').text;
    const { run } = clusterOf({
      ...OLD,
      'server-cp-1': 'v1.34.2',
      'server-cp-2': 'v1.34.10',
      'kubelet-cp-1': 'v1.34.3',
      'kubelet-cp-2': 'v1.35.0',
    });
    expect(run(patch, 'work').calls).toEqual([
      'work apply cp-1 1.34.3',
      'cordon a',
      'drain a',
      'work kubelet a 1.34.3',
      'uncordon a',
    ]);
  });

  test('needs a COMMAND', () => {
    const { run } = clusterOf(OLD);
    expect(run(script)).toMatchObject({ status: 2, calls: [] });
  });
});
