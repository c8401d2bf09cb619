import { all, findings, messages, namespace, verdicts } from '../judging';

const id = 'rollout-references-exist';
const rollout = (strategy: string, more = '') =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: web, namespace: shop }, spec: { ${more} strategy: { ${strategy} }, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:1.0.0' }] } } } }`;
const object = (kind: string, name: string, version = 'v1', place = ', namespace: shop') =>
  `{ apiVersion: ${version}, kind: ${kind}, metadata: { name: ${name}${place} } }`;
const analysis = (name: string) => object('AnalysisTemplate', name, 'argoproj.io/v1alpha1');
const judged = (strategy: string, ...others: readonly string[]) =>
  findings(id, all(namespace, rollout(strategy), ...others));
const broken = (path: string, name: string) => [`fail Rollout/shop/web spec.strategy.${path} = "${name}"`];

describe('a Rollout names what exists', () => {
  test.each([
    ['canary: { stableService: web, canaryService: next }', 'canary.canaryService', 'next'],
    ['canary: { stableService: gone, canaryService: web }', 'canary.stableService', 'gone'],
    ['canary: { pingPong: { pingService: web, pongService: pong } }', 'canary.pingPong.pongService', 'pong'],
    ['blueGreen: { activeService: live }', 'blueGreen.activeService', 'live'],
    ['blueGreen: { activeService: web, previewService: next }', 'blueGreen.previewService', 'next'],
    [
      'blueGreen: { activeService: web, prePromotionAnalysis: { templates: [{ templateName: a }, { templateName: b }] } }',
      'blueGreen.prePromotionAnalysis.templates[1].templateName',
      'b',
    ],
    ['canary: { analysis: { templates: [{ templateName: b }] } }', 'canary.analysis.templates[0].templateName', 'b'],
    [
      'canary: { steps: [{ setWeight: 5 }, { analysis: { templates: [{ templateName: b }] } }] }',
      'canary.steps[1].analysis.templates[0].templateName',
      'b',
    ],
    [
      'canary: { stableService: web, trafficRouting: { nginx: { stableIngress: web } } }',
      'canary.trafficRouting.nginx.stableIngress',
      'web',
    ],
    [
      'canary: { trafficRouting: { alb: { ingress: other, ingresses: [edge, gone] } } }',
      'canary.trafficRouting.alb.ingresses[1]',
      'gone',
    ],
  ])('%s', (strategy, path, name) =>
    expect(
      judged(strategy, object('Service', 'web'), object('Ingress', 'edge', 'networking.k8s.io/v1'), analysis('a')),
    ).toEqual(broken(path, name)),
  );
  test('and then nothing is to be said', () => {
    const strategy =
      'canary: { stableService: web, canaryService: next, trafficRouting: { nginx: { stableIngress: web } }, steps: [{ pause: {} }, { analysis: { templates: [{ templateName: a }] } }] }';
    expect(
      judged(
        strategy,
        object('Service', 'web'),
        object('Service', 'next'),
        object('Ingress', 'web', 'networking.k8s.io/v1'),
        analysis('a'),
      ),
    ).toEqual([]);
    expect(judged('canary: {}')).toEqual([]);
  });
  test('an analysis of the cluster is one that says so', () => {
    const ofCluster = object('ClusterAnalysisTemplate', 'a', 'argoproj.io/v1alpha1', '');
    const step = (more: string) => `canary: { analysis: { templates: [{ templateName: a${more} }] } }`;
    expect(judged(step(', clusterScope: true'), ofCluster)).toEqual([]);
    expect(judged(step(''), ofCluster)).toHaveLength(1);
  });
  test('the workload whose template it takes', () => {
    const referring = `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: web, namespace: shop }, spec: { strategy: { canary: {} }, workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web } } }`;
    const deployment = object('Deployment', 'web', 'apps/v1');
    expect(verdicts(id, all(namespace, referring))).toEqual(['fail spec.workloadRef.name']);
    expect(verdicts(id, all(namespace, referring, deployment))).toEqual([]);
  });
  test('elsewhere, perhaps, or by another name', () => {
    expect(verdicts(id, rollout('canary: { canaryService: next }'))).toEqual([
      'unknown spec.strategy.canary.canaryService',
    ]);
    const misspelt = all(rollout('canary: { canaryService: web-canry }'), object('Service', 'web-canary'));
    expect(verdicts(id, misspelt)).toEqual(['fail spec.strategy.canary.canaryService']);
    expect(messages(id, misspelt)[0]).toContain('(InvalidSpec)');
  });
  test('of another group it is another kind', () =>
    expect(
      verdicts(id, all(namespace, rollout('canary: { canaryService: next }').replace('argoproj.io', 'example.com'))),
    ).toEqual([]));
});
