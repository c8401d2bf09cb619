/**
 * Compares simulate/network/reach with a cluster that enforces NetworkPolicies: random sets of policies are applied, and every
 * connection between some pods, a process on a node and one outside is tried in earnest.
 *
 * It needs a test cluster with one real node and an image with Node.js:
 *
 *   STRATA_TEST_CLUSTER=path/to/cluster npm run oracle:network -- [SETS] [SEED]
 *
 * What the enforcing agent (kube-router) is known to do differently from the API's words is not generated:
 * - egress by a named port without `to`, or to an ipBlock: it looks the name up at pods of the policy's own namespace, or nowhere;
 * - a rule that has nothing but names of ports which no pod has: it lets pods connect to every port;
 * - several ipBlocks in one rule, one of them with `except`: an exception of one takes addresses away from the others.
 * And one thing is applied in another form: the agent keeps both directions of a policy in one chain, so that its ingress rules
 * let pass what a pod sends to another pod of the same policy. A policy that the API server defaults to both directions is
 * applied as two, of one direction each.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Resource } from '../../manifests/resource';
import { readBlock } from '../../simulate/network/addresses';
import { isNetworkPolicy, readPolicy } from '../../simulate/network/policy';
import type { Endpoint, NamedPort } from '../../simulate/network/reach';
import { reach } from '../../simulate/network/reach';
import type { KnownLabels } from '../../world/known-labels';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sets: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    image: { type: 'string', default: 'docker.io/library/node:20.20.2' },
  },
});
const prober = readFileSync(positionals[0] ?? 'test/oracle/prober.js', 'utf8');

type Protocol = 'TCP' | 'UDP';
const TCP = [8080, 8081, 9000, 9001];
const UDP = [5300, 5301];
const PORTS: readonly { readonly port: number; readonly protocol: Protocol }[] = [
  ...TCP.map((port) => ({ port, protocol: 'TCP' as const })),
  ...UDP.map((port) => ({ port, protocol: 'UDP' as const })),
];

const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'oracle-a': { env: 'prod', team: 'red' },
  'oracle-b': { env: 'dev', team: 'red' },
  'oracle-c': { env: 'prod' },
};
const SENTINEL = 'oracle-sentinel';

interface PodSpec {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly NamedPort[];
  readonly hostNetwork?: boolean;
}

const port = (name: string, number: number, protocol: Protocol = 'TCP'): NamedPort => ({ name, number, protocol });
/** The same names mean other numbers in other pods. */
const PODS: readonly PodSpec[] = [
  {
    name: 'web',
    namespace: 'oracle-a',
    labels: { app: 'web', tier: 'front' },
    ports: [port('http', 8080), port('metrics', 9000), port('dns', 5300, 'UDP')],
  },
  {
    name: 'db',
    namespace: 'oracle-a',
    labels: { app: 'db', tier: 'back' },
    ports: [port('http', 8081), port('metrics', 9001)],
  },
  {
    name: 'web',
    namespace: 'oracle-b',
    labels: { app: 'web', tier: 'front', canary: 'true' },
    ports: [port('http', 8081), port('dns', 5301, 'UDP')],
  },
  { name: 'job', namespace: 'oracle-b', labels: { app: 'job' }, ports: [] },
  {
    name: 'db',
    namespace: 'oracle-c',
    labels: { app: 'db', tier: 'back' },
    ports: [port('http', 9000), port('metrics', 9001), port('dns', 5300, 'UDP')],
  },
  { name: 'cache', namespace: 'oracle-c', labels: { app: 'cache', tier: 'back' }, ports: [port('metrics', 8080)] },
];
const SENTINELS: readonly PodSpec[] = [
  { name: 'server', namespace: SENTINEL, labels: { app: 'server' }, ports: [] },
  { name: 'client', namespace: SENTINEL, labels: { app: 'client' }, ports: [] },
];

// ---------------------------------------------------------------- the random sets

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Json = Record<string, unknown>;

class Generator {
  constructor(
    private readonly random: () => number,
    private readonly addresses: readonly string[],
  ) {}

  /** Never the same names: applying over an older object would keep what the server once filled in. */
  policies(set: number): Json[] {
    return Array.from({ length: 1 + this.upTo(4) }, (_, i) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `p${set}-${i}`, namespace: this.pick(Object.keys(NAMESPACES)) },
      spec: this.spec(),
    }));
  }

  private spec(): Json {
    const ingress = this.chance(0.7) ? this.rules('from') : undefined;
    const egress = this.chance(0.5) ? this.rules('to') : undefined;
    const types = this.pick([undefined, undefined, ['Ingress'], ['Egress'], ['Ingress', 'Egress']]);
    return {
      podSelector: this.selector('pod', 0.3),
      ...(ingress ? { ingress } : {}),
      ...(egress ? { egress } : {}),
      ...(types ? { policyTypes: types } : {}),
    };
  }

  private rules(direction: 'from' | 'to'): Json[] {
    return Array.from({ length: this.upTo(4) }, () => {
      const peers = this.chance(0.8) ? this.peers() : this.chance(0.5) ? [] : undefined;
      const byName =
        direction === 'from' || (peers !== undefined && peers.length > 0 && !peers.some((peer) => 'ipBlock' in peer));
      const ports = this.chance(0.65) ? Array.from({ length: 1 + this.upTo(3) }, () => this.port(byName)) : undefined;
      if (ports?.every(({ port }) => typeof port === 'string')) ports.push({ port: this.pick(TCP) });
      return { ...(peers ? { [direction]: peers } : {}), ...(ports ? { ports } : {}) };
    });
  }

  private peers(): Json[] {
    const peers: Json[] = [];
    for (let i = 0; i <= this.upTo(3); i++) {
      const kind = this.random();
      const hasBlock = peers.some((peer) => 'ipBlock' in peer);
      if (kind < 0.3 && !hasBlock) peers.push({ ipBlock: this.ipBlock() });
      else if (kind < 0.55) peers.push({ podSelector: this.selector('pod', 0.2) });
      else if (kind < 0.75) peers.push({ namespaceSelector: this.selector('namespace', 0.2) });
      else peers.push({ namespaceSelector: this.selector('namespace', 0.25), podSelector: this.selector('pod', 0.25) });
    }
    return peers;
  }

  private ipBlock(): Json {
    const address = this.pick(this.addresses);
    const bits = this.pick([0, 8, 16, 24, 26, 28, 29, 30, 31, 32]);
    const cidr = blockAround(address, bits);
    const wanted = this.chance(0.6)
      ? Array.from({ length: 1 + this.upTo(2) }, () => ({
          address: this.pick(this.addresses),
          bits: bits + 1 + this.upTo(32 - bits),
        }))
      : [];
    const outer = readBlock(cidr)!;
    const except = wanted.flatMap((hole) => {
      if (hole.bits > 32) return [];
      const block = blockAround(hole.address, hole.bits);
      const inner = readBlock(block)!;
      return outer.first <= inner.first && inner.last <= outer.last && block !== cidr ? [block] : [];
    });
    return { cidr, ...(except.length > 0 ? { except: [...new Set(except)] } : {}) };
  }

  private port(byName: boolean): Json {
    const protocol = this.pick<Protocol | undefined>(['TCP', 'TCP', 'UDP', undefined]);
    const kind = this.random();
    const base = protocol ? { protocol } : {};
    if (kind < 0.15) return base;
    if (kind < 0.4 && byName) return { ...base, port: this.pick(['http', 'metrics', 'dns', 'nowhere']) };
    const first = this.pick(protocol === 'UDP' ? UDP : TCP);
    if (kind < 0.65) return { ...base, port: first - this.upTo(3), endPort: first + this.pick([0, 1, 900]) };
    return { ...base, port: first };
  }

  private selector(of: 'pod' | 'namespace', empty: number): Json {
    if (this.chance(empty)) return {};
    const values: Readonly<Record<string, readonly string[]>> =
      of === 'pod'
        ? { app: ['web', 'db', 'job', 'cache'], tier: ['front', 'back'], canary: ['true'] }
        : {
            env: ['prod', 'dev'],
            team: ['red'],
            'kubernetes.io/metadata.name': [...Object.keys(NAMESPACES), SENTINEL],
          };
    const key = () => this.pick(Object.keys(values));
    const one = key();
    if (this.chance(0.55)) return { matchLabels: { [one]: this.pick(values[one]!) } };
    const expressions = Array.from({ length: 1 + this.upTo(2) }, () => {
      const name = key();
      const operator = this.pick(['In', 'NotIn', 'Exists', 'DoesNotExist']);
      return {
        key: name,
        operator,
        ...(operator.endsWith('In')
          ? { values: [...new Set([this.pick(values[name]!), this.pick(values[name]!)])] }
          : {}),
      };
    });
    return {
      ...(this.chance(0.3) ? { matchLabels: { [one]: this.pick(values[one]!) } } : {}),
      matchExpressions: expressions,
    };
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.upTo(items.length)]!;
  }

  private upTo(count: number): number {
    return Math.floor(this.random() * count);
  }

  private chance(share: number): boolean {
    return this.random() < share;
  }
}

function blockAround(address: string, bits: number): string {
  const { first } = readBlock(`${address}/${bits}`)!;
  return `${[24n, 16n, 8n, 0n].map((shift) => (first >> shift) & 255n).join('.')}/${bits}`;
}

// ---------------------------------------------------------------- the cluster

function kubectl(args: readonly string[], input?: unknown): string {
  return execFileSync('kubectl', args, {
    encoding: 'utf8',
    input: input === undefined ? '' : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: input }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Each policy as one of a single direction, or two. What the directions are, the server says. */
function ofOneDirection(policies: readonly Json[]): Json[] {
  const answer = JSON.parse(kubectl(['apply', '--dry-run=server', '-o', 'json', '-f', '-'], policies)) as Json & {
    items?: Json[];
  };
  return policies.flatMap((policy, i) => {
    const types = ((answer.items?.[i] ?? answer)['spec'] as Json)['policyTypes'] as string[];
    if (types.length < 2) return [policy];
    const { metadata, spec } = policy as { metadata: Json; spec: Json };
    const { ingress, egress, ...rest } = spec;
    return [
      {
        ...policy,
        metadata: { ...metadata, name: `${String(metadata['name'])}-in` },
        spec: { ...rest, policyTypes: ['Ingress'], ...(ingress ? { ingress } : {}) },
      },
      {
        ...policy,
        metadata: { ...metadata, name: `${String(metadata['name'])}-out` },
        spec: { ...rest, policyTypes: ['Egress'], ...(egress ? { egress } : {}) },
      },
    ];
  });
}

interface Probe {
  readonly ip: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** A running prober: in a pod, or beside this process. */
class Prober {
  private readonly waiting = new Map<number, (results: boolean[]) => void>();
  private next = 0;
  readonly ready: Promise<void>;

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.ready = new Promise((done) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (!line.startsWith('{')) return;
        const { id, results, ready } = JSON.parse(line) as { id?: number; results?: boolean[]; ready?: boolean };
        if (ready) done();
        if (id === undefined || !results) return;
        this.waiting.get(id)?.(results);
        this.waiting.delete(id);
      });
    });
    child.stderr.on('data', (text: Buffer) => process.stderr.write(text));
  }

  probe(targets: readonly Probe[]): Promise<boolean[]> {
    const id = this.next++;
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error('a prober does not answer')), 30_000);
      this.waiting.set(id, (results) => (clearTimeout(timer), done(results)));
      this.child.stdin.write(`${JSON.stringify({ id, targets })}\n`);
    });
  }

  stop(): void {
    this.child.kill();
  }
}

function podOf({ name, namespace, labels, ports, hostNetwork }: PodSpec): Json {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(hostNetwork ? { hostNetwork } : {}),
      containers: [
        {
          name: 'prober',
          image: options.image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', 'infinity'],
          ports: ports.map(({ name, number, protocol }) => ({
            ...(name ? { name } : {}),
            containerPort: number,
            protocol,
          })),
        },
      ],
    },
  };
}

function inPod({ name, namespace, hostNetwork }: PodSpec): Prober {
  return new Prober(
    spawn('kubectl', [
      'exec',
      '-i',
      '-n',
      namespace,
      name,
      '--',
      'node',
      '-e',
      prober,
      JSON.stringify(hostNetwork ? [[], []] : [TCP, UDP]),
    ]),
  );
}

const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

// ---------------------------------------------------------------- the comparison

async function main(): Promise<void> {
  const host: PodSpec = {
    name: 'host',
    namespace: SENTINEL,
    labels: { app: 'web', tier: 'front' },
    ports: [],
    hostNetwork: true,
  };
  const all = [...PODS, ...SENTINELS, host];
  kubectl(
    ['apply', '-f', '-'],
    [
      ...Object.entries(NAMESPACES).map(([name, labels]) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels },
      })),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SENTINEL } },
    ],
  );
  for (const namespace of [...Object.keys(NAMESPACES), SENTINEL])
    kubectl(['delete', 'networkpolicy,pod', '--all', '--force', '-n', namespace]);
  await pause(2); // the service accounts
  kubectl(['apply', '-f', '-'], all.map(podOf));
  for (const namespace of [...Object.keys(NAMESPACES), SENTINEL])
    kubectl(['wait', '-n', namespace, '--for=condition=Ready', 'pod', '--all', '--timeout=180s']);
  const addressOf = ({ name, namespace }: PodSpec) =>
    kubectl(['get', 'pod', '-n', namespace, name, '-o', 'jsonpath={.status.podIP}']).trim();
  const ips = new Map(all.map((pod) => [pod, addressOf(pod)]));
  const own = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)!.address;

  const probers = new Map(all.map((pod) => [pod, inPod(pod)]));
  const outside = new Prober(spawn(process.execPath, ['-e', prober, JSON.stringify([TCP, UDP])]));
  await Promise.all([...probers.values(), outside].map(({ ready }) => ready));

  const known = (labels: Readonly<Record<string, string>>): KnownLabels => ({ labels, complete: true });
  const endpoints = new Map<PodSpec, Endpoint>(
    PODS.map((pod) => [
      pod,
      {
        is: 'pod',
        namespace: pod.namespace,
        namespaceLabels: known({ ...NAMESPACES[pod.namespace], 'kubernetes.io/metadata.name': pod.namespace }),
        labels: known(pod.labels),
        ports: pod.ports,
        addresses: [readBlock(ips.get(pod)!)!],
      },
    ]),
  );
  const outsideEndpoint: Endpoint = { is: 'outside', addresses: [readBlock(own)!] };
  const hostEndpoint: Endpoint = { is: 'host', sameNode: 'yes', addresses: [readBlock(ips.get(host)!)!] };
  const sources = [
    ...PODS.map((pod) => ({
      name: `${pod.namespace}/${pod.name}`,
      prober: probers.get(pod)!,
      endpoint: endpoints.get(pod)!,
    })),
    { name: 'outside', prober: outside, endpoint: outsideEndpoint },
    { name: 'host', prober: probers.get(host)!, endpoint: hostEndpoint },
  ];
  const targets = [
    ...PODS.map((pod) => ({ name: `${pod.namespace}/${pod.name}`, ip: ips.get(pod)!, endpoint: endpoints.get(pod)! })),
    { name: 'outside', ip: own, endpoint: outsideEndpoint },
  ];

  const [server, client] = SENTINELS as readonly [PodSpec, PodSpec];
  const inEffect = async (set: number) => {
    const open = TCP[set % 2]!;
    const shut = TCP[(set + 1) % 2]!;
    kubectl(
      ['apply', '-f', '-'],
      [
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'sentinel', namespace: SENTINEL },
          spec: { podSelector: { matchLabels: server.labels }, ingress: [{ ports: [{ port: open }] }] },
        },
      ],
    );
    for (let tries = 0; tries < 600; tries++) {
      const ip = ips.get(server)!;
      const [yes, no] = await probers.get(client)!.probe([
        { ip, port: open, protocol: 'TCP' },
        { ip, port: shut, protocol: 'TCP' },
      ]);
      if (yes && !no) return;
      await pause(0.1);
    }
    throw new Error('the policies do not take effect');
  };

  const random = randomFrom(Number(options.seed));
  const generator = new Generator(random, [...PODS.map((pod) => ips.get(pod)!), own, ips.get(host)!, '203.0.113.9']);
  let before: readonly Json[] = [];
  let probes = 0;
  let denied = 0;
  let repeated = 0;
  const disagreements: string[] = [];
  const started = Date.now();
  for (let set = 0; set < Number(options.sets); set++) {
    const policies = generator.policies(set);
    const idOf = ({ metadata }: Json) => `${(metadata as Json)['namespace']}/${(metadata as Json)['name']}`;
    const applied = ofOneDirection(policies);
    if (before.length > 0) kubectl(['delete', '--wait=false', '-f', '-'], before);
    kubectl(['apply', '-f', '-'], applied);
    before = applied;
    await inEffect(set);

    const read = policies
      .map((policy) => new Resource(policy, { file: 'oracle', text: '' }, 0))
      .filter(isNetworkPolicy)
      .map((resource) => readPolicy(resource, resource.statedNamespace));
    await Promise.all(
      sources.map(async (source) => {
        const wanted = targets.flatMap((target) =>
          source.name === 'outside' && target.name === 'outside'
            ? []
            : PORTS.map((at) => ({ ...at, target, ip: target.ip })),
        );
        const ask = wanted.map(({ ip, port, protocol }) => ({ ip, port, protocol }));
        const expected = wanted.map(
          ({ target, port, protocol }) =>
            reach(read, { from: source.endpoint, to: target.endpoint, port, protocol }).verdict,
        );
        let seen = await source.prober.probe(ask);
        // A packet may be lost on a busy machine: what differs is asked again, alone.
        const differs = () =>
          wanted.flatMap((_, i) => ((expected[i] === 'allowed') === seen[i] && expected[i] !== 'unknown' ? [] : [i]));
        for (let tries = 0; tries < 2 && differs().length > 0; tries++) {
          const again = differs();
          repeated += again.length;
          const results = await source.prober.probe(again.map((i) => ask[i]!));
          seen = seen.map((result, i) => (again.includes(i) ? results[again.indexOf(i)]! : result));
        }
        probes += wanted.length;
        denied += expected.filter((verdict) => verdict === 'denied').length;
        for (const i of differs()) {
          const { target, port, protocol } = wanted[i]!;
          disagreements.push(
            `set ${set}: ${source.name} to ${target.name} ${port}/${protocol}: reach says ${expected[i]}, the cluster ${seen[i] ? 'lets it pass' : 'does not'}\n${JSON.stringify(policies.map((policy) => ({ in: idOf(policy), ...(policy['spec'] as Json) })))}`,
          );
        }
      }),
    );
    if ((set + 1) % 10 === 0)
      process.stderr.write(
        `${set + 1} sets, ${probes} probes, ${disagreements.length} disagreements, ${Math.round((Date.now() - started) / 1000)} s\n`,
      );
    if (disagreements.length > 200) break;
  }
  for (const disagreement of disagreements.slice(0, 12)) console.log(disagreement);
  console.log(
    `${options.sets} sets of policies (seed ${options.seed}), ${probes} probes, ${denied} of them denied, ${repeated} asked again, ${disagreements.length} disagreements, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  for (const running of [...probers.values(), outside]) running.stop();
  process.exit(disagreements.length > 0 ? 1 : 0);
}

void main();
