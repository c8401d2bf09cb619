import { string } from '../../../manifests/resource';
import { autoscalersOf, hpasOf } from '../../../world/autoscalers';
import type { ClockCommand } from '../../../world/clock-scalers';
import { clockCommandsOf } from '../../../world/clock-scalers';
import { hpaNameOf, scaledObjectsOf } from '../../../world/keda';
import type { Request } from '../../../world/rights';
import { allows, areAllGrants, grantsOf } from '../../../world/rights';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (command: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 2, maxReplicas: 20 }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: morning, namespace: shop }
spec:
  schedule: '0 8 * * 1-5'
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: kubectl, image: 'registry.k8s.io/kubectl:v1.35.4', args: ${command} }]
`;

export default check({
  id: 'clock-scaler-single',
  group: 'scaling',
  description: 'what scales by the clock changes what nobody else owns, and its rights suffice',
  severity: 'will-break',
  needs: [],
  source: 'pkg/controller/podautoscaler/horizontal.go',
  fix: "let it patch the autoscaler's minReplicas, with the verbs get and patch on that one object, or use a cron trigger of KEDA",
  example: {
    broken: manifests('[scale, deployment/web, --replicas=10]'),
    fails: ['CronJob/shop/morning spec.jobTemplate.spec.template.spec.containers[0].args[0]'],
    fixed: manifests(`[patch, hpa, web, --patch, '{"spec":{"minReplicas":10}}']`),
  },
  *judge(world) {
    const commands = [...clockCommandsOf(world)];
    for (const command of commands) {
      const { workload, path } = command;
      const message = ownedByOther(world, command, commands) ?? withoutRights(world, command);
      if (message !== undefined)
        yield { resource: workload.resource, path, value: workload.resource.at(path), message };
    }
  },
});

function ownedByOther(world: World, command: ClockCommand, all: readonly ClockCommand[]): string | undefined {
  const { kind, name, namespace } = command;
  if (kind === 'HorizontalPodAutoscaler') {
    const owner = scaledObjectsOf(world).find(
      (object) => world.namespaceOf(object) === namespace && hpaNameOf(object).name === name,
    );
    return (
      owner &&
      `it patches HorizontalPodAutoscaler ${name}, which KEDA makes of ScaledObject ${owner.name} and sets back to what stands there`
    );
  }
  if (kind === 'ScaledObject') return undefined;
  const scaler = autoscalersOf(world).find(
    (each) => each.namespace === namespace && each.target.kind === kind && each.target.name === name,
  );
  if (!scaler) return undefined;
  const isHpa = hpasOf(world).includes(scaler.resource);
  const isSame = (other: ClockCommand) => other.kind === kind && other.name === name && other.namespace === namespace;
  // 0 switches an autoscaler off, and a number switches it on again.
  if (isHpa && scaler.min > 0 && all.some((other) => isSame(other) && other.pods === 0)) return undefined;
  if (isHpa && scaler.min === 0 && command.pods === 0) return undefined;
  return `it sets the number of pods of ${kind} ${name}, which ${scaler.resource.kind} ${scaler.resource.name} owns and sets to what its metrics say within seconds: the pods are added and stopped again`;
}

/** The API group and the plural of what a command changes. */
const RESOURCES: Readonly<Record<ClockCommand['kind'], readonly [group: string, resource: string]>> = {
  Deployment: ['apps', 'deployments'],
  StatefulSet: ['apps', 'statefulsets'],
  HorizontalPodAutoscaler: ['autoscaling', 'horizontalpodautoscalers'],
  ScaledObject: ['keda.sh', 'scaledobjects'],
};

function withoutRights(world: World, { workload, kind, name, namespace, verb }: ClockCommand): string | undefined {
  const account = string(workload.podSpec['serviceAccountName']) || 'default';
  const grants = grantsOf(world, workload.namespace, account);
  // Without any binding here, its rights stand elsewhere.
  if (grants.length === 0 || !areAllGrants(world, workload.namespace, grants)) return undefined;
  const [group, resource] = RESOURCES[kind];
  const may = (request: Omit<Request, 'group' | 'namespace' | 'name'>) =>
    allows(grants, { group, namespace, name, ...request }) !== 'no';
  const changed = verb === 'scale' ? `${resource}/scale` : resource;
  const missing = [
    ...(may({ resource, verbs: ['get'] }) ? [] : [`get of ${resource}`]),
    ...(may({ resource: changed, verbs: ['patch'] }) ||
    (verb === 'scale' && may({ resource: changed, verbs: ['update'] }))
      ? []
      : [`patch of ${changed}`]),
  ];
  return missing.length === 0
    ? undefined
    : `ServiceAccount ${workload.namespace}/${account} lacks the verb ${missing.join(' and the verb ')} (${group}), so the command is refused (Forbidden) and nothing scales at that hour`;
}
