import fc from 'fast-check';
import { Controller } from '../../../constructs/core/controller';
import { DefaultDeny, FlowPolicy } from '../../../constructs/core/network-policies';
import type { Workload } from '../../../constructs/core/workload';
import type { Peer } from '../../../model/cluster-facts';
import type { Objects } from '../../support/kubernetes';
import type { Endpoint } from '../../support/reach';
import { Reach } from '../../support/reach';
import { namespaceIn, rendered, workloadIn } from '../../support/render';

/** A small world: workloads with two ports each, dealt out to namespaces, and flows between them. */
interface World {
  /** The namespace of each workload, as a number. */
  readonly workloads: readonly number[];
  readonly flows: readonly {
    readonly from: number;
    readonly to: number;
    readonly port: PortName;
    readonly each: boolean;
  }[];
  /** Which workloads' first port the gateway may call. */
  readonly open: readonly number[];
}
const PORTS = { http: 8080, admin: 9000 } as const;
type PortName = keyof typeof PORTS;

const worlds: fc.Arbitrary<World> = fc.integer({ min: 1, max: 5 }).chain((count) => {
  const workload = fc.nat(count - 1);
  return fc.record({
    workloads: fc.array(fc.nat(2), { minLength: count, maxLength: count }),
    flows: fc.array(
      fc.record({ from: workload, to: workload, port: fc.constantFrom<PortName>('http', 'admin'), each: fc.boolean() }),
      { maxLength: 8 },
    ),
    open: fc.uniqueArray(workload, { maxLength: 2 }),
  });
});

const GATEWAY: Peer = { name: 'gateway', namespaceLabels: { team: 'platform' }, podLabels: { app: 'gateway' } };
const OTHERS = { 'kube-system': {}, gateways: { team: 'platform' }, elsewhere: {} };
const dns: Endpoint = { name: 'dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
const gateway: Endpoint = { name: 'gateway', namespace: 'gateways', labels: GATEWAY.podLabels };
const idle: Endpoint = { name: 'a neighbour of the gateway', namespace: 'gateways', labels: {} };
// Labelled as a workload of ours is, in a namespace that is not ours; and in ours, but nobody's.
const impostor: Endpoint = { name: 'impostor', namespace: 'elsewhere', labels: { 'app.kubernetes.io/name': 'w0' } };
const stray: Endpoint = { name: 'stray', namespace: 'n0', labels: {} };

function build({ workloads, flows, open }: World): Objects {
  return rendered((chart) => {
    const namespaces = [0, 1, 2].map((i) => namespaceIn(chart, { name: `n${i}` }));
    const made = workloads.map(
      (home, i): Workload =>
        workloadIn(chart, `w${i}`, {
          namespace: namespaces[home]!,
          controller: i % 2 ? Controller.statefulSet() : Controller.deployment(),
          container: { ports: PORTS },
        }),
    );
    for (const { from, to, port, each } of flows) {
      if (each) made[from]!.connectsToEach(made[to]!.port(port));
      else made[from]!.connectsTo(made[to]!.port(port));
    }
    for (const i of open) made[i]!.port('http').admits(GATEWAY);
    namespaces.forEach((namespace, i) => new DefaultDeny(chart, `deny ${i}`, { namespace }));
    for (const workload of made) new FlowPolicy(workload, 'policy', { workload });
  });
}

/** The rendered pods, found by what is rendered: two of each, because replicas talk to each other, too. */
function podsOf(objects: Objects): (Endpoint & { readonly workload: number })[] {
  return objects.pods.flatMap(({ owner, template }) =>
    ['a', 'b'].map((replica) => ({
      name: `${owner.metadata.name}-${replica}`,
      namespace: owner.metadata.namespace!,
      labels: template.metadata.labels,
      workload: Number(owner.metadata.name.slice(1)),
    })),
  );
}

// A StatefulSet whose every pod is connected to cannot be built yet: see workload.test.ts.
test('just the declared flows pass, and questions to the DNS, whatever the flows are', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const objects = build(world);
      const reach = new Reach(objects, OTHERS);
      const ours = podsOf(objects);
      const passes: string[] = [];
      const declared: string[] = [];
      const note = (list: string[], from: Endpoint, to: Endpoint, port: number, protocol = 'TCP') =>
        list.push(`${from.name} → ${to.name}:${port}/${protocol}`);
      for (const from of [...ours, stray, impostor, gateway, idle, dns]) {
        for (const to of ours.filter((pod) => pod !== from)) {
          for (const [name, port] of [...Object.entries(PORTS), ['none', 7777] as const]) {
            if (reach.allows(from, to, port)) note(passes, from, to, port);
            const flow =
              'workload' in from &&
              world.flows.some((each) => each.from === from.workload && each.to === to.workload && each.port === name);
            if (flow || (from === gateway && name === 'http' && world.open.includes(to.workload)))
              note(declared, from, to, port);
          }
        }
      }
      for (const from of [...ours, stray]) {
        for (const to of [dns, gateway, impostor, idle]) {
          for (const [port, protocol] of [
            [53, 'UDP'],
            [53, 'TCP'],
            [8080, 'TCP'],
            [443, 'TCP'],
          ] as const) {
            if (reach.allows(from, to, port, protocol)) note(passes, from, to, port, protocol);
            if (to === dns && port === 53) note(declared, from, to, port, protocol);
          }
        }
      }
      expect(passes).toEqual(declared);
    }),
    { numRuns: 40 },
  );
});

test('a world without flows has no policies but the two of its namespaces', () => {
  const { all } = rendered((chart) => {
    const namespace = namespaceIn(chart);
    new DefaultDeny(chart, 'deny', { namespace });
    const workload = workloadIn(chart, 'shop', { namespace });
    new FlowPolicy(workload, 'policy', { workload });
  });
  expect(
    all.filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  ).toEqual(['shop/default-deny', 'shop/allow-dns']);
});

// As above.
test('the order in which flows are declared does not matter', () => {
  const policies = (flows: World['flows']) => build({ workloads: [0, 0, 1], flows, open: [] }).of('NetworkPolicy');
  const flows: World['flows'] = [
    { from: 1, to: 0, port: 'http', each: false },
    { from: 2, to: 0, port: 'http', each: false },
    { from: 2, to: 0, port: 'admin', each: false },
    { from: 2, to: 1, port: 'http', each: true },
  ];
  expect(policies([...flows].reverse())).toEqual(policies(flows));
});

describe('pods on the network of their nodes', () => {
  const scraped = (host: boolean) =>
    rendered((chart) => {
      const namespace = namespaceIn(chart, { name: 'nodes', podSecurity: 'privileged' });
      const exporter = workloadIn(chart, 'exporter', {
        namespace,
        container: { ports: { metrics: 9100 } },
        pod: { securityException: { level: 'privileged', reason: 'it measures the node' }, host: { network: host } },
      });
      const scraper = workloadIn(chart, 'scraper', { container: { ports: { http: 9090 } } });
      scraper.connectsToEach(exporter.port('metrics'));
      exporter.connectsTo(scraper.port('http'));
      for (const workload of [exporter, scraper]) new FlowPolicy(workload, 'policy', { workload });
    });
  const any = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];

  test('have no policy: none applies to them', () => {
    expect(
      scraped(true)
        .of('NetworkPolicy')
        .map(({ metadata }) => metadata.name),
    ).toEqual(['scraper']);
    expect(
      scraped(false)
        .of('NetworkPolicy')
        .map(({ metadata }) => metadata.name),
    ).toEqual(['exporter', 'scraper']);
  });

  test('are reached, and reach others, by the addresses of their nodes', () => {
    const { ingress, egress } = scraped(true).get('NetworkPolicy', 'scraper').spec;
    expect(egress).toEqual([{ to: any, ports: [{ protocol: 'TCP', port: 9100 }] }]);
    expect(ingress).toEqual([{ from: any, ports: [{ protocol: 'TCP', port: 9090 }] }]);
  });
});
