import { nodesOf, ZONE, zonesOf } from '../../model/cluster';
import { NEWEST_KUBERNETES } from '../../model/kubernetes-version';
import { kubernetesData } from '../../upstream/kubernetes/data';
import { aCluster, anEnvironment, refusal } from './support';

const allocatable = { cpu: '2', memory: '4Gi' } as const;

describe('the nodes', () => {
  const cluster = aCluster('c', {
    kubernetes: '1.35',
    pools: {
      general: { nodes: 3, zones: ['a', 'b'], labels: { disk: 'fast' }, allocatable: { ...allocatable, pods: 30 } },
      batch: { nodes: 1, taints: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }], allocatable },
    },
  });
  const nodes = nodesOf(cluster);

  test('are numbered in their pool, and dealt out to its zones in turn', () => {
    expect(nodes.map((node) => [node.metadata.name, node.metadata.labels[ZONE]])).toEqual([
      ['general-1', 'a'],
      ['general-2', 'b'],
      ['general-3', 'a'],
      ['batch-1', undefined],
    ]);
  });

  test("carry their pool's labels and taints, what they have to give, and the cluster's version", () => {
    expect(nodes[0]).toMatchObject({
      metadata: { labels: { disk: 'fast', 'kubernetes.io/hostname': 'general-1' } },
      spec: {},
      status: { allocatable: { cpu: '2', memory: '4Gi', pods: '30' }, nodeInfo: { kubeletVersion: 'v1.35.0' } },
    });
    expect(nodes[3]).toMatchObject({
      spec: { taints: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }] },
      status: { allocatable: { pods: '110' } },
    });
  });
});

describe('the zones that pods without tolerations are spread over', () => {
  test('are those of untainted nodes, each once, in order', () => {
    const cluster = aCluster('c', {
      pools: {
        one: { nodes: 2, zones: ['b', 'a'], allocatable },
        two: { nodes: 1, zones: ['a'], allocatable },
        tainted: { nodes: 1, zones: ['c'], taints: [{ key: 'spot', effect: 'NoSchedule' }], allocatable },
      },
    });
    expect(zonesOf(cluster)).toEqual(['a', 'b']);
  });

  test('are only those that a node stands in', () => {
    expect(zonesOf(aCluster('c', { pools: { one: { nodes: 1, zones: ['a', 'b', 'c'], allocatable } } }))).toEqual([
      'a',
    ]);
  });

  test('are none where no node carries one', () => {
    expect(zonesOf(aCluster('c', { pools: { one: { nodes: 3, allocatable } } }))).toEqual([]);
  });
});

test('the newest Kubernetes that is known is the newest whose API documents are here', () => {
  expect(NEWEST_KUBERNETES).toBe(`1.${kubernetesData().newest}`);
});

describe('facts that cannot be are refused with their place: types are not there at run time', () => {
  const pool = { nodes: 1, allocatable: { cpu: '1', memory: '1Gi' } } as const;
  const storageClass = { provisioner: 'p', binding: 'Immediate', reclaim: 'Delete', expandable: true };
  const peer = { name: 'p', namespaceLabels: {}, podLabels: {} };
  test.each<[string, string, object, place: string]>([
    ['the name of the folder for Argo CD', 'argocd', {}, 'cluster argocd'],
    ['a version with a leading zero', 'here', { kubernetes: '1.032' }, 'cluster here, kubernetes'],
    ['a version that nobody knows yet', 'here', { kubernetes: '1.99' }, 'cluster here, kubernetes'],
    ['a cluster of a blank name for Argo CD', 'here', { argoCluster: ' ' }, 'cluster here, argoCluster'],
    ['a store that is no name', 'here', { secretStore: 'My Store' }, 'cluster here, secretStore'],
    [
      'a way of Secrets that nobody knows',
      'here',
      { secrets: { by: 'mail', folder: 's' } },
      'cluster here, secrets.by',
    ],
    ['no folder of Secrets', 'here', { secrets: { by: 'sops' } }, 'cluster here, secrets.folder'],
    ['a folder of another place', 'here', { secrets: { by: 'sops', folder: '../s' } }, 'cluster here, secrets.folder'],
    [
      'a folder for a driver',
      'here',
      { secrets: { by: 'csi', provider: 'vault', folder: 's' } },
      'cluster here, secrets.folder',
    ],
    ['an unknown provider', 'here', { secrets: { by: 'csi', provider: 'paper' } }, 'cluster here, secrets.provider'],
    ['a word for how Secrets come', 'here', { secrets: 'sops' }, 'cluster here, secrets'],
    ['no network', 'here', { network: undefined }, 'cluster here, network'],
    [
      'a word for true',
      'here',
      { network: { plugin: 'p', enforcesPolicies: 'yes' } },
      'cluster here, network.enforcesPolicies',
    ],
    ['a word for false', 'here', { resourceMetrics: 'no' }, 'cluster here, resourceMetrics'],
    ['no storage', 'here', { storage: undefined }, 'cluster here, storage'],
    [
      'a class with an unknown binding',
      'here',
      { storage: [{ ...storageClass, name: 'a', binding: 'Later' }] },
      'cluster here, storage[0].binding',
    ],
    ['one name in place of a list', 'here', { imagePullSecrets: 'reg' }, 'cluster here, imagePullSecrets'],
    [
      'a gateway that is no name',
      'here',
      { gateway: { name: 'Public GW', namespace: 'g', listener: 'l', admitsNamespaces: {}, pods: peer } },
      'cluster here, gateway.name',
    ],
    [
      'an ingress controller of a version that is none',
      'here',
      { ingress: { className: 'traefik', pods: peer, implementation: { name: 'traefik', version: 3.5 } } },
      'cluster here, ingress.implementation.version',
    ],
    ...(
      [
        ['a misspelt implementation', { name: 'traefic', version: '3.5' }, 'name'],
        ['a Traefik that reads no routes of v1', { name: 'traefik', version: '2.9' }, 'version'],
      ] as const
    ).map(([title, implementation, field]): [string, string, object, string] => [
      title,
      'here',
      {
        gateway: { name: 'gw', namespace: 'g', listener: 'l', admitsNamespaces: {}, pods: peer, implementation },
      },
      `cluster here, gateway.implementation.${field}`,
    ]),
    ['an ingress controller without pods', 'here', { ingress: { className: 'traefik' } }, 'cluster here, ingress.pods'],
    [
      'a label that is none',
      'here',
      { pools: { a: { ...pool, labels: { 'a b': 'c' } } } },
      'cluster here, pools.a.labels.a b',
    ],
    [
      'a value of a label that is none',
      'here',
      { pools: { a: { ...pool, labels: { a: 'c d' } } } },
      'cluster here, pools.a.labels.a',
    ],
    ['one zone in place of a list', 'here', { pools: { a: { ...pool, zones: 'abc' } } }, 'cluster here, pools.a.zones'],
    ['a part of a domain that is too long', 'here', { domain: `${'x'.repeat(64)}.com` }, 'cluster here, domain'],
    ['a field that is not known', 'here', { storge: [] }, 'cluster here, storge'],
    ['a name that is a path', 'on/prem', {}, 'cluster on/prem'],
    ['a version that is a number', 'here', { kubernetes: 1.32 }, 'cluster here, kubernetes'],
    ['a version that is too old', 'here', { kubernetes: '1.27' }, 'cluster here, kubernetes'],
    ['a version with a patch', 'here', { kubernetes: '1.32.5' }, 'cluster here, kubernetes'],
    ['no cluster for Argo CD', 'here', { argoCluster: undefined }, 'cluster here, argoCluster'],
    ['a domain with a blank', 'here', { domain: 'my shop' }, 'cluster here, domain'],
    ['no pools', 'here', { pools: {} }, 'cluster here, pools'],
    ['a pool without nodes', 'here', { pools: { a: { ...pool, nodes: 0 } } }, 'cluster here, pools.a.nodes'],
    ['half a node', 'here', { pools: { a: { ...pool, nodes: 1.5 } } }, 'cluster here, pools.a.nodes'],
    ['no zone in a list of zones', 'here', { pools: { a: { ...pool, zones: [] } } }, 'cluster here, pools.a.zones'],
    [
      'CPU in words',
      'here',
      { pools: { a: { nodes: 1, allocatable: { cpu: '0.5 cores', memory: '1Gi' } } } },
      'cluster here, pools.a.allocatable.cpu',
    ],
    [
      'memory in decimal units',
      'here',
      { pools: { a: { nodes: 1, allocatable: { cpu: '1', memory: '64MB' } } } },
      'cluster here, pools.a.allocatable.memory',
    ],
    [
      'an effect that there is not',
      'here',
      { pools: { a: { ...pool, taints: [{ key: 'a', effect: 'NoSchedul' }] } } },
      'cluster here, pools.a.taints[0].effect',
    ],
    [
      'two default classes',
      'here',
      { storage: ['a', 'b'].map((name) => ({ ...storageClass, name, isDefault: true })) },
      'cluster here, storage',
    ],
    [
      'two classes of one name',
      'here',
      { storage: ['a', 'a'].map((name) => ({ ...storageClass, name })) },
      'cluster here, storage',
    ],
    ['a level that there is not', 'here', { podSecurity: 'strict' }, 'cluster here, podSecurity'],
  ])('%s', (_, name, facts, place) => {
    const error = refusal(() => aCluster(name, facts));
    expect(error.place).toBe(place);
    expect(error.fixes.length).toBeGreaterThan(0);
  });

  test.each(['QA Test', 'Dev', '', 'a/b', '-a', 'x'.repeat(41)])('an environment called %j', (name) => {
    expect(refusal(() => anEnvironment(name)).found).toContain('not a name of lower case letters');
  });
});
