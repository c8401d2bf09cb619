import fc from 'fast-check';
import { Resource } from '../../../manifests/resource';
import { readBlock } from '../../../simulate/network/addresses';
import { readPolicy } from '../../../simulate/network/policy';
import type {
  Connection,
  Endpoint,
  HostEndpoint,
  OutsideEndpoint,
  PodEndpoint,
  Verdict,
} from '../../../simulate/network/reach';
import { reach } from '../../../simulate/network/reach';

type Spec = Record<string, unknown>;

const policy = (spec: Spec, namespace = 'shop', name = 'p') =>
  readPolicy(
    new Resource(
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec },
      { file: '-', text: '' },
      0,
    ),
    namespace,
  );

function pod(
  labels: Record<string, string>,
  {
    namespace = 'shop',
    namespaceLabels = {},
    ports = [],
    ip,
  }: { namespace?: string; namespaceLabels?: Record<string, string>; ports?: PodEndpoint['ports']; ip?: string } = {},
): PodEndpoint {
  return {
    is: 'pod',
    namespace,
    namespaceLabels: { labels: { 'kubernetes.io/metadata.name': namespace, ...namespaceLabels }, complete: true },
    labels: { labels, complete: true },
    ports,
    ...(ip === undefined ? {} : { addresses: [readBlock(ip)!] }),
  };
}
const outside = (ip: string): OutsideEndpoint => ({ is: 'outside', addresses: [readBlock(ip)!] });
const host = (sameNode: HostEndpoint['sameNode']): HostEndpoint => ({
  is: 'host',
  sameNode,
  addresses: [readBlock('192.168.0.5')!],
});

const web = pod({ app: 'web' });
const redis = pod({ app: 'redis' }, { ports: [{ name: 'redis', number: 6379, protocol: 'TCP' }] });

function verdict(specs: readonly Spec[], from: Endpoint, to: Endpoint, port = 6379, protocol = 'TCP'): Verdict {
  return reach(
    specs.map((spec, i) => policy(spec, 'shop', `p${i}`)),
    { from, to, port, protocol },
  ).verdict;
}

describe('without policies for a pod', () => {
  test('everything passes', () => expect(verdict([], web, redis)).toBe('allowed'));
  test('a policy for other pods or of another namespace changes nothing', () => {
    expect(verdict([{ podSelector: { matchLabels: { app: 'other' } } }], web, redis)).toBe('allowed');
    expect(reach([policy({ podSelector: {} }, 'elsewhere')], { from: web, to: redis, port: 6379 }).verdict).toBe(
      'allowed',
    );
  });
});

describe('policyTypes', () => {
  test('missing, they mean Ingress', () => {
    expect(verdict([{ podSelector: { matchLabels: { app: 'redis' } } }], web, redis)).toBe('denied');
    expect(verdict([{ podSelector: { matchLabels: { app: 'web' } } }], web, redis)).toBe('allowed');
  });
  test('missing, they mean Egress too if there is an egress rule', () => {
    const egress = [{ to: [{ podSelector: { matchLabels: { app: 'other' } } }] }];
    expect(verdict([{ podSelector: { matchLabels: { app: 'web' } }, egress }], web, redis)).toBe('denied');
  });
  test('missing, an empty egress list does not mean Egress', () =>
    expect(verdict([{ podSelector: { matchLabels: { app: 'web' } }, egress: [] }], web, redis)).toBe('allowed'));
  test('rules of a direction that is left out are ignored', () => {
    expect(verdict([{ podSelector: {}, policyTypes: ['Egress'], ingress: [], egress: [{}] }], web, redis)).toBe(
      'allowed',
    );
    expect(
      verdict(
        [
          {
            podSelector: {},
            policyTypes: ['Ingress'],
            ingress: [{}],
            egress: [{ to: [{ podSelector: { matchLabels: { app: 'x' } } }] }],
          },
        ],
        web,
        redis,
      ),
    ).toBe('allowed');
  });
  test('a podSelector that is missing selects every pod of the namespace', () =>
    expect(verdict([{ policyTypes: ['Ingress'] }], web, redis)).toBe('denied'));
});

describe('peers', () => {
  const from = (peer: unknown) => [{ podSelector: { matchLabels: { app: 'redis' } }, ingress: [{ from: [peer] }] }];
  const stranger = pod({ app: 'web' }, { namespace: 'blog', namespaceLabels: { team: 'blue' } });
  test('a podSelector alone means the namespace of the policy', () => {
    expect(verdict(from({ podSelector: {} }), web, redis)).toBe('allowed');
    expect(verdict(from({ podSelector: {} }), stranger, redis)).toBe('denied');
  });
  test('a namespaceSelector alone means all pods of these namespaces, an empty one of all', () => {
    expect(verdict(from({ namespaceSelector: { matchLabels: { team: 'blue' } } }), stranger, redis)).toBe('allowed');
    expect(verdict(from({ namespaceSelector: { matchLabels: { team: 'blue' } } }), web, redis)).toBe('denied');
    expect(verdict(from({ namespaceSelector: {} }), stranger, redis)).toBe('allowed');
    expect(verdict(from({ namespaceSelector: {} }), outside('203.0.113.9'), redis)).toBe('denied');
  });
  test('both in one peer must hold, in two peers either', () => {
    const [both] = from({
      namespaceSelector: { matchLabels: { team: 'blue' } },
      podSelector: { matchLabels: { app: 'api' } },
    });
    expect(verdict([both!], stranger, redis)).toBe('denied');
    expect(
      verdict(
        [
          {
            ...both,
            ingress: [
              {
                from: [
                  { namespaceSelector: { matchLabels: { team: 'blue' } } },
                  { podSelector: { matchLabels: { app: 'api' } } },
                ],
              },
            ],
          },
        ],
        stranger,
        redis,
      ),
    ).toBe('allowed');
  });
  test('an ipBlock means its addresses but for the exceptions, of pods too', () => {
    const block = from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } });
    expect(verdict(block, outside('10.2.0.1'), redis)).toBe('allowed');
    expect(verdict(block, outside('10.1.255.255'), redis)).toBe('denied');
    expect(verdict(block, pod({}, { ip: '10.2.3.4' }), redis)).toBe('allowed');
    expect(
      verdict(from({ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }), outside('2001:db8::1'), redis),
    ).toBe('allowed');
    expect(
      verdict(
        from({ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }),
        outside('2001:db8:1::1'),
        redis,
      ),
    ).toBe('denied');
    expect(verdict(from({ ipBlock: { cidr: '0.0.0.0/0' } }), outside('2001:db8::1'), redis)).toBe('denied');
  });
  test('an empty or missing list is everybody', () => {
    for (const rule of [{}, { from: [] }])
      expect(verdict([{ podSelector: {}, ingress: [rule] }], outside('203.0.113.9'), redis)).toBe('allowed');
  });
});

describe('ports', () => {
  const ports = (...list: unknown[]) => [
    { podSelector: { matchLabels: { app: 'redis' } }, ingress: [{ ports: list }] },
  ];
  test('the protocol is TCP where it is not said', () => {
    expect(verdict(ports({ port: 6379 }), web, redis)).toBe('allowed');
    expect(verdict(ports({ port: 6379 }), web, redis, 6379, 'UDP')).toBe('denied');
    expect(verdict(ports({ protocol: 'UDP' }), web, redis, 53, 'UDP')).toBe('allowed');
  });
  test('endPort makes it a range, both ends included', () => {
    const range = ports({ port: 6000, endPort: 6100 });
    expect([5999, 6000, 6100, 6101].map((port) => verdict(range, web, redis, port))).toEqual([
      'denied',
      'allowed',
      'allowed',
      'denied',
    ]);
  });
  test('a name is looked up at the pod that is connected to, in both directions', () => {
    expect(verdict(ports({ port: 'redis' }), web, redis)).toBe('allowed');
    expect(verdict(ports({ port: 'redis' }), web, redis, 6380)).toBe('denied');
    const egress = [
      {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Egress'],
        egress: [{ ports: [{ port: 'redis' }] }],
      },
    ];
    expect(verdict(egress, web, redis)).toBe('allowed');
    expect(verdict(egress, web, pod({ app: 'x' }))).toBe('denied');
    expect(verdict(egress, web, outside('203.0.113.9'))).toBe('denied');
  });
});

test('addresses of which nothing is known are asked part by part, in both directions', () => {
  const anywhere: OutsideEndpoint = { is: 'outside' };
  const halves = (...cidrs: string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  const incoming = (...cidrs: string[]) =>
    verdict([{ podSelector: {}, ingress: [{ from: halves(...cidrs) }] }], anywhere, redis);
  const outgoing = (...cidrs: string[]) =>
    verdict([{ podSelector: {}, policyTypes: ['Egress'], egress: [{ to: halves(...cidrs) }] }], web, anywhere);
  for (const asked of [incoming, outgoing]) {
    expect(asked('0.0.0.0/1', '128.0.0.0/1')).toBe('allowed');
    expect(asked('0.0.0.0/1', '128.0.0.0/2')).toBe('unknown');
  }
});

describe('hosts and the pod itself', () => {
  const deny = [{ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }];
  test("a pod's own node always gets through, another one does not", () => {
    expect(verdict(deny, host('yes'), redis)).toBe('allowed');
    expect(verdict(deny, redis, host('yes'))).toBe('allowed');
    expect(verdict(deny, host('no'), redis)).toBe('denied');
    expect(verdict(deny, host('unknown'), redis)).toBe('unknown');
  });
  test('a pod of the host network is found by its address, not by its labels', () => {
    expect(verdict([{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] }], host('no'), redis)).toBe(
      'denied',
    );
    expect(
      verdict([{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '192.168.0.0/24' } }] }] }], host('no'), redis),
    ).toBe('allowed');
  });
  test('a pod always reaches itself, and not another replica', () => {
    expect(verdict(deny, redis, redis)).toBe('allowed');
    expect(verdict(deny, redis, { ...redis })).toBe('denied');
  });
});

test('it says which policies decide', () => {
  const policies = [
    policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, 'shop', 'deny'),
    policy(
      {
        podSelector: { matchLabels: { app: 'redis' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
      },
      'shop',
      'redis',
    ),
  ];
  const { egress, ingress } = reach(policies, { from: web, to: redis, port: 6379 });
  expect([egress.verdict, egress.by.map(({ name }) => name)]).toEqual(['denied', ['deny']]);
  expect([ingress.verdict, ingress.by.map(({ name }) => name)]).toEqual(['allowed', ['redis']]);
});

describe('what is not known', () => {
  const select = (labels: Record<string, string>) => [
    { podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: labels } }] }] },
  ];
  const unknownLabels: PodEndpoint = {
    ...pod({ app: 'web' }, { namespace: 'blog' }),
    namespaceLabels: { labels: { 'kubernetes.io/metadata.name': 'blog' }, complete: false },
  };
  test("a namespace's own label is known, others are not", () => {
    expect(verdict(select({ 'kubernetes.io/metadata.name': 'blog' }), unknownLabels, redis)).toBe('allowed');
    expect(verdict(select({ 'kubernetes.io/metadata.name': 'shop' }), unknownLabels, redis)).toBe('denied');
    expect(verdict(select({ team: 'blue' }), unknownLabels, redis)).toBe('unknown');
    expect(verdict(select({ team: 'blue', 'kubernetes.io/metadata.name': 'shop' }), unknownLabels, redis)).toBe(
      'denied',
    );
  });
  test('a pod of which the address is not known may or may not be in a part of all addresses', () => {
    const block = (cidr: string) => [
      { podSelector: { matchLabels: { app: 'redis' } }, ingress: [{ from: [{ ipBlock: { cidr } }] }] },
    ];
    expect(verdict(block('0.0.0.0/0'), web, redis)).toBe('allowed');
    expect(verdict(block('10.0.0.0/8'), web, redis)).toBe('unknown');
  });
});

// ---------------------------------------------------------------- against another evaluator

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}
interface WrittenRule {
  readonly from?: readonly WrittenPeer[];
  readonly to?: readonly WrittenPeer[];
  readonly ports?: readonly {
    readonly protocol?: string;
    readonly port?: number | string;
    readonly endPort?: number;
  }[];
}
interface WrittenPeer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
}
interface Written {
  readonly podSelector?: Selector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly WrittenRule[];
  readonly egress?: readonly WrittenRule[];
}

/** The words of the API, spelled out over a set of facts that are all known. No code is shared with reach. */
function naive(
  specs: readonly { namespace: string; spec: Spec }[],
  { from, to, port, protocol = 'TCP' }: Connection,
): boolean {
  const number = (ip: string) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const inCidr = (ip: string, cidr: string) =>
    Math.floor(number(ip) / 2 ** (32 - Number(cidr.split('/')[1]))) ===
    Math.floor(number(cidr.split('/')[0]!) / 2 ** (32 - Number(cidr.split('/')[1])));
  const ipOf = (endpoint: Endpoint) =>
    [24n, 16n, 8n, 0n].map((shift) => (endpoint.addresses![0]!.first >> shift) & 255n).join('.');
  const matches = (selector: Selector, labels: Readonly<Record<string, string>>) => {
    for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
    for (const { key, operator, values } of selector.matchExpressions ?? []) {
      const has = key in labels;
      if (
        operator === 'Exists'
          ? !has
          : operator === 'DoesNotExist'
            ? has
            : operator === 'In'
              ? !has || !values!.includes(labels[key]!)
              : has && values!.includes(labels[key]!)
      )
        return false;
    }
    return true;
  };
  const side = (own: Endpoint, other: Endpoint, direction: 'Ingress' | 'Egress') => {
    if (own.is !== 'pod' || own === other || (other.is === 'host' && other.sameNode === 'yes')) return true;
    let isolated = false;
    for (const { namespace, spec } of specs as readonly { namespace: string; spec: Written }[]) {
      const types = spec.policyTypes?.length
        ? spec.policyTypes
        : ['Ingress', ...(spec.egress?.length ? ['Egress'] : [])];
      if (
        namespace !== own.namespace ||
        !types.includes(direction) ||
        !matches(spec.podSelector ?? {}, own.labels.labels)
      )
        continue;
      isolated = true;
      for (const rule of (direction === 'Ingress' ? spec.ingress : spec.egress) ?? []) {
        const peers = (direction === 'Ingress' ? rule.from : rule.to) ?? [];
        const peerOk =
          peers.length === 0 ||
          peers.some((peer) => {
            if (peer.ipBlock)
              return (
                inCidr(ipOf(other), peer.ipBlock.cidr) &&
                !(peer.ipBlock.except ?? []).some((except) => inCidr(ipOf(other), except))
              );
            if (other.is !== 'pod') return false;
            if (
              peer.namespaceSelector
                ? !matches(peer.namespaceSelector, other.namespaceLabels.labels)
                : other.namespace !== namespace
            )
              return false;
            return !peer.podSelector || matches(peer.podSelector, other.labels.labels);
          });
        const portOk =
          !rule.ports?.length ||
          rule.ports.some((entry) => {
            if ((entry.protocol ?? 'TCP') !== protocol) return false;
            if (entry.port === undefined) return true;
            if (typeof entry.port === 'string')
              return (
                to.is === 'pod' &&
                to.ports
                  .filter((candidate) => candidate.name === entry.port && candidate.protocol === protocol)
                  .map((candidate) => candidate.number)
                  .includes(port)
              );
            return port >= entry.port && port <= Math.max(entry.port, entry.endPort ?? 0);
          });
        if (peerOk && portOk) return true;
      }
    }
    return !isolated;
  };
  return side(from, to, 'Egress') && side(to, from, 'Ingress');
}

const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), { maxKeys: 2 });
const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom('a', 'b'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(fc.constantFrom('1', '2'), { minLength: 1 }),
  }),
  fc.record({ key: fc.constantFrom('a', 'b'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: labels }),
  fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 2 }) }, { requiredKeys: [] }),
);
const address = fc
  .tuple(fc.constantFrom(10, 11), fc.constantFrom(0, 1), fc.constantFrom(0, 128), fc.integer({ min: 0, max: 3 }))
  .map((parts) => parts.join('.'));
const cidr = (least: number) =>
  fc
    .tuple(
      address,
      fc.constantFrom(0, 7, 8, 16, 17, 24, 31, 32).map((bits) => Math.max(least, bits)),
    )
    .map(([ip, bits]) => `${ip}/${bits}`);
const peer = fc.oneof(
  fc.record({
    ipBlock: fc.record({ cidr: cidr(0), except: fc.array(cidr(8), { maxLength: 2 }) }, { requiredKeys: ['cidr'] }),
  }),
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
);
const portEntry = fc
  .record(
    {
      protocol: fc.constantFrom('TCP', 'UDP'),
      port: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom('x', 'y')),
      endPort: fc.integer({ min: 3, max: 5 }),
    },
    { requiredKeys: [] },
  )
  .map(({ endPort, ...entry }) =>
    typeof entry.port === 'number' && endPort !== undefined && endPort >= entry.port ? { ...entry, endPort } : entry,
  );
const rules = (field: 'from' | 'to') =>
  fc.array(
    fc.record(
      { [field]: fc.array(peer, { maxLength: 2 }), ports: fc.array(portEntry, { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
    { maxLength: 2 },
  );
const anyPolicy = fc.record({
  namespace: fc.constantFrom('one', 'two'),
  spec: fc.record(
    {
      podSelector: selector,
      ingress: rules('from'),
      egress: rules('to'),
      policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress'], []),
    },
    { requiredKeys: ['podSelector'] },
  ),
});
const anyPod = fc
  .record({
    namespace: fc.constantFrom('one', 'two'),
    labels,
    ip: address,
    ports: fc.array(
      fc.record({
        name: fc.constantFrom('x', 'y', undefined),
        number: fc.integer({ min: 1, max: 4 }),
        protocol: fc.constantFrom('TCP', 'UDP'),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ namespace, labels, ip, ports }) =>
    pod(labels, { namespace, namespaceLabels: namespace === 'one' ? { a: '1' } : { b: '2' }, ports, ip }),
  );
const anyEndpoint: fc.Arbitrary<Endpoint> = fc.oneof(
  { weight: 4, arbitrary: anyPod },
  { weight: 1, arbitrary: address.map(outside) },
  { weight: 1, arbitrary: fc.constantFrom(host('yes'), host('no')) },
);
const connection = fc.record({
  from: anyEndpoint,
  to: anyEndpoint,
  port: fc.integer({ min: 1, max: 5 }),
  protocol: fc.constantFrom('TCP', 'UDP'),
});

test('it agrees with an evaluator that shares no code with it', () => {
  fc.assert(
    fc.property(fc.array(anyPolicy, { maxLength: 4 }), connection, (policies, tried) => {
      const read = policies.map(({ namespace, spec }, i) => policy(spec, namespace, `p${i}`));
      expect(reach(read, tried).verdict).toBe(naive(policies, tried) ? 'allowed' : 'denied');
    }),
    { numRuns: 800 },
  );
});

test('what it says of something half known holds whatever the rest is', () => {
  const less = (endpoint: Endpoint, mask: number): Endpoint => {
    if (endpoint.is === 'host') return mask & 1 ? { ...endpoint, sameNode: 'unknown' } : endpoint;
    const { addresses, ...rest } = endpoint;
    const blurred = mask & 2 ? rest : endpoint;
    if (blurred.is !== 'pod') return blurred;
    const some = (known: PodEndpoint['labels']) => ({
      labels: Object.fromEntries(Object.entries(known.labels).filter((_, i) => mask & (8 << i))),
      complete: false,
    });
    return {
      ...blurred,
      ...(mask & 1 ? { namespaceLabels: some(blurred.namespaceLabels) } : {}),
      ...(mask & 4 ? { labels: some(blurred.labels), ports: [] } : {}),
      ...(mask & 64
        ? {
            namespace: undefined,
            namespaceLabels: { labels: {}, complete: false },
            isNotIn: (name: string) => name !== blurred.namespace,
          }
        : {}),
    };
  };
  fc.assert(
    fc.property(
      fc.array(anyPolicy, { maxLength: 3 }),
      connection,
      fc.nat(127),
      fc.nat(127),
      (policies, tried, a, b) => {
        const read = policies.map(({ namespace, spec }, i) => policy(spec, namespace, `p${i}`));
        const said = reach(read, { ...tried, from: less(tried.from, a), to: less(tried.to, b) }).verdict;
        if (said !== 'unknown')
          expect(said).toBe(reach(read, { ...tried, from: { ...tried.from }, to: { ...tried.to } }).verdict);
      },
    ),
    { numRuns: 800 },
  );
});
