import { classed, classedInPart, worstClass } from './risks';

const service = (spec: string, annotations = '', port = '{ port: 80 }') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, annotations: { ${annotations} } }, spec: { ${spec}, selector: { app: web }, ports: [${port}] } }`;
const balancer = (spec: string, annotations = '', port?: string) =>
  service(`type: LoadBalancer${spec && `, ${spec}`}`, annotations, port);

/** How often a change, and its revert, narrows and opens: `narrows 1, opens 0`. */
const counts = (before: string, after: string) =>
  [
    [before, after],
    [after, before],
  ].map(([was, is]) => [
    classed('service-narrowed', was!, is!).length,
    classed('service-exposed', was!, is!).filter((found) => found.startsWith('exposure')).length,
  ]);

describe('a load balancer', () => {
  test.each([
    [
      'with source ranges that come',
      balancer(''),
      balancer('loadBalancerSourceRanges: [10.0.0.0/8]'),
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'with a smaller range',
      balancer('loadBalancerSourceRanges: [10.0.0.0/8]'),
      balancer('loadBalancerSourceRanges: [10.0.0.0/9]'),
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'with other ranges',
      balancer('loadBalancerSourceRanges: [10.0.0.0/8]'),
      balancer('loadBalancerSourceRanges: [192.168.0.0/16]'),
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [
      'with its range in halves',
      balancer('loadBalancerSourceRanges: [10.0.0.0/8]'),
      balancer('loadBalancerSourceRanges: [10.0.0.0/9, 10.128.0.0/9]'),
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'with the ranges in an annotation',
      balancer(''),
      balancer('', 'service.beta.kubernetes.io/load-balancer-source-ranges: "10.0.0.0/8, 192.0.2.7/32"'),
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'with the same ranges in the field',
      balancer('loadBalancerSourceRanges: [10.0.0.0/8]'),
      balancer('', 'service.beta.kubernetes.io/load-balancer-source-ranges: 10.0.0.0/8'),
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'with the allowed ranges of Azure',
      balancer('', 'service.beta.kubernetes.io/azure-allowed-ip-ranges: 10.0.0.0/8'),
      balancer(''),
      [
        [0, 1],
        [1, 0],
      ],
    ],
    [
      'by nodes that have a pod',
      balancer(''),
      balancer('externalTrafficPolicy: Local'),
      [
        [1, 0],
        [1, 0],
      ],
    ],
    [
      'at a fixed address that goes',
      balancer('loadBalancerIP: 203.0.113.7'),
      balancer(''),
      [
        [1, 0],
        [0, 0],
      ],
    ],
    [
      'of another type in the cloud',
      balancer(''),
      balancer('', 'service.beta.kubernetes.io/aws-load-balancer-type: nlb'),
      [
        [1, 0],
        [1, 0],
      ],
    ],
    [
      'from another pool of addresses',
      balancer('', 'metallb.universe.tf/address-pool: a'),
      balancer('', 'metallb.universe.tf/address-pool: b'),
      [
        [1, 0],
        [1, 0],
      ],
    ],
    [
      'with a tag of its cloud',
      balancer(''),
      balancer('', 'service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags: a=b'),
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'that becomes a port of the nodes',
      balancer(''),
      service('type: NodePort'),
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'that is within the cluster then',
      balancer(''),
      service('type: ClusterIP'),
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'that goes',
      balancer(''),
      '',
      [
        [1, 0],
        [0, 1],
      ],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(counts(before, after)).toEqual(expected);
  });
  test('of another class is refused', () => {
    const found = (before: string, after: string) => classed('immutable-field', balancer(before), balancer(after));
    expect(found('loadBalancerClass: example.com/a', 'loadBalancerClass: example.com/b')).toEqual([
      'immutable Service/shop/web spec.loadBalancerClass',
    ]);
    expect(found('', 'loadBalancerClass: example.com/b')).toHaveLength(1);
  });
});

describe('an annotation by which a load balancer is internal', () => {
  test.each([
    ['service.beta.kubernetes.io/aws-load-balancer-scheme: internal'],
    ['service.beta.kubernetes.io/aws-load-balancer-internal: "true"'],
    ['service.beta.kubernetes.io/aws-load-balancer-internal: 0.0.0.0/0'],
    ['networking.gke.io/load-balancer-type: Internal'],
    ['cloud.google.com/load-balancer-type: internal'],
    ['service.beta.kubernetes.io/azure-load-balancer-internal: "true"'],
    ['service.beta.kubernetes.io/openstack-internal-load-balancer: "true"'],
    ['service.beta.kubernetes.io/oci-load-balancer-internal: "true"'],
    ['service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type: intranet'],
    ['service.beta.kubernetes.io/do-loadbalancer-network: INTERNAL'],
    ['load-balancer.hetzner.cloud/disable-public-network: "true"'],
  ])('%s', (annotation) => {
    expect(counts(balancer(''), balancer('', annotation))).toEqual([
      [1, 0],
      [0, 1],
    ]);
    // A Service of the cluster has no load balancer.
    expect(counts(service('type: ClusterIP'), service('type: ClusterIP', annotation))).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
  test.each([
    ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'internet-facing', 'internal'],
    ['service.beta.kubernetes.io/aws-load-balancer-internal', '"false"', '"true"'],
    ['networking.gke.io/load-balancer-type', 'External', 'Internal'],
    ['service.beta.kubernetes.io/azure-load-balancer-internal', '"false"', '"true"'],
  ])('%s, from one value to the other', (name, open, internal) => {
    const at = (value: string) => balancer('', `${name}: ${value}`);
    expect(counts(at(internal), at(open))).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
  test('one that asks for a public load balancer counts where some controllers make internal ones', () => {
    const open = balancer('', 'service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing');
    expect(counts(balancer(''), open)).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
  test('of an Ingress and a Gateway', () => {
    const ingress = (annotations: string) =>
      `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop, annotations: { ${annotations} } }, spec: { ingressClassName: alb, defaultBackend: { service: { name: web, port: { number: 80 } } } } }`;
    // The controller makes an internal one where nothing is said.
    expect(counts(ingress(''), ingress('alb.ingress.kubernetes.io/scheme: internet-facing'))).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(counts(ingress(''), ingress('alb.ingress.kubernetes.io/scheme: internal'))).toEqual([
      [0, 0],
      [0, 0],
    ]);
    const gateway = (annotations: string) =>
      `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: gw, namespace: shop }, spec: { gatewayClassName: g, infrastructure: { annotations: { ${annotations} } }, listeners: [] } }`;
    expect(counts(gateway('networking.gke.io/load-balancer-type: Internal'), gateway('a: b'))).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});

describe('service-narrowed', () => {
  const port = (number: number) => `{ port: 80, nodePort: ${number} }`;
  test.each([
    [
      'another port of the nodes',
      service('type: NodePort', '', port(30080)),
      service('type: NodePort', '', port(30081)),
      1,
      1,
    ],
    [
      'a port of the nodes that is not stated any more stays',
      service('type: NodePort', '', port(30080)),
      service('type: NodePort'),
      0,
      0,
    ],
    ['no port of the nodes', service('type: NodePort'), service('type: ClusterIP'), 1, 0],
    [
      'an external address that goes',
      service('externalIPs: [203.0.113.7, 203.0.113.8]'),
      service('externalIPs: [203.0.113.7]'),
      1,
      0,
    ],
    [
      'the nodes that have a pod, for what is in the cluster',
      service('internalTrafficPolicy: Cluster'),
      service('internalTrafficPolicy: Local'),
      1,
      0,
    ],
    [
      'the traffic policy of a Service that nobody reaches from outside',
      service('externalTrafficPolicy: Cluster'),
      service('externalTrafficPolicy: Local'),
      0,
      0,
    ],
    [
      'the traffic policy at an external address',
      service('externalIPs: [203.0.113.7]'),
      service('externalIPs: [203.0.113.7], externalTrafficPolicy: Local'),
      1,
      1,
    ],
    ['clients that stay at their pod', service('sessionAffinity: ClientIP'), service('sessionAffinity: None'), 1, 0],
    [
      'one family of addresses',
      service('ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4, IPv6]'),
      service('ipFamilyPolicy: SingleStack, ipFamilies: [IPv4]'),
      1,
      0,
    ],
    [
      'pods before they are ready',
      service('publishNotReadyAddresses: false'),
      service('publishNotReadyAddresses: true'),
      1,
      1,
    ],
    ['a mere name', service('type: ClusterIP'), service('type: ExternalName, externalName: a.example.com'), 1, 1],
    [
      'another name',
      service('type: ExternalName, externalName: a.example.com'),
      service('type: ExternalName, externalName: b.example.com'),
      1,
      1,
    ],
    [
      'a Service of an add-on',
      service('type: NodePort').replace('apiVersion: v1', 'apiVersion: serving.knative.dev/v1'),
      service('type: ClusterIP').replace('apiVersion: v1', 'apiVersion: serving.knative.dev/v1'),
      0,
      0,
    ],
  ])('%s', (_, before, after, there, back) => {
    expect(classed('service-narrowed', before, after)).toHaveLength(there);
    expect(classed('service-narrowed', after, before)).toHaveLength(back);
  });
});

describe('pods-unseen', () => {
  const id = 'pods-unseen';
  const web = (selector: string, ports = '{ port: 80 }') =>
    `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { ${selector} }, ports: [${ports}] } }`;
  const budget = (bound: string) =>
    `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: web } } } }`;
  const scaler =
    '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5 } }';
  const config = (data: string, kind = 'ConfigMap') =>
    `{ apiVersion: v1, kind: ${kind}, metadata: { name: web, namespace: shop }, data: { ${data} } }`;
  const of = (kind: string, api = 'v1', more = '') =>
    `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: web${more} } }`;
  test.each([
    ['a Service that goes', web('app: web'), '', ['disruption Service/shop/web']],
    ['a selector', web('app: web'), web('app: shop'), ['disruption Service/shop/web spec.selector.app']],
    [
      'a port that goes',
      web('app: web', '{ name: a, port: 80 }, { name: b, port: 81 }'),
      web('app: web', '{ name: a, port: 80 }'),
      ['disruption Service/shop/web spec.ports[81]'],
    ],
    [
      'a port that leads elsewhere',
      web('app: web'),
      web('app: web', '{ port: 80, targetPort: 8080 }'),
      ['disruption Service/shop/web spec.ports[80].targetPort'],
    ],
    ['a new Service', '', web('app: web'), []],
    ['a budget that goes', budget('minAvailable: 2'), '', ['disruption PodDisruptionBudget/shop/web']],
    [
      'a budget that lets more go',
      budget('minAvailable: 2'),
      budget('minAvailable: 1'),
      ['disruption PodDisruptionBudget/shop/web spec.minAvailable'],
    ],
    ['a budget that lets fewer go', budget('minAvailable: 1'), budget('minAvailable: 2'), []],
    [
      'a budget that lets none go',
      budget('maxUnavailable: 1'),
      budget('maxUnavailable: 0'),
      ['disruption PodDisruptionBudget/shop/web spec.maxUnavailable'],
    ],
    ['an autoscaler that goes', scaler, '', ['disruption HorizontalPodAutoscaler/shop/web']],
    ['a value', config('a: b'), config('a: c'), ['restart ConfigMap/shop/web data.a']],
    ['a key that goes', config('a: b, c: d'), config('c: d'), ['disruption ConfigMap/shop/web data.a']],
    ['a config that goes', config('a: b'), '', ['disruption ConfigMap/shop/web']],
    [
      'an account that goes',
      of('ServiceAccount', 'v1', ', namespace: shop'),
      '',
      ['disruption ServiceAccount/shop/web'],
    ],
    ['a class that goes', of('PriorityClass', 'scheduling.k8s.io/v1'), '', ['disruption PriorityClass/web']],
  ])('%s', (_, before, after, expected) => {
    expect(classedInPart(id, before, after)).toEqual(expected);
    // Of all that there is, everybody who could use it is known.
    expect(classed(id, before, after)).toEqual([]);
    if (expected.length > 0) expect(worstClass(before, after, { part: true })).not.toBe('in-place');
  });
  test('not where the pods are there, or where the manifests make the namespace', () => {
    const pods =
      '{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: "example.com/web:1" }] } } } }';
    const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
    for (const [before, after] of [
      [budget('minAvailable: 2'), budget('minAvailable: 1')],
      [scaler, ''],
      [config('a: b'), config('a: c')],
    ] as const)
      for (const beside of [pods, namespace])
        expect(classedInPart(id, `${before}\n---\n${beside}`, after ? `${after}\n---\n${beside}` : beside)).toEqual([]);
    // It selects no pod that is here: others of the namespace may have its labels.
    expect(classedInPart(id, `${web('app: db')}\n---\n${pods}`, pods)).toHaveLength(1);
  });
});
