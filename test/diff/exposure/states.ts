import type { Scene, SceneAddresses, ScenePod, ScenePort } from './scene';

/** A change, by the scenes before and after it. */
export interface SceneChange {
  readonly name: string;
  readonly before: Scene;
  readonly after: Scene;
}

type Spec = Readonly<Record<string, unknown>>;
type Labels = Readonly<Record<string, string>>;

const PORTS: readonly ScenePort[] = [
  { name: 'http', containerPort: 8080 },
  { name: 'metrics', containerPort: 9100 },
  { name: 'dns', containerPort: 5353, protocol: 'UDP' },
];

const ofApp = (namespace: string, name: string, tier: string, labels: Labels = {}): ScenePod => ({
  namespace,
  labels: { app: name, tier, ...labels },
  ports: PORTS,
  node: 1,
});
const server = (namespace: string, name: string) => ofApp(namespace, name, 'back');
const client = (namespace: string, name: string) => ofApp(namespace, name, 'front');

const BASE: Scene = {
  namespaces: { shop: { team: 'shop' }, ops: { team: 'ops' }, other: {} },
  pods: {
    web: server('shop', 'web'),
    db: server('shop', 'db'),
    // The same names mean other numbers here.
    admin: {
      ...server('ops', 'admin'),
      ports: [
        { name: 'http', containerPort: 9100 },
        { name: 'metrics', containerPort: 8080 },
        { name: 'dns', containerPort: 5353, protocol: 'UDP' },
      ],
    },
    front: client('shop', 'front'),
    batch: client('shop', 'batch'),
    monitor: client('ops', 'monitor'),
    stranger: { namespace: 'other', labels: {}, ports: PORTS, node: 1 },
    host: { namespace: 'other', labels: { app: 'host' }, ports: PORTS, hostNetwork: true, node: 2 },
  },
  services: {
    web: {
      namespace: 'shop',
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    db: { namespace: 'shop', spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 8080 }] } },
    admin: { namespace: 'ops', spec: { selector: { app: 'admin' }, ports: [{ port: 443, targetPort: 'http' }] } },
  },
  policies: {},
};

const all = {};
const app = (name: string) => ({ matchLabels: { app: name } });
const team = (name: string) => ({ matchLabels: { team: name } });
const ofPods = (name: string) => ({ podSelector: app(name) });
const ofTeam = (name: string) => ({ namespaceSelector: team(name) });
const block = (cidr: string, ...except: string[]) => ({
  ipBlock: { cidr, ...(except.length > 0 ? { except } : {}) },
});
const tcp = (port: number | string, endPort?: number) => ({ port, ...(endPort === undefined ? {} : { endPort }) });
const udp = (port: number) => ({ protocol: 'UDP', port });

const ingress = (podSelector: Spec, ...rules: Spec[]) => ({ podSelector, policyTypes: ['Ingress'], ingress: rules });
const egress = (podSelector: Spec, ...rules: Spec[]) => ({ podSelector, policyTypes: ['Egress'], egress: rules });

type Edit = (scene: Scene) => Scene;

const policy =
  (name: string, spec: Spec, namespace = 'shop'): Edit =>
  (scene) => ({ ...scene, policies: { ...scene.policies, [name]: { namespace, spec } } });
const withoutPolicy =
  (name: string): Edit =>
  (scene) => ({ ...scene, policies: omit(scene.policies, name) });
const service =
  (name: string, spec: Spec, namespace = 'shop'): Edit =>
  (scene) => ({ ...scene, services: { ...scene.services, [name]: { namespace, spec } } });
const pod =
  (name: string, change: Partial<ScenePod>): Edit =>
  (scene) => ({ ...scene, pods: { ...scene.pods, [name]: { ...scene.pods[name]!, ...change } } });
const withoutPod =
  (name: string): Edit =>
  (scene) => ({ ...scene, pods: omit(scene.pods, name) });
const namespace =
  (name: string, labels: Labels): Edit =>
  (scene) => ({ ...scene, namespaces: { ...scene.namespaces, [name]: labels } });
const edited = (scene: Scene, ...edits: readonly Edit[]) => edits.reduce((now, edit) => edit(now), scene);

function omit<T>(map: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== name));
}

const http = { name: 'http', port: 80, targetPort: 8080, nodePort: 30080 };
const metrics = { name: 'metrics', port: 9100, targetPort: 9100, nodePort: 30910 };
const nodePort = (...ports: Spec[]) => ({ type: 'NodePort', selector: { app: 'web' }, ports });

/** Changes that somebody thought of: what opens, what closes, and what looks like it. */
export function namedChanges({ outside, nodes, podRanges }: SceneAddresses): SceneChange[] {
  const changes: SceneChange[] = [];
  /** Changes of one scene, each with what makes it of that scene. */
  const of = (before: Scene, ...named: readonly (readonly [name: string, ...edits: Edit[]])[]) => {
    for (const [name, ...edits] of named) changes.push({ name, before, after: edited(before, ...edits) });
  };

  // ------------------------------------------------------------ policies about who connects
  const denied = edited(BASE, policy('deny', ingress(all)));
  of(BASE, ['a first policy isolates a namespace', policy('deny', ingress(all))]);
  of(
    denied,
    ['a policy that isolates goes', withoutPolicy('deny')],
    ['one client is let in', policy('web', ingress(app('web'), { from: [ofPods('front')] }))],
    ['one client on one port', policy('web', ingress(app('web'), { from: [ofPods('front')], ports: [tcp(8080)] }))],
    ['a port by its name', policy('web', ingress(all, { from: [ofPods('batch')], ports: [tcp('metrics')] }))],
    ['ports in a row', policy('web', ingress(app('web'), { from: [ofPods('front')], ports: [tcp(8000, 9200)] }))],
    ['UDP alone', policy('web', ingress(app('web'), { from: [ofPods('front')], ports: [udp(5353)] }))],
    ['a namespace by its label', policy('web', ingress(app('web'), { from: [ofTeam('ops')] }))],
    [
      'some pods of a namespace',
      policy('web', ingress(app('web'), { from: [{ ...ofTeam('ops'), ...ofPods('monitor') }] })),
    ],
    ['a namespace or pods', policy('web', ingress(app('web'), { from: [ofTeam('ops'), ofPods('batch')] }))],
    ['pods that are in no namespace', policy('web', ingress(app('web'), { from: [ofPods('nobody')] }))],
    ['every pod of its own namespace', policy('web', ingress(app('db'), { from: [{ podSelector: all }] }))],
    ['every pod of every namespace', policy('web', ingress(app('db'), { from: [{ namespaceSelector: all }] }))],
    ['an address outside', policy('web', ingress(app('web'), { from: [block(`${outside}/32`)] }))],
    ['every address but one', policy('web', ingress(app('web'), { from: [block('0.0.0.0/0', `${outside}/32`)] }))],
    ['every address', policy('web', ingress(app('web'), { from: [block('0.0.0.0/0')] }))],
    ['the addresses of pods', policy('web', ingress(app('web'), { from: [block(podRanges[0]!)] }))],
    [
      'the address of a node',
      policy('web', ingress(app('web'), { from: [block(`${nodes[1]}/32`)], ports: [tcp(8080)] })),
    ],
    ['the addresses of all pods', policy('web', ingress(app('web'), { from: podRanges.map((range) => block(range)) }))],
    [
      'labels by expressions',
      policy(
        'web',
        ingress(app('web'), {
          from: [
            {
              podSelector: {
                matchExpressions: [
                  { key: 'tier', operator: 'In', values: ['front', 'edge'] },
                  { key: 'app', operator: 'NotIn', values: ['batch'] },
                ],
              },
            },
          ],
        }),
      ),
    ],
    [
      'namespaces without a label',
      policy(
        'web',
        ingress(app('web'), {
          from: [
            {
              namespaceSelector: {
                matchExpressions: [
                  { key: 'team', operator: 'DoesNotExist' },
                  { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['other', 'shop'] },
                ],
              },
            },
          ],
        }),
      ),
    ],
    ['fewer pods are isolated', policy('deny', ingress(app('web')))],
    ['a second policy that denies all', policy('also', ingress(all))],
    ['a policy that names nobody', policy('also', ingress(app('db'), { from: [], ports: [] }))],
    ['no ports and no peers', policy('web', ingress(app('db'), {}))],
  );

  const some = edited(
    denied,
    policy('web', ingress(app('web'), { from: [ofPods('front')], ports: [tcp(8080)] })),
    policy('db', ingress(app('db'), { from: [ofPods('web'), ofPods('batch')], ports: [tcp('http')] })),
  );
  of(
    some,
    ['a port more', policy('web', ingress(app('web'), { from: [ofPods('front')], ports: [tcp(8080), tcp(9100)] }))],
    ['every port', policy('web', ingress(app('web'), { from: [ofPods('front')] }))],
    ['another port', policy('web', ingress(app('web'), { from: [ofPods('front')], ports: [tcp(9100)] }))],
    ['another client', policy('web', ingress(app('web'), { from: [ofPods('batch')], ports: [tcp(8080)] }))],
    ['a peer less', policy('db', ingress(app('db'), { from: [ofPods('web')], ports: [tcp('http')] }))],
    [
      'the same by another policy',
      policy('more', ingress(app('web'), { from: [ofPods('front')], ports: [tcp(8080)] })),
    ],
    [
      'a part of the same by another policy',
      policy(
        'more',
        ingress(app('web'), {
          from: [{ podSelector: { matchLabels: { app: 'front', tier: 'front' } } }],
          ports: [tcp('http')],
        }),
      ),
    ],
    [
      'a policy has another name',
      withoutPolicy('web'),
      policy('web-from-front', ingress(app('web'), { from: [ofPods('front')], ports: [tcp(8080)] })),
    ],
    [
      'one policy becomes two',
      policy('db', ingress(app('db'), { from: [ofPods('web')], ports: [tcp('http')] })),
      policy('db-batch', ingress(app('db'), { from: [ofPods('batch')], ports: [tcp('http')] })),
    ],
    [
      'one opens and another closes',
      policy('web', ingress(app('web'), { from: [ofTeam('ops')], ports: [tcp(8080)] })),
      withoutPolicy('db'),
    ],
    ['a client gets the label that is let in', pod('stranger', { namespace: 'other', labels: { app: 'front' } })],
    ['a client of the same namespace gets it', pod('batch', { labels: { app: 'front', tier: 'front' } })],
    [
      'a policy says the same in other words',
      policy('deny', ingress({ matchExpressions: [{ key: 'open', operator: 'DoesNotExist' }] })),
    ],
    ['a new client that is let in', pod('intern', client('shop', 'front'))],
    ['a new client that is not', pod('intern', client('ops', 'front'))],
    ['a client has another name', withoutPod('front'), pod('portal', client('shop', 'front'))],
    [
      'the name of a port moves',
      pod('db', {
        ports: [{ name: 'metrics', containerPort: 8080 }, { name: 'http', containerPort: 9100 }, PORTS[2]!],
      }),
    ],
    ['a server in the network of its node', pod('web', { hostNetwork: true })],
    ['no policy any more', withoutPolicy('web'), withoutPolicy('db'), withoutPolicy('deny')],
  );

  const labelled = edited(
    denied,
    policy('deny', ingress({ matchExpressions: [{ key: 'open', operator: 'DoesNotExist' }] })),
    policy('web', ingress(app('web'), { from: [ofTeam('friends')] })),
  );
  of(
    labelled,
    ['a namespace gets the label that is let in', namespace('other', { team: 'friends' })],
    ['a namespace gets another label', namespace('other', { team: 'foes' })],
    ['a server gets the label that frees it', pod('db', { labels: { app: 'db', tier: 'back', open: 'yes' } })],
  );

  // ------------------------------------------------------------ policies about whom pods connect to
  const held = edited(BASE, policy('out', egress(app('front'))));
  of(BASE, ['a first policy holds a client back', policy('out', egress(app('front')))]);
  of(
    held,
    ['to one server', policy('web', egress(app('front'), { to: [ofPods('web')] }))],
    ['to one port of it', policy('web', egress(app('front'), { to: [ofPods('web')], ports: [tcp(8080)] }))],
    [
      'to a port by its name',
      policy('web', egress(app('front'), { to: [{ podSelector: all }], ports: [tcp('http')] })),
    ],
    ['to a namespace', policy('web', egress(app('front'), { to: [ofTeam('ops')] }))],
    [
      'to the addresses of pods',
      policy('web', egress(app('front'), { to: [block(podRanges[0]!)], ports: [tcp(9100)] })),
    ],
    [
      'to an address outside',
      policy('web', egress(app('front'), { to: [block(`${outside}/32`)], ports: [tcp(8080)] })),
    ],
    ['to everywhere by UDP', policy('web', egress(app('front'), { ports: [udp(5353)] }))],
    ['to everywhere on one port', policy('web', egress(app('front'), { ports: [tcp(9100)] }))],
    ['to everywhere', policy('web', egress(app('front'), {}))],
    ['a client that was held back is so no more', policy('out', egress(app('batch')))],
    ['a client in the network of its node', pod('front', { hostNetwork: true, node: 1 })],
  );
  const both = edited(held, policy('deny', ingress(app('web'))));
  of(
    both,
    ['only the way out opens', policy('web-out', egress(app('front'), { to: [ofPods('web')] }))],
    ['only the way in opens', policy('web-in', ingress(app('web'), { from: [ofPods('front')] }))],
    [
      'both ways open',
      policy('web-out', egress(app('front'), { to: [ofPods('web')] })),
      policy('web-in', ingress(app('web'), { from: [ofPods('front')], ports: [tcp(9100)] })),
    ],
    [
      'two directions in one policy',
      policy('deny', {
        podSelector: app('web'),
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [ofTeam('ops')] }],
      }),
    ],
    ['without types, by what it says', policy('deny', { podSelector: app('web'), egress: [{ to: [ofPods('db')] }] })],
  );

  // ------------------------------------------------------------ Services
  of(
    BASE,
    [
      'a new Service of the cluster',
      service('web-too', { selector: { app: 'web' }, ports: [{ port: 8081, targetPort: 9100 }] }),
    ],
    [
      'a Service of the cluster has a port more',
      service('web', {
        selector: { app: 'web' },
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'm', port: 9100 },
        ],
      }),
    ],
    [
      'a Service of the cluster finds other pods',
      service('web', { selector: { app: 'db' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
    ],
    [
      'a Service gives the addresses of its pods',
      service('web', {
        clusterIP: 'None',
        selector: { app: 'web' },
        ports: [{ name: 'http', port: 80, targetPort: 8080 }],
      }),
    ],
    ['a port of every node', service('web', nodePort(http))],
    ['a port of every node that leads nowhere', service('web', { ...nodePort(http), selector: { app: 'nobody' } })],
    [
      'a new Service with a port of every node',
      service('db-out', {
        type: 'NodePort',
        selector: { app: 'db' },
        ports: [{ port: 1, targetPort: 'metrics', nodePort: 30911 }],
      }),
    ],
    ['a load balancer, which has ports of every node too', service('web', { ...nodePort(http), type: 'LoadBalancer' })],
    [
      'an address of a node for a Service',
      service('web', {
        externalIPs: [nodes[0]],
        selector: { app: 'web' },
        ports: [{ name: 'http', port: 8888, targetPort: 8080 }],
      }),
    ],
  );
  const external = edited(
    BASE,
    service('web', {
      externalIPs: [nodes[0]],
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 8888, targetPort: 8080 }],
    }),
  );
  of(external, [
    'an external address has a port more',
    service('web', {
      externalIPs: [nodes[0]],
      selector: { app: 'web' },
      ports: [
        { name: 'http', port: 8888, targetPort: 8080 },
        { name: 'metrics', port: 8889, targetPort: 9100 },
      ],
    }),
  ]);
  const published = edited(BASE, service('web', nodePort(http)));
  of(
    published,
    ['another number of the port', service('web', nodePort({ ...http, nodePort: 30081 }))],
    ['another port of the Service', service('web', nodePort({ ...http, port: 81 }))],
    ['another name of the port', service('web', nodePort({ ...http, name: 'www' }))],
    ['another port of the pods', service('web', nodePort({ ...http, targetPort: 9100 }))],
    ['the name of the port of the pods', service('web', nodePort({ ...http, targetPort: 'http' }))],
    ['one port more', service('web', nodePort(http, metrics))],
    [
      'a port of UDP more',
      service('web', nodePort(http, { name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353, nodePort: 30053 })),
    ],
    ['other pods', service('web', { ...nodePort(http), selector: { app: 'db' } })],
    ['pods of another label too', service('web', { ...nodePort(http), selector: { tier: 'back' } })],
    ['other pods get the label', pod('db', { labels: { app: 'web', tier: 'back' } })],
    ['new pods with the label', pod('next', { ...server('shop', 'web') })],
    ['new pods without it', pod('next', { ...server('shop', 'next') })],
    ['a second Service to the same port', service('web-too', { ...nodePort({ ...http, nodePort: 30082 }) })],
    [
      'the port of the node is gone',
      service('web', { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
    ],
    ['only nodes that have a pod answer', service('web', { ...nodePort(http), externalTrafficPolicy: 'Local' })],
    ['sessions stay at a pod', service('web', { ...nodePort(http), sessionAffinity: 'ClientIP' })],
    [
      'the same port of the node, by the pods',
      pod('web', { ports: [{ ...PORTS[0]!, hostPort: 8180 }, ...PORTS.slice(1)] }),
    ],
    [
      'the name that it targets is another port',
      pod('web', {
        ports: [{ name: 'metrics', containerPort: 8080 }, { name: 'http', containerPort: 9100 }, PORTS[2]!],
      }),
    ],
  );
  of(edited(published, service('web', nodePort({ ...http, targetPort: 'http' }))), [
    'the name that it targets is another port now',
    pod('web', { ports: [{ name: 'metrics', containerPort: 8080 }, { name: 'http', containerPort: 9100 }, PORTS[2]!] }),
  ]);

  // ------------------------------------------------------------ pods on their nodes
  const onNode = (port: Partial<ScenePort>) => pod('web', { ports: [{ ...PORTS[0]!, ...port }, ...PORTS.slice(1)] });
  of(
    BASE,
    ['a port of the pod’s node', onNode({ hostPort: 8180 })],
    ['a port of the node’s own loopback', onNode({ hostPort: 8180, hostIP: '127.0.0.1' })],
    [
      'a port that is declared and known already',
      pod('web', { ports: [...PORTS, { name: 'more', containerPort: 7000 }] }),
    ],
    ['a server in the network of its node, as anybody could reach it before', pod('web', { hostNetwork: true })],
    ['a new server', pod('next', server('ops', 'next'))],
    [
      'a new server on a port of its node',
      pod('next', {
        ...server('ops', 'next'),
        ports: [{ name: 'http', containerPort: 8080, hostPort: 8181 }, ...PORTS.slice(1)],
      }),
    ],
    ['a new client where all is open', pod('intern', { ...client('ops', 'intern') })],
  );
  of(
    edited(BASE, onNode({ hostPort: 8180 })),
    ['another port of the node', onNode({ hostPort: 8182 })],
    [
      'the same port of the node for another one of the pod',
      pod('web', { ports: [PORTS[0]!, { ...PORTS[1]!, hostPort: 8180 }, PORTS[2]!] }),
    ],
  );
  return changes;
}

// ---------------------------------------------------------------- random ones

/** Numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Changes of one scene into the next, made by chance: policies come, go and say something else, namespaces get other labels, Services other
 * types and pods. What kube-router is known to do otherwise than the API says is not made (see test/oracle/network.ts).
 */
export function randomChanges(addresses: SceneAddresses, seed: number, count: number): SceneChange[] {
  const random = randomFrom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const pick = <T>(items: readonly T[]): T => items[upTo(items.length)]!;
  const chance = (share: number) => random() < share;
  const selector = () =>
    pick<Spec>([
      all,
      all,
      app('web'),
      app('db'),
      app('front'),
      { matchLabels: { tier: 'back' } },
      { matchLabels: { tier: 'front' } },
    ]);
  const spaces = () =>
    pick<Spec>([
      all,
      team('shop'),
      team('ops'),
      { matchExpressions: [{ key: 'team', operator: 'In', values: ['shop', 'ops'] }] },
    ]);
  const peer = (): Spec =>
    pick<() => Spec>([
      () => ({ podSelector: selector() }),
      () => ({ podSelector: app('batch') }),
      () => ({ namespaceSelector: spaces() }),
      () => ({ namespaceSelector: spaces(), podSelector: pick([app('monitor'), selector()]) }),
    ])();
  const blocks = () =>
    pick([
      block(`${addresses.outside}/32`),
      block('0.0.0.0/0', `${addresses.outside}/32`),
      block(addresses.podRanges[0]!),
    ]);
  const port = (byName: boolean): Spec =>
    pick<() => Spec>([
      () => tcp(8080),
      () => tcp(9100),
      () => tcp(8000, 8080 + upTo(2000)),
      () => udp(5353),
      () => (byName ? tcp(pick(['http', 'metrics'])) : tcp(8080)),
    ])();
  const rule = (side: 'from' | 'to'): Spec => {
    const peers = [...Array.from({ length: upTo(3) }, peer), ...(chance(0.25) ? [blocks()] : [])];
    const byName = side === 'from';
    const ports = chance(0.6) ? Array.from({ length: 1 + upTo(2) }, () => port(byName)) : [];
    if (ports.length > 0 && ports.every((each) => typeof each['port'] === 'string')) ports.push(tcp(8080));
    return { ...(peers.length > 0 ? { [side]: peers } : {}), ...(ports.length > 0 ? { ports } : {}) };
  };
  const rules = (side: 'from' | 'to') => Array.from({ length: upTo(3) }, () => rule(side));
  const names = ['a', 'b', 'c', 'd'];
  // A policy keeps its namespace with its name: another one would be another policy of the same name.
  const placeOf = (name: string) => (name === 'd' ? 'ops' : 'shop');
  const newPolicy = (): Edit => {
    const name = pick(names);
    return chance(0.65)
      ? policy(name, ingress(selector(), ...rules('from')), placeOf(name))
      : policy(name, egress(selector(), ...rules('to')), placeOf(name));
  };
  const edit = (scene: Scene): Edit => {
    const kind = random();
    const present = Object.keys(scene.policies);
    if (kind < 0.6 || present.length === 0) return newPolicy();
    if (kind < 0.8) return withoutPolicy(pick(present));
    if (kind < 0.9) return namespace(pick(['ops', 'other']), pick<Labels>([{}, { team: 'ops' }, { team: 'shop' }]));
    return service(
      'web',
      pick<Spec>([
        { selector: { app: 'db' }, ports: [{ port: 80, targetPort: 'metrics' }] },
        BASE.services['web']!.spec,
      ]),
    );
  };
  const changes: SceneChange[] = [];
  for (let before = BASE; changes.length < count; ) {
    const after = edited(before, ...Array.from({ length: 1 + upTo(2) }, () => edit(before)));
    changes.push({ name: `random ${seed}.${changes.length + 1}`, before, after });
    before = after;
  }
  return changes;
}

/** The seeds of the random changes, and how many of each. */
const SEEDS = [11, 12] as const;
const EACH = 15;

/** All changes, and each of them undone. */
export function allChanges(addresses: SceneAddresses): SceneChange[] {
  return [...namedChanges(addresses), ...SEEDS.flatMap((seed) => randomChanges(addresses, seed, EACH))].flatMap(
    (change) => [change, { name: `undone: ${change.name}`, before: change.after, after: change.before }],
  );
}
