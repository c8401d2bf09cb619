import type { Path, Resource } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import { applicationsOf } from '../../../world/argo';
import { applies, ignoresPointer } from '../../../world/argo-fields';
import { autoscalersOf, hpasOf } from '../../../world/autoscalers';
import type { ClockCommand } from '../../../world/clock-scalers';
import { clockCommandsOf } from '../../../world/clock-scalers';
import { fluxAppliersOf, leavesField } from '../../../world/flux';
import { hpaNameOf, scaledObjectsOf } from '../../../world/keda';
import { knownIn } from '../../../world/known';
import type { Request } from '../../../world/rights';
import { allows, areAllGrants, grantsOf } from '../../../world/rights';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
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
      const message =
        ownedByOther(world, command, commands) ?? aboveMaximum(world, command) ?? withoutRights(world, command);
      if (message !== undefined)
        yield { resource: workload.resource, path, value: workload.resource.at(path), message };
    }
    for (const written of writtenFields(world, commands)) yield* revertedBy(world, written);
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

/** The API server takes no minimum above the maximum. */
function aboveMaximum(world: World, { kind, name, namespace, pods }: ClockCommand): string | undefined {
  const hpa = hpasOf(world).find((each) => each.name === name && world.namespaceOf(each) === namespace);
  const max = number(hpa?.at(['spec', 'maxReplicas']));
  return kind === 'HorizontalPodAutoscaler' && pods !== undefined && max !== undefined && pods > max
    ? `it sets minReplicas of HorizontalPodAutoscaler ${name} to ${pods}, above its maxReplicas of ${max}: the API server refuses that, and nothing scales at that hour`
    : undefined;
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

/** The number that a command writes. */
const FIELDS: Readonly<Record<ClockCommand['kind'], string>> = {
  Deployment: 'replicas',
  StatefulSet: 'replicas',
  HorizontalPodAutoscaler: 'minReplicas',
  ScaledObject: 'minReplicaCount',
};

/** A number that stands in a manifest and that a CronJob changes. */
interface WrittenNumber {
  readonly command: ClockCommand;
  readonly resource: Resource;
  readonly field: string;
  /** What the manifest says. */
  readonly stated: number;
}

/** Once for each object: that one of the commands sets another number is enough. */
function writtenFields(world: World, commands: readonly ClockCommand[]): WrittenNumber[] {
  const written = commands.flatMap((command): WrittenNumber[] => {
    const { kind, name, namespace, pods } = command;
    const [group] = RESOURCES[kind];
    const resource = knownIn(world, kind, namespace).find((each) => each.name === name && each.group === group);
    const field = FIELDS[kind];
    const stated = number(resource?.at(['spec', field]));
    if (!resource || world.isExternal(resource) || stated === undefined || pods === undefined || pods === stated)
      return [];
    return [{ command, resource, field, stated }];
  });
  return written.filter(({ resource }, i) => written.findIndex((other) => other.resource === resource) === i);
}

/** Who applies the manifest again and with it the number that stands there: Argo CD with selfHeal, and Flux. */
function* revertedBy(world: World, written: WrittenNumber): Iterable<Finding> {
  const { command, resource, field, stated } = written;
  const pointer = `/spec/${field}`;
  const what = `CronJob ${command.workload.resource.name} sets ${field} of ${resource.kind} ${resource.name} to ${command.pods}, and`;
  for (const application of applicationsOf(world)) {
    const { resource: own, spec, path: at } = application;
    const policy = record(spec['syncPolicy']);
    if (!world.resources.includes(own) || record(policy?.['automated'])?.['selfHeal'] !== true) continue;
    if (!applies(world, application, [resource])) continue;
    const object = { resource, namespace: world.namespaceOf(resource), managers: /^kubectl-(patch|edit)$/ };
    const isIgnored = list(spec['ignoreDifferences'])
      .map(record)
      .some((entry) => ignoresPointer(entry, object, pointer));
    if (isIgnored && list(policy?.['syncOptions']).includes('RespectIgnoreDifferences=true')) continue;
    const path: Path = [...at, 'syncPolicy', ...(isIgnored ? [] : ['automated', 'selfHeal'])];
    yield {
      ...{ resource: own, path, value: own.at(path) },
      message: isIgnored
        ? `${what} each sync sets it back to ${stated}, though the difference is ignored: RespectIgnoreDifferences=true is missing`
        : `${what} selfHeal sets it back to ${stated} within seconds: the hours never get their pods`,
      fix: isIgnored
        ? 'add RespectIgnoreDifferences=true to spec.syncPolicy.syncOptions'
        : `list it in spec.ignoreDifferences: { group: ${resource.group}, kind: ${resource.kind}, name: ${resource.name}, jsonPointers: [${pointer}] }, with the sync option RespectIgnoreDifferences=true`,
    };
  }
  for (const applier of fluxAppliersOf(world, resource))
    if (!leavesField(world, applier, resource, pointer))
      yield {
        ...{ resource: applier.resource, path: applier.path, value: applier.resource.at(applier.path) },
        message: `${what} Flux sets it back to ${stated} ${applier.when}: the hours do not keep their pods`,
        fix:
          applier.resource.kind === 'HelmRelease'
            ? `list ${world.idOf(resource)} in spec.driftDetection.ignore with paths: [${pointer}]`
            : `list ${world.idOf(resource)} in spec.ignore with paths: [${pointer}] (kustomize-controller 1.9 and newer), or leave ${field} out of the manifest`,
      };
}
