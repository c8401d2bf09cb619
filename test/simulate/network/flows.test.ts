import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../../cli/flows';
import { parse } from '../../../cli/options/parse';
import { flows as table } from '../../../cli/tables';
import { readSources } from '../../../manifests/reading/read';
import { readWanted } from '../../../simulate/network/ends';
import { flowsOf } from '../../../simulate/network/flows';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';

const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 2, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec: { template: { metadata: { labels: { app: redis } }, spec: { containers: [{ name: redis }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { selector: { app: redis }, ports: [{ port: 6379 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: redis, namespace: shop }
spec:
  podSelector: { matchLabels: { app: redis } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 6379 }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: edge } } }] }] }
`;

test('each pair has a verdict and the policies that say so', () => {
  const world = new World(readSources([{ file: 'x', text: MANIFESTS }]).resources, new Facts([]));
  expect(
    [...flowsOf(world)].map(
      ({ from, to, port, verdict, ingress }) => `${from} > ${to}:${port} ${verdict} ${ingress.join()}`,
    ),
  ).toEqual([
    'Deployment/shop/web > Deployment/shop/web:8080 denied shop/web',
    'StatefulSet/shop/redis > Deployment/shop/web:8080 denied shop/web',
    'any other pod > Deployment/shop/web:8080 unknown shop/web',
    'outside the cluster > Deployment/shop/web:8080 denied shop/web',
    'Deployment/shop/web > StatefulSet/shop/redis:6379 allowed shop/redis',
    'any other pod > StatefulSet/shop/redis:6379 denied shop/redis',
    'outside the cluster > StatefulSet/shop/redis:6379 denied shop/redis',
  ]);
});

describe('strata flows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flows-'));
  const file = join(folder, 'all.yaml');
  writeFileSync(file, MANIFESTS);
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) => {
    const lines: string[] = [];
    const composition = { matrix: { clusters: [] } } as unknown as Parameters<typeof command>[0];
    const code = command(composition, parse(table, args), {
      env: {},
      print: (line) => lines.push(line),
      printError: (line) => lines.push(line),
    });
    return { code, text: lines.join('\n') };
  };
  test('prints a block for each port', () => {
    expect(run(file, '--to', 'redis', '--only', 'allowed').text).toBe(
      [
        'StatefulSet/shop/redis 6379/TCP',
        '  allowed  Deployment/shop/web  ingress shop/redis',
        '',
        '1 port, 1 flow: 1 allowed, 0 denied, 0 unknown',
      ].join('\n'),
    );
  });
  test('prints JSON', () => expect(JSON.parse(run(file, '--format', 'json').text).flows).toHaveLength(7));
  test('ends with 2 where something cannot be read, and says what it does not know', () => {
    writeFileSync(join(folder, 'bad.yaml'), 'kind: [');
    expect(run(folder).code).toBe(2);
    expect(() => run('nowhere')).toThrow('does not exist');
    expect(() => run()).toThrow('needs PATH');
    expect(() => run(file, '--only', 'alowed')).toThrow('did you mean allowed?');
  });
});

describe('who and where', () => {
  const world = (text: string, facts = '', declared?: string) => {
    const read = (source: string) => readSources([{ file: 'x', text: source }]).resources;
    return new World(read(text), new Facts(read(facts)), declared === undefined ? undefined : read(declared));
  };
  const listed = (of: World, from?: string, to?: string) =>
    [
      ...flowsOf(of, {
        ...(from === undefined ? {} : { from: readWanted(from) }),
        ...(to === undefined ? {} : { to: readWanted(to) }),
      }),
    ].map(
      ({ from: source, to: target, port, endPort, protocol, verdict }) =>
        `${source} > ${target}:${port}${endPort === undefined ? '' : `-${endPort}`}/${protocol} ${verdict}`,
    );
  const pod = (app: string, spec = '', kind = 'Deployment') => `---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${app}, namespace: shop }
spec: { replicas: 1, selector: { matchLabels: { app: ${app} } }, template: { metadata: { labels: { app: ${app} } }, spec: { containers: [{ name: a, image: 'a:1'${spec} }] } } }
`;
  const policy = (spec: string, name = 'p', namespace = 'shop') => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: { ${spec} }
`;
  const shop = '---\n{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }\n';
  const egress = (rules: string) =>
    policy(`podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${rules}]`);
  const calico = pod('calico-node', '', 'DaemonSet');

  test('the internet is asked for by a word, with the ports that policies distinguish', () => {
    const of = world(
      shop +
        pod('web') +
        egress('{ to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8] } }], ports: [{ port: 443 }] }'),
    );
    expect(listed(of, 'web', 'outside')).toEqual([
      'Deployment/shop/web > outside the cluster: all but 10.0.0.0/8:443/TCP allowed',
      'Deployment/shop/web > outside the cluster: 10.0.0.0/8:443/TCP denied',
      'Deployment/shop/web > outside the cluster:any/any denied',
    ]);
    expect(listed(world(shop + pod('web')), 'web', 'outside')).toEqual([
      'Deployment/shop/web > outside the cluster:any/any allowed',
    ]);
  });
  test('Services are those that pods back, with a port: not a name of another host, and none without ports', () => {
    const service = (name: string, spec: string) =>
      `---\n{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }\n`;
    const of = world(
      shop +
        pod('web') +
        service('web', 'selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]') +
        service('away', 'type: ExternalName, externalName: db.example.com, ports: [{ port: 5432 }]') +
        service('by-hand', 'ports: [{ port: 5432 }]') +
        service('bare', 'selector: { app: web }, clusterIP: None'),
    );
    const asked = listed(of, 'web', 'services').map((line) => line.replace(/^.* > ([^:]*):.*$/, '$1'));
    expect([...new Set(asked)]).toEqual(['Service/shop/web']);
  });
  test('an address with a port is asked for as it is written', () => {
    const of = world(
      pod('web') +
        egress(
          "{ to: [{ ipBlock: { cidr: 1.2.3.0/24 } }, { ipBlock: { cidr: '2001:db8::/32' } }], ports: [{ port: 443 }] }",
        ),
    );
    expect(listed(of, 'web', '1.2.3.4:443')).toEqual(['Deployment/shop/web > 1.2.3.4:443/TCP allowed']);
    expect(listed(of, 'web', '1.2.4.4:443')).toEqual(['Deployment/shop/web > 1.2.4.4:443/TCP denied']);
    expect(listed(of, 'web', '1.2.3.4:443/udp')).toEqual(['Deployment/shop/web > 1.2.3.4:443/UDP denied']);
    expect(listed(of, 'web', '[2001:db8::1]:443')).toEqual(['Deployment/shop/web > 2001:db8::1:443/TCP allowed']);
    expect(listed(of, 'web', '2001:db9::1')).toContain('Deployment/shop/web > 2001:db9::1:443/TCP denied');
    expect(listed(of, 'web', '1.2.0.0/16:443')).toEqual([
      'Deployment/shop/web > outside the cluster: 1.2.0.0/23, 1.2.2.0/24, 1.2.4.0-1.2.255.255:443/TCP denied',
      'Deployment/shop/web > outside the cluster: 1.2.3.0/24:443/TCP allowed',
    ]);
  });
  test('halves of the addresses are the whole', () => {
    const of = world(
      shop +
        pod('web', ', ports: [{ containerPort: 80 }]') +
        policy(
          'podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/1 } }, { ipBlock: { cidr: 128.0.0.0/1 } }] }]',
        ),
    );
    expect(listed(of, 'outside')).toEqual(['outside the cluster > Deployment/shop/web:80/TCP allowed']);
    const mixed = world(
      shop +
        pod('web', ', ports: [{ containerPort: 80 }]') +
        policy("podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }]"),
    );
    expect(listed(mixed, 'outside')).toEqual([
      'outside the cluster: 0.0.0.0/0 > Deployment/shop/web:80/TCP denied',
      'outside the cluster: ::/0 > Deployment/shop/web:80/TCP allowed',
    ]);
  });
  test('a pod that is added later gets in where a rule means all pods of the namespace', () => {
    const of = world(
      shop +
        pod('web', ', ports: [{ containerPort: 80 }]') +
        policy('podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }]'),
    );
    expect(listed(of)).toContain('any other pod > Deployment/shop/web:80/TCP unknown');
    const labelled = world(
      shop +
        pod('web', ', ports: [{ containerPort: 80 }]') +
        policy('podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }]'),
    );
    expect(listed(labelled)).toContain('any other pod > Deployment/shop/web:80/TCP denied');
  });
  test('egress policies of its own namespace may hold any other pod back', () => {
    const open = shop + pod('web', ', ports: [{ containerPort: 80 }]');
    expect(listed(world(open))).toContain('any other pod > Deployment/shop/web:80/TCP allowed');
    expect(listed(world(open + policy('podSelector: {}, policyTypes: [Egress]', 'deny', 'blog')))).toContain(
      'any other pod > Deployment/shop/web:80/TCP unknown',
    );
  });
  test('ports that nobody declares are those that policies name, in ranges that are cut where others begin', () => {
    const of = world(
      pod('web') +
        pod('api') +
        policy(
          'podSelector: { matchLabels: { app: api } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 8000, endPort: 8010 }, { port: 8005, protocol: TCP }, { port: 53, protocol: UDP }] }]',
        ),
    );
    expect(listed(of, 'web', 'api')).toEqual([
      'Deployment/shop/web > Deployment/shop/api:53/UDP allowed',
      'Deployment/shop/web > Deployment/shop/api:8000-8004/TCP allowed',
      'Deployment/shop/web > Deployment/shop/api:8005/TCP allowed',
      'Deployment/shop/web > Deployment/shop/api:8006-8010/TCP allowed',
    ]);
    expect(listed(of, 'api', 'web')).toEqual(['Deployment/shop/api > Deployment/shop/web:any/any allowed']);
    const out = world(
      pod('web') +
        pod('api') +
        egress('{ to: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: 8080 }] }'),
    );
    expect(listed(out, 'web', 'api')).toEqual(['Deployment/shop/web > Deployment/shop/api:8080/TCP allowed']);
  });
  test('protocols are apart where policies tell them apart', () => {
    const of = world(pod('web') + policy('podSelector: {}, ingress: [{ ports: [{ protocol: UDP }] }]'));
    expect(listed(of, 'outside')).toEqual([
      'outside the cluster > Deployment/shop/web:any/TCP denied',
      'outside the cluster > Deployment/shop/web:any/UDP allowed',
      'outside the cluster > Deployment/shop/web:any/SCTP denied',
    ]);
  });
  test('nodes are found by their addresses, and a single one is every pod’s own', () => {
    const node = (name: string) => `---
{ apiVersion: v1, kind: Node, metadata: { name: ${name} }, status: { addresses: [{ type: InternalIP, address: 192.168.0.${name.length} }] } }
`;
    const of = (facts: string, cidr: string) =>
      listed(
        world(
          shop +
            pod('web', ', ports: [{ containerPort: 80 }]') +
            calico +
            policy(`podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ ipBlock: { cidr: ${cidr} } }] }]`),
          facts,
        ),
        'nodes',
        'web',
      );
    expect(of(node('a') + node('bb'), '192.168.0.0/24')).toEqual(['nodes > Deployment/shop/web:80/TCP allowed']);
    expect(of(node('a') + node('bb'), '192.168.1.0/24')).toEqual(['nodes > Deployment/shop/web:80/TCP unknown']);
    expect(of(node('a'), '192.168.1.0/24')).toEqual(['nodes > Deployment/shop/web:80/TCP allowed']);
    expect(listed(world(shop + pod('web') + egress('')), 'web', 'nodes')).toEqual([
      'Deployment/shop/web > nodes:any/any unknown',
    ]);
  });
  test('gateways are sources of what routes and Ingresses lead to', () => {
    const behind = `---
{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }
---
{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } } }
`;
    const deny = policy(
      'podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: x } } }] }]',
    );
    expect(listed(world(shop + pod('web') + behind + deny))).toContain('gateway > Deployment/shop/web:80/TCP denied');
    expect(listed(world(shop + pod('web') + deny)).filter((flow) => flow.startsWith('gateway'))).toEqual([]);
    const controller = pod('ingress-nginx').replaceAll('namespace: shop', 'namespace: ingress');
    const fromIngress = policy(
      'podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ingress } } }] }]',
    );
    expect(listed(world(shop + pod('web') + behind + controller + fromIngress), 'gateway')).toContain(
      'gateway > Deployment/shop/web:80/TCP allowed',
    );
    // A chart may install it in a namespace that the manifests only create.
    const made = (name: string) => `---\n{ apiVersion: v1, kind: Namespace, metadata: { name: ${name} } }\n`;
    expect(listed(world(shop + made('ingress') + pod('web') + behind + fromIngress), 'gateway')).toContain(
      'gateway > Deployment/shop/web:80/TCP unknown',
    );
    expect(listed(world(pod('web') + egress('')), 'web', 'gateway')).toEqual([
      'Deployment/shop/web > gateway:any/any denied',
    ]);
  });
  test('Services are destinations: all of their pods must agree', () => {
    const service = `---
{ apiVersion: v1, kind: Service, metadata: { name: all, namespace: shop }, spec: { selector: { tier: x }, ports: [{ name: http, port: 80, targetPort: 8080 }] } }
`;
    const both = (pod('a') + pod('b') + pod('client')).replace(/app: ([ab]) }/g, 'app: $1, tier: x }');
    const guard = (app: string) =>
      policy(`podSelector: { matchLabels: { ${app} } }, ingress: [{ ports: [{ port: 8080 }] }]`, 'open');
    const of = (...policies: string[]) =>
      listed(world(shop + service + both + policies.join('')), 'client', 'Service/shop/all');
    expect(of()).toEqual(['Deployment/shop/client > Service/shop/all:80/TCP allowed']);
    expect(of(policy('podSelector: { matchLabels: { tier: x } }'))).toEqual([
      'Deployment/shop/client > Service/shop/all:80/TCP denied',
    ]);
    expect(of(policy('podSelector: { matchLabels: { app: a } }'))).toEqual([
      'Deployment/shop/client > Service/shop/all:80/TCP unknown',
    ]);
    expect(of(guard('tier: x'))).toEqual(['Deployment/shop/client > Service/shop/all:80/TCP allowed']);
    expect(listed(world(shop + service + both), 'client', 'services')).toHaveLength(1);
  });
  test('a policy that the API server refuses is not there', () => {
    const of = (spec: string) =>
      listed(world(shop + pod('web', ', ports: [{ containerPort: 80 }]') + policy(spec)), 'outside');
    expect(of('podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/33 } }] }]')).toEqual([
      'outside the cluster > Deployment/shop/web:80/TCP allowed',
    ]);
    expect(of('podSelector: { matchLabels: { app: 1 } }')).toEqual([
      'outside the cluster > Deployment/shop/web:80/TCP allowed',
    ]);
    expect(of('podSelector: {}, ingress: [{ from: [{}] }]')).toEqual([
      'outside the cluster > Deployment/shop/web:80/TCP allowed',
    ]);
    expect(of('podSelector: {}')).toEqual(['outside the cluster > Deployment/shop/web:80/TCP denied']);
  });
  test('a live dump has one line for each workload', () => {
    const owned = (kind: string, name: string, owner: string, ownerName: string, more = '') => `---
{ apiVersion: ${kind === 'Pod' ? 'v1' : 'apps/v1'}, kind: ${kind}, metadata: { name: ${name}, namespace: shop, labels: { app: web, pod-template-hash: abc }, ownerReferences: [{ apiVersion: apps/v1, kind: ${owner}, name: ${ownerName}, uid: x, controller: true }] }, spec: { ${more} } }
`;
    const container = "containers: [{ name: a, image: 'a:1', ports: [{ containerPort: 80 }] }]";
    const replicaSet = owned(
      'ReplicaSet',
      'web-abc',
      'Deployment',
      'web',
      `selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web, pod-template-hash: abc } }, spec: { ${container} } }`,
    );
    const pods =
      owned('Pod', 'web-abc-1', 'ReplicaSet', 'web-abc', container) +
      owned('Pod', 'web-abc-2', 'ReplicaSet', 'web-abc', container);
    const rows = (...parts: string[]) =>
      listed(world(shop + parts.join('')), undefined, 'pods').filter(
        (flow) => flow.startsWith('outside') && !flow.includes('any other'),
      );
    expect(rows(pod('web', ', ports: [{ containerPort: 80 }]'), replicaSet, pods)).toEqual([
      'outside the cluster > Deployment/shop/web:80/TCP allowed',
    ]);
    expect(rows(pods)).toEqual(['outside the cluster > Deployment/shop/web:80/TCP allowed']);
    expect(rows(replicaSet, pods)).toEqual(['outside the cluster > Deployment/shop/web:80/TCP allowed']);
    const mirrored =
      owned('Pod', 'etcd-a', 'Node', 'a', container) + owned('Pod', 'apiserver-a', 'Node', 'a', container);
    expect(rows(mirrored)).toHaveLength(2);
  });
  test('pods of two primary networks do not reach each other; whether a network is one, its namespace must say', () => {
    const space = (name: string, labels: string) => `---
{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${labels} } } }
---
{ apiVersion: k8s.ovn.org/v1, kind: UserDefinedNetwork, metadata: { name: net, namespace: ${name} }, spec: { topology: Layer2, layer2: { role: Primary, subnets: [10.0.0.0/16] } } }
`;
    const web = (name: string) =>
      pod(name, ', ports: [{ containerPort: 80 }]').replace('namespace: shop', `namespace: ${name}`);
    const of = (labels: string) =>
      listed(
        world(space('one', labels) + space('two', labels) + web('one') + web('two')),
        'Deployment/one/one',
        'Deployment/two/two',
      );
    expect(of("k8s.ovn.org/primary-user-defined-network: ''")).toEqual([
      'Deployment/one/one > Deployment/two/two:80/TCP denied',
    ]);
    expect(of('')).toEqual(['Deployment/one/one > Deployment/two/two:80/TCP unknown']);
    const same = world(
      space('one', "k8s.ovn.org/primary-user-defined-network: ''") +
        web('one') +
        web('one').replaceAll('name: one,', 'name: other,'),
    );
    expect(listed(same, 'Deployment/one/one', 'Deployment/one/other')).toEqual([
      'Deployment/one/one > Deployment/one/other:80/TCP allowed',
    ]);
  });
  test('what every pod must reach is reached from any network: whether it is, the plugin says', () => {
    const net = `---
{ apiVersion: v1, kind: Namespace, metadata: { name: one, labels: { k8s.ovn.org/primary-user-defined-network: '' } } }
---
{ apiVersion: k8s.ovn.org/v1, kind: ClusterUserDefinedNetwork, metadata: { name: net }, spec: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: one } }, network: { topology: Layer3, layer3: { role: Primary } } } }
`;
    const at = (namespace: string, name: string) =>
      pod(name, ', ports: [{ containerPort: 80 }]').replace('namespace: shop', `namespace: ${namespace}`);
    const of = world(shop + net + at('one', 'a') + at('openshift-dns', 'dns') + at('shop', 'web'));
    expect(listed(of, '/one/a', 'openshift-dns')).toEqual([
      'Deployment/one/a > Deployment/openshift-dns/dns:80/TCP unknown',
    ]);
    expect(listed(of, '/one/a', 'shop/web')).toEqual(['Deployment/one/a > Deployment/shop/web:80/TCP denied']);
    expect(
      listed(
        world((shop + net + at('one', 'a') + at('shop', 'web')).replace('role: Primary', 'role: Secondary')),
        '/one/a',
        'shop/web',
      ),
    ).toEqual(['Deployment/one/a > Deployment/shop/web:80/TCP allowed']);
  });
  test('egress of others names ports of the pods that it means by their labels', () => {
    const declares = (app: string) => pod(app, ', ports: [{ containerPort: 80 }]');
    const ports = (peer: string) =>
      new Set(
        listed(
          world(shop + pod('web') + declares('api') + egress(`{ to: [${peer}], ports: [{ port: 9000 }] }`)),
          'web',
          'api',
        ).map((flow) => flow.replace(/.*:(\d+).*/, '$1')),
      );
    expect([...ports('{ podSelector: { matchLabels: { app: api } } }')]).toEqual(['80', '9000']);
    expect([...ports('{ podSelector: { matchLabels: { app: other } } }')]).toEqual(['80']);
    expect([...ports('{ podSelector: {} }')]).toEqual(['80']);
  });
  test('a Service leads a pod of its own to its other pods', () => {
    const service =
      '---\n{ apiVersion: v1, kind: Service, metadata: { name: all, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }\n';
    const two = pod('web').replace('replicas: 1', 'replicas: 2');
    expect(listed(world(shop + two + service + policy('podSelector: {}')), 'web', 'Service/shop/all')).toEqual([
      'Deployment/shop/web > Service/shop/all:80/TCP denied',
    ]);
  });
  test('whether Cilium matches nodes by their addresses is a setting of it', () => {
    const facts = (mark: string) =>
      ['a', 'b']
        .map(
          (name) =>
            `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, annotations: { ${mark} } }, status: { addresses: [{ type: InternalIP, address: 192.168.0.1 }] } }`,
        )
        .join('\n---\n');
    const open = policy(
      'podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ ipBlock: { cidr: 192.168.0.0/24 } }] }]',
    );
    const of = (mark: string) =>
      listed(world(shop + pod('web', ', ports: [{ containerPort: 80 }]') + open, facts(mark)), 'nodes', 'web');
    expect(of('network.cilium.io/ipv4-cilium-host: 10.0.0.1')).toEqual(['nodes > Deployment/shop/web:80/TCP unknown']);
    expect(of('projectcalico.org/IPv4Address: 192.168.0.1/24')).toEqual(['nodes > Deployment/shop/web:80/TCP allowed']);
  });
});
