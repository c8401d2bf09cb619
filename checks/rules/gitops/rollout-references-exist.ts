import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (canary: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web-canary, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  strategy: { canary: { stableService: web, canaryService: ${canary}, steps: [{ setWeight: 20 }] } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', ports: [{ containerPort: 8080 }] }] }
`;

export default check({
  id: 'rollout-references-exist',
  group: 'gitops',
  description: 'the Services, Ingresses, analyses and the workload that a Rollout of Argo names exist',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/specification/',
  fix: "name objects of the Rollout's own namespace, or add them; analyses of the whole cluster need clusterScope: true",
  example: {
    broken: manifests('web-next'),
    fails: ['Rollout/shop/web spec.strategy.canary.canaryService'],
    fixed: manifests('web-canary'),
  },
  *judge(world) {
    for (const rollout of world.of('Rollout')) {
      if (rollout.group !== 'argoproj.io') continue;
      for (const { kind, name, path } of referencesOf(rollout)) {
        const namespace = kind === 'ClusterAnalysisTemplate' ? '' : world.namespaceOf(rollout);
        const finding = missing(
          world,
          { resource: rollout, path, kind, namespace, name },
          'the Rollout is invalid (InvalidSpec): the controller makes no pods of it, and changes none that are there',
        );
        if (finding) yield finding;
      }
    }
  },
});

interface RolloutReference {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** What the controller looks for before it does anything. */
function* referencesOf(rollout: Resource): Iterable<RolloutReference> {
  const named = (kind: string, path: Path): RolloutReference[] => {
    const name = string(rollout.at(path));
    return name ? [{ kind, name, path }] : [];
  };
  const workload = record(rollout.at(['spec', 'workloadRef']));
  if (workload) yield* named(string(workload['kind']) ?? 'Deployment', ['spec', 'workloadRef', 'name']);
  const blueGreen = ['spec', 'strategy', 'blueGreen'];
  for (const field of ['activeService', 'previewService']) yield* named('Service', [...blueGreen, field]);
  for (const field of ['prePromotionAnalysis', 'postPromotionAnalysis'])
    yield* analyses(rollout, [...blueGreen, field]);
  const canary = ['spec', 'strategy', 'canary'];
  for (const field of ['stableService', 'canaryService']) yield* named('Service', [...canary, field]);
  for (const field of ['pingService', 'pongService']) yield* named('Service', [...canary, 'pingPong', field]);
  const routing = [...canary, 'trafficRouting'];
  for (const [controller, one, several] of [
    ['nginx', 'stableIngress', 'stableIngresses'],
    ['alb', 'ingress', 'ingresses'],
  ] as const) {
    const many = list(rollout.at([...routing, controller, several]));
    for (const i of many.keys()) yield* named('Ingress', [...routing, controller, several, i]);
    if (many.length === 0) yield* named('Ingress', [...routing, controller, one]);
  }
  yield* analyses(rollout, [...canary, 'analysis']);
  for (const i of list(rollout.at([...canary, 'steps'])).keys())
    yield* analyses(rollout, [...canary, 'steps', i, 'analysis']);
}

function* analyses(rollout: Resource, at: Path): Iterable<RolloutReference> {
  for (const [i, entry] of list(rollout.at([...at, 'templates'])).entries()) {
    const template = record(entry);
    const name = string(template?.['templateName']);
    const kind = template?.['clusterScope'] === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
    if (name) yield { kind, name, path: [...at, 'templates', i, 'templateName'] };
  }
}
