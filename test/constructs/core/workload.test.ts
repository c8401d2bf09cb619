import { Controller } from '../../../constructs/core/controller';
import type { MetricsOptions } from '../../../constructs/core/metrics';
import type { AppNamespace } from '../../../constructs/core/namespace';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { WorkloadProps } from '../../../constructs/core/workload';
import { Workload } from '../../../constructs/core/workload';
import type { Component } from '../../../constructs/synthesis/component';
import { CONTAINER, namespaceIn, podOf, refusal, rendered, workloadIn } from '../../support/render';

/** A client and a server in one namespace, and what connects them. */
function shopAndTill(
  connect: (shop: Workload, till: Workload, chart: Component) => void,
  controller = Controller.deployment(),
) {
  return rendered((chart) => {
    const namespace = namespaceIn(chart);
    const till = workloadIn(chart, 'till', {
      namespace,
      controller,
      container: { ports: { http: 8080, admin: 9000 } },
    });
    connect(workloadIn(chart, 'shop', { namespace }), till, chart);
  });
}
const envOf = (objects: ReturnType<typeof rendered>) =>
  objects.get('Deployment', 'shop').spec.template.spec.containers[0]?.env;

test('a workload puts its controller and its pods into its namespace, under its name', () => {
  const objects = rendered((chart) => {
    const props: Required<WorkloadProps> = {
      namespace: namespaceIn(chart),
      controller: Controller.deployment(),
      pod: { container: CONTAINER },
      labels: { tier: 'backend', 'app.kubernetes.io/name': 'a wish' },
      first: undefined,
      service: 'till',
    };
    new Workload(chart, 'till', props);
  });
  const { metadata, spec } = objects.get('Deployment');
  expect(metadata).toMatchObject({ name: 'till', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'till' } });
  expect([metadata.labels?.['tier'], spec.template.metadata.labels['tier']]).toEqual(['backend', 'backend']);
  expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
  expect(objects.of('Service')).toEqual([]);
});

test('selectors hold only names, so that moving a construct breaks nothing that is live', () => {
  const objects = shopAndTill((shop, till) => {
    shop.connectsTo(till.port('http'));
    shop.connectsToEach(till.port('admin'));
  });
  expect(objects.get('Deployment', 'till').spec.selector).toEqual({
    matchLabels: { 'app.kubernetes.io/name': 'till' },
  });
  expect(objects.of('Service').map(({ spec }) => spec.selector)).toEqual([
    { 'app.kubernetes.io/name': 'till' },
    { 'app.kubernetes.io/name': 'till' },
  ]);
  expect(JSON.stringify(objects.all)).not.toContain('cdk8s.io/metadata.addr');
});

describe('a flow that is declared once', () => {
  const objects = shopAndTill((shop, till) => {
    shop.connectsTo(till.port('http'), { as: 'TILL' });
    new FlowPolicy(shop, 'policy', { workload: shop });
    new FlowPolicy(till, 'policy', { workload: till });
  });

  test("opens a port of the server's Service: HTTP at its usual one, and no port that nobody asked for", () => {
    expect(objects.get('Service').metadata).toMatchObject({ name: 'till', namespace: 'shop' });
    expect(objects.get('Service').spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
    });
  });

  test('tells the client where its server is', () => {
    expect(envOf(objects)).toEqual([
      { name: 'TILL_HOST', value: 'till.shop.svc.cluster.local' },
      { name: 'TILL_PORT', value: '80' },
    ]);
  });

  test('lets the client out to just this port', () => {
    const { podSelector, policyTypes, egress } = objects.get('NetworkPolicy', 'shop').spec;
    expect(podSelector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'shop' });
    expect(policyTypes).toEqual(['Egress']);
    // The port of the pod: policies see what the Service has translated.
    expect(egress?.map(({ ports }) => ports)).toEqual([[{ protocol: 'TCP', port: 8080 }]]);
  });

  test('lets the server take just this client', () => {
    const { policyTypes, ingress } = objects.get('NetworkPolicy', 'till').spec;
    expect(policyTypes).toEqual(['Ingress']);
    expect(ingress).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'shop' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
    ]);
  });
});

test('a flow without a name sets no variables', () => {
  expect(envOf(shopAndTill((shop, till) => shop.connectsTo(till.port('http'))))).toBeUndefined();
});

test('a flow that is declared twice is one flow', () => {
  const objects = shopAndTill((shop, till) => {
    shop.connectsTo(till.port('http'));
    shop.connectsTo(till.port('http'));
    new FlowPolicy(shop, 'policy', { workload: shop });
  });
  expect(objects.get('Service').spec.ports).toHaveLength(1);
  expect(objects.get('NetworkPolicy').spec.egress).toHaveLength(1);
});

test('flows to two ports share a Service', () => {
  const { ports } = shopAndTill((shop, till) => {
    shop.connectsTo(till.port('admin'));
    shop.connectsTo(till.port('http'));
  }).get('Service').spec;
  expect(ports?.map(({ name, port }) => [name, port])).toEqual([
    ['admin', 9000],
    ['http', 80],
  ]);
});

test('a flow to every single pod has a Service of its own that resolves to all of them, ready or not', () => {
  const objects = shopAndTill((shop, till) => {
    shop.connectsTo(till.port('http'));
    shop.connectsToEach(till.port('http'));
  });
  expect(objects.get('Service', 'till-pods').spec).toMatchObject({
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    ports: [{ name: 'http', port: 8080, targetPort: 'http' }],
  });
  expect(objects.get('Service', 'till').spec).not.toHaveProperty('publishNotReadyAddresses');
});

test('a StatefulSet is found through its headless Service, at the port of the container', () => {
  const objects = shopAndTill(
    (shop, till) => shop.connectsTo(till.port('http'), { as: 'TILL' }),
    Controller.statefulSet(),
  );
  expect(objects.get('Service').spec).toMatchObject({ clusterIP: 'None', ports: [{ port: 8080, targetPort: 'http' }] });
  expect(envOf(objects)).toContainEqual({ name: 'TILL_PORT', value: '8080' });
});

// The governing Service hides pods that are not ready, so a scraper would not see the pod that is in trouble.
// Both Services are called headless-service in the tree, and the second is an error.
test('a scraper sees the pods of a StatefulSet that are not ready, too', () => {
  const objects = shopAndTill((shop, till) => shop.connectsToEach(till.port('http')), Controller.statefulSet());
  expect(objects.get('Service', 'till-pods').spec).toMatchObject({
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    ports: [{ port: 8080 }],
  });
  expect(objects.get('StatefulSet').spec.serviceName).toBe('till');
  expect(objects.get('Service', 'till').spec).not.toHaveProperty('publishNotReadyAddresses');
});

describe('a Job', () => {
  const job = (image: string) => {
    const objects = rendered((chart) => {
      const shop = workloadIn(chart, 'shop', { controller: Controller.job(), container: { image } });
      shop.connectsTo(
        workloadIn(chart, 'till', {
          namespace: namespaceIn(chart, { name: 'till' }),
          container: { ports: { http: 8080 } },
        }).port('http'),
      );
      new FlowPolicy(shop, 'policy', { workload: shop });
    });
    return { ...objects.get('Job'), policy: objects.get('NetworkPolicy') };
  };

  test('is called after its template, which cannot change, and its pods are found by a label that stays', () => {
    const [one, two] = [job('shop:1'), job('shop:2')];
    expect(one.metadata.name).toMatch(/^shop-[0-9a-f]{10}$/);
    expect(two.metadata.name).not.toBe(one.metadata.name);
    for (const { spec, policy } of [one, two]) {
      expect(spec.template.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'shop' });
      expect(policy.spec.podSelector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'shop' });
    }
  });

  test('is called after the variables of its flows too: they are part of the template', () => {
    const called = (as: string) =>
      rendered((chart) =>
        workloadIn(chart, 'shop', { controller: Controller.job() }).connectsTo(
          workloadIn(chart, 'till', {
            namespace: namespaceIn(chart, { name: 'till' }),
            container: { ports: { http: 8080 } },
          }).port('http'),
          { as },
        ),
      ).get('Job');
    expect(called('TILL').spec.template.spec.containers[0]?.env?.[0]).toMatchObject({ name: 'TILL_HOST' });
    expect(called('TILL').metadata.name).not.toBe(called('DESK').metadata.name);
  });
});

test('pods that are not ours are admitted by the labels of their namespace and their own', () => {
  const objects = shopAndTill((_, till) => {
    till.port('http').admits({ name: 'gateway', namespaceLabels: { team: 'platform' }, podLabels: { app: 'gateway' } });
    new FlowPolicy(till, 'policy', { workload: till });
  });
  expect(objects.get('NetworkPolicy').spec.ingress?.[0]?.from).toEqual([
    { namespaceSelector: { matchLabels: { team: 'platform' } }, podSelector: { matchLabels: { app: 'gateway' } } },
  ]);
  expect(objects.get('Service').spec.ports).toHaveLength(1);
});

test('a port that the container does not have is an error that names the ones it has', () => {
  const error = refusal(() => shopAndTill((_, till) => void till.port('https')));
  expect(error.message).toContain('workload till: has no port named https');
  expect(error.fixes[0]).toContain('http, admin');
});

test('a port of a workload without any is an error as well', () => {
  expect(refusal(() => shopAndTill((shop) => void shop.port('http'))).fixes[0]).toContain('none');
});

test('flows lead across namespaces', () => {
  const objects = rendered((chart) => {
    const [here, there] = ['here', 'there'].map((name) => namespaceIn(chart, { name })) as [AppNamespace, AppNamespace];
    const shop = workloadIn(chart, 'shop', { namespace: here });
    shop.connectsTo(
      workloadIn(chart, 'till', { namespace: there, container: { ports: { http: 8080 } } }).port('http'),
      { as: 'TILL' },
    );
  });
  expect(envOf(objects)).toContainEqual({ name: 'TILL_HOST', value: 'till.there.svc.cluster.local' });
  expect(objects.get('Service').metadata.namespace).toBe('there');
});

describe('the number of pods', () => {
  const count = (workload: (chart: Component) => Workload) =>
    rendered((chart) => void workload(chart)).get('Deployment').spec.replicas;

  test("is the controller's", () => {
    expect(count((chart) => workloadIn(chart, 'shop', { controller: Controller.deployment({ replicas: 3 }) }))).toBe(3);
  });

  test('stays unset while an autoscaler owns it', () => {
    expect(
      count((chart) => {
        const shop = workloadIn(chart, 'shop', { controller: Controller.deployment({ replicas: 3 }) });
        shop.scaledBetween(2, 4);
        return shop;
      }),
    ).toBeUndefined();
  });
});

describe('spread over zones', () => {
  const spread = (strength: 'preferred' | 'required', controller?: Controller) =>
    podOf(
      rendered((chart) =>
        workloadIn(chart, 'shop', controller ? { controller } : {}).spreadOver('topology.kubernetes.io/zone', strength),
      ),
    ).spec.topologySpreadConstraints;

  test('a preferred spread leaves no pod pending', () => {
    expect(spread('preferred')).toEqual([
      {
        topologyKey: 'topology.kubernetes.io/zone',
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'shop' } },
        matchLabelKeys: ['pod-template-hash'],
        nodeAffinityPolicy: 'Honor',
        nodeTaintsPolicy: 'Honor',
      },
    ]);
  });

  test('a required spread lets a pod wait', () => {
    expect(spread('required')?.[0]?.whenUnsatisfiable).toBe('DoNotSchedule');
  });

  test('a StatefulSet tells its revisions apart by another label', () => {
    expect(spread('preferred', Controller.statefulSet())?.[0]?.matchLabelKeys).toEqual(['controller-revision-hash']);
  });
});

describe('metrics of its own', () => {
  const metricsOf = (options?: MetricsOptions) => {
    let till: Workload | undefined;
    rendered((chart) => {
      till = workloadIn(chart, 'till', { container: { ports: { http: 8080 } } });
      till.servesMetrics('http', options);
    });
    const { port, ...rest } = till!.metrics!;
    return { port: port.number, ...rest };
  };

  test('are served at /metrics, for a job of its name', () => {
    expect(metricsOf()).toEqual({ port: 8080, path: '/metrics', job: 'till', about: 'pod', exposes: [] });
  });

  test('are served where it says, for a job that it names', () => {
    expect(metricsOf({ path: '/stats', job: 'tills', about: 'others' })).toEqual({
      port: 8080,
      path: '/stats',
      job: 'tills',
      about: 'others',
      exposes: [],
    });
  });

  test('are named on its controller, where verify looks for them', () => {
    const objects = rendered((chart) => {
      workloadIn(chart, 'till', { container: { ports: { http: 8080 } } }).servesMetrics('http', {
        exposes: ['sold_total', 'till_*'],
      });
    });
    const { metadata, spec } = objects.get('Deployment', 'till');
    expect(metadata.annotations).toMatchObject({ 'strata/metrics': 'sold_total, till_*' });
    // Not on the pods, which would be replaced by a name more.
    expect(JSON.stringify(spec)).not.toContain('strata/metrics');
  });

  test('say how many series there are beside their names, or nothing', () => {
    const annotationsOf = (options: { readonly series?: number }) =>
      rendered((chart) => {
        workloadIn(chart, 'till', { container: { ports: { http: 8080 } } }).servesMetrics('http', options);
      }).get('Deployment', 'till').metadata.annotations;
    expect(annotationsOf({ series: 120 })).toMatchObject({ 'strata/series': '120' });
    expect(annotationsOf({})?.['strata/series']).toBeUndefined();
    for (const series of [-1, 1.5, Number.NaN])
      expect(refusal(() => annotationsOf({ series })).place).toContain('workload till, series');
  });

  test.each(['', 'two words', 'a"b', 'j'.repeat(254)])('are of no job called %j', (job) => {
    expect(refusal(() => metricsOf({ job })).found).toContain(`${JSON.stringify(job)}, which is not a name of letters`);
  });
});

describe('the variables of a flow', () => {
  const twoPeers = (first: string, second: string, env: Readonly<Record<string, string>> = {}) =>
    rendered((chart) => {
      const namespace = namespaceIn(chart);
      const peer = (name: string) => workloadIn(chart, name, { namespace, container: { ports: { http: 8080 } } });
      const shop = workloadIn(chart, 'shop', { namespace, container: { env } });
      shop.connectsTo(peer('till').port('http'), { as: first });
      shop.connectsTo(peer('desk').port('http'), { as: second });
    });

  test('of two peers have prefixes of their own, or the second is refused', () => {
    expect(() => twoPeers('TILL', 'DESK')).not.toThrow();
    expect(refusal(() => twoPeers('TILL', 'TILL')).found).toBe('its variables would overwrite those of till');
  });

  test('never overwrite what the container sets itself', () => {
    expect(refusal(() => twoPeers('TILL', 'DESK', { DESK_PORT: '1' })).found).toContain('sets DESK_PORT itself');
  });

  test.each(['till', 'MY-TILL', '1TILL', ''])('have a prefix that is one: %j is not', (as) => {
    expect(refusal(() => twoPeers(as, 'DESK')).found).toContain('not a prefix of variables');
  });
});
