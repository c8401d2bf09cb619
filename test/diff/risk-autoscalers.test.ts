import { allOf, classed, messagesOf, workloadOf } from './risks';

const cpu = (amount: string) => `resources: { requests: { cpu: ${amount} } }`;
const metric = (name: string) =>
  `{ type: Resource, resource: { name: ${name}, target: { type: Utilization, averageUtilization: 70 } } }`;
const hpa = (metrics = metric('cpu'), bounds = 'minReplicas: 2, maxReplicas: 9') =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds}, metrics: [${metrics}] } }`;
const defaults =
  '{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, defaultRequest: { cpu: 100m } }] } }';

describe('autoscaler-blind', () => {
  const id = 'autoscaler-blind';
  const web = (container: string, more = '') => workloadOf({ spec: 'replicas: 3', container, more });
  test('a request that goes, of any container', () => {
    expect(messagesOf(id, allOf(web(cpu('1')), hpa()), allOf(web(''), hpa()))).toEqual([
      'HorizontalPodAutoscaler/shop/web gets no cpu utilization: container web has no cpu request; it scales no more, and there stay as many pods as there are, or 3 when the manifest is applied',
    ]);
    const side = "{ name: side, image: 'example.com/side:1.0.0' }";
    expect(classed(id, allOf(web(cpu('1')), hpa()), allOf(web(cpu('1'), side), hpa()))).toEqual([
      'disruption Deployment/shop/web spec.template.spec.containers[side]',
    ]);
    expect(classed(id, allOf(web(''), hpa()), allOf(web(cpu('1')), hpa()))).toEqual([]);
    // A limit stands for the request.
    expect(classed(id, allOf(web(cpu('1')), hpa()), allOf(web('resources: { limits: { cpu: 1 } }'), hpa()))).toEqual(
      [],
    );
    expect(classed(id, allOf(web(cpu('1')), hpa(metric('memory'))), allOf(web(''), hpa(metric('memory'))))).toEqual([]);
  });
  test('the default of a LimitRange that goes, or that stands in', () => {
    expect(classed(id, allOf(web(''), hpa(), defaults), allOf(web(''), hpa()))).toEqual([
      'disruption LimitRange/shop/l',
    ]);
    expect(classed(id, allOf(web(cpu('1')), hpa(), defaults), allOf(web(''), hpa(), defaults))).toEqual([]);
  });
  test('with another metric it adds pods still', () => {
    const both = hpa([metric('cpu'), metric('memory')].join(', '));
    const all = 'resources: { requests: { cpu: 1, memory: 1Gi } }';
    const some = 'resources: { requests: { memory: 1Gi } }';
    expect(messagesOf(id, allOf(web(all), both), allOf(web(some), both))[0]).toMatch(
      /by its other metrics it adds pods, and takes none away$/,
    );
  });
  test('a metric that nothing is requested of, and an autoscaler that sees nothing from the start', () => {
    const disk = hpa(metric('ephemeral-storage'));
    expect(classed(id, allOf(web(cpu('1')), hpa()), allOf(web(cpu('1')), disk))).toEqual([
      'disruption HorizontalPodAutoscaler/shop/web spec.metrics',
    ]);
    expect(
      classed(id, allOf(web(cpu('1')), hpa()), allOf(web(cpu('1')), hpa(`${metric('cpu')}, ${metric('memory')}`))),
    ).toEqual(['capacity HorizontalPodAutoscaler/shop/web spec.metrics']);
    expect(classed(id, web(''), allOf(web(''), hpa()))).toEqual(['capacity HorizontalPodAutoscaler/shop/web']);
    expect(classed(id, web(cpu('1')), allOf(web(cpu('1')), hpa()))).toEqual([]);
    expect(classed(id, allOf(web(''), hpa()), allOf(web('args: [a]'), hpa()))).toEqual([]);
  });
});

describe('an autoscaler and replicas', () => {
  const web = (replicas: string) => workloadOf({ spec: replicas, container: cpu('1') });
  const [ZERO, THREE] = [allOf(web('replicas: 0'), hpa()), allOf(web('replicas: 3'), hpa())];
  test('0 switches it off, and any other number on', () => {
    expect(classed('replicas-changed', THREE, ZERO)).toEqual(['disruption Deployment/shop/web spec.replicas']);
    expect(messagesOf('replicas-changed', THREE, ZERO)[0]).toMatch(
      /starts none again: it is switched off while replicas is 0$/,
    );
    expect(messagesOf('replicas-changed', ZERO, THREE)).toEqual([
      'HorizontalPodAutoscaler/shop/web is switched on again: it begins with 3 pods, and sets its own number then',
    ]);
    expect(messagesOf('replicas-changed', ZERO, allOf(web(''), hpa()))[0]).toMatch(/it begins with 1 pod,/);
    // One that goes down to nothing itself comes back by itself.
    const none = hpa(metric('cpu'), 'minReplicas: 0, maxReplicas: 9');
    expect(messagesOf('replicas-changed', allOf(web('replicas: 3'), none), allOf(web('replicas: 0'), none))[0]).toMatch(
      /^each time it is applied/,
    );
  });
  test('fewer pods are no question of room', () => {
    const [three, two] = [web('replicas: 3'), web('replicas: 2')];
    expect(messagesOf('replicas-changed', three, two)).toEqual(['1 fewer pod']);
  });
  test('one that goes leaves what the manifest says, or what there is', () => {
    expect(messagesOf('autoscaler-removed', THREE, web('replicas: 3'))[0]).toMatch(
      /; its manifest sets 3 pods when it is applied$/,
    );
    expect(messagesOf('autoscaler-removed', allOf(web(''), hpa()), web(''))[0]).toMatch(
      /; it keeps as many as it has then/,
    );
    expect(messagesOf('autoscaling-bounds', THREE, web('replicas: 3'))[0]).toMatch(/has 3 pods from its next apply on/);
  });
  test('one that comes beside a number', () => {
    expect(messagesOf('autoscaling-bounds', web('replicas: 3'), THREE)[0]).toMatch(/each apply sets 3 pods again$/);
    expect(messagesOf('autoscaling-bounds', web('replicas: 0'), ZERO)[0]).toMatch(
      /does nothing as long as Deployment\/shop\/web has replicas 0$/,
    );
    expect(messagesOf('autoscaling-bounds', web(''), allOf(web(''), hpa()))[0]).toMatch(/how large they are$/);
  });
  test('a target that goes under KEDA’s', () => {
    const keda =
      '{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: w, namespace: shop }, spec: { scaleTargetRef: { name: web }, triggers: [] } }';
    expect(messagesOf('reference-breaks', allOf(web(''), keda), keda)[0]).toMatch(
      /ScaledObject\/shop\/w still refers to it: it scales nothing$/,
    );
    expect(classed('reference-breaks', allOf(web(''), keda), web(''))).toEqual([]);
  });
});
