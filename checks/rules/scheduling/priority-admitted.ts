import type { Resource } from '../../../manifests/resource';
import { number, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { SYSTEM_PRIORITIES } from '../../../simulate/scheduling/priority';
import { knownIn } from '../../../world/known';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (isDefault: boolean) => `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: shop }
value: 1000
globalDefault: true
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: shop-critical }
value: 2000
globalDefault: ${String(isDefault)}
`;

export default check({
  id: 'priority-admitted',
  group: 'scheduling',
  description: 'one PriorityClass at most is the default, and a pod gives no other priority than that of its class',
  severity: 'will-break',
  needs: [],
  source: 'plugin/pkg/admission/priority/admission.go',
  fix: 'set globalDefault: true on one class only',
  example: {
    broken: manifests(true),
    fails: ['PriorityClass/shop-critical globalDefault'],
    fixed: manifests(false),
  },
  *judge(world) {
    yield* judgeDefaults(world);
    for (const workload of world.workloads)
      if (workload.resource.kind !== 'PodTemplate') yield* judgeNumber(world, workload);
  },
});

/** The server refuses a second default when it is created. */
function* judgeDefaults(world: World): Iterable<Finding> {
  const classes = [...(world.facts.ofKind('PriorityClass') ?? []), ...world.external.filter(isPriorityClass)];
  let first: Resource | undefined = classes.find(isDefault);
  for (const resource of world.of('PriorityClass')) {
    if (!isDefault(resource)) continue;
    if (first && first.name !== resource.name)
      yield {
        resource,
        path: ['globalDefault'],
        value: true,
        message: `PriorityClass ${first.name} is the default already, and the API server admits one default only: it refuses the one that is applied second`,
      };
    first ??= resource;
  }
}

function isPriorityClass({ kind }: Resource): boolean {
  return kind === 'PriorityClass';
}

function isDefault(resource: Resource): boolean {
  return resource.group === 'scheduling.k8s.io' && resource.at(['globalDefault']) === true;
}

/** A pod says its class, and the server fills in the number. */
function* judgeNumber(world: World, { resource, podSpec, podSpecPath }: WorkloadManifest): Iterable<Finding> {
  const written = number(podSpec['priority']);
  if (written === undefined) return;
  const name = string(podSpec['priorityClassName']);
  // Without a name the default class counts, which may be any.
  if (!name) return;
  const found = [...knownIn(world, 'PriorityClass', ''), ...(world.facts.ofKind('PriorityClass') ?? [])].find(
    (known) => known.name === name,
  );
  const value = SYSTEM_PRIORITIES[name] ?? number(found?.at(['value']));
  if (value === undefined || value === written) return;
  yield {
    resource,
    path: [...podSpecPath, 'priority'],
    value: written,
    message: `PriorityClass ${name} has priority ${value}, and a pod that says another one (${written}) is not admitted: the API server rejects each as forbidden`,
    fix: 'remove priority: the API server fills it in from the class',
  };
}
