import type { Path } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import { triggerProblems } from '../../../upstream/keda/triggers';
import type { ScaleTrigger } from '../../../world/keda';
import { scaledJobsOf, scaledObjectsOf, triggersOf } from '../../../world/keda';
import { authenticatedBy } from '../../../world/keda-authentication';
import { check } from '../../check';

const manifests = (end: string, timezone: string) => `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { name: web }
  minReplicaCount: 1
  maxReplicaCount: 20
  triggers:
    - type: cron
      metadata: { timezone: ${timezone}, start: 0 8 * * *, end: ${end}, desiredReplicas: '10' }
`;

const POLLED_ONLY = new Set(['cpu', 'memory', 'cron']);

export default check({
  id: 'keda-trigger-valid',
  group: 'scaling',
  description: 'KEDA accepts each trigger: its type, the parameters that it needs, and their values',
  severity: 'will-break',
  needs: [],
  source: 'https://keda.sh/docs/2.21/scalers/',
  fix: 'set the parameters of the trigger as the page of its type says',
  example: {
    broken: manifests('0 8 * * *', 'Europe/Berln'),
    fails: [
      'ScaledObject/shop/web spec.triggers[0].metadata.end',
      'ScaledObject/shop/web spec.triggers[0].metadata.timezone',
    ],
    fixed: manifests('0 18 * * *', 'Europe/Berlin'),
  },
  *judge(world) {
    for (const resource of [...scaledObjectsOf(world), ...scaledJobsOf(world)]) {
      const triggers = triggersOf(resource);
      const consequence = `so KEDA ${resource.kind === 'ScaledJob' ? 'starts no Job by it' : 'does not scale by it'}`;
      const at = (path: Path) => {
        const value = resource.at(path);
        return { resource, path, ...(value !== undefined && typeof value !== 'object' ? { value } : {}) };
      };
      for (const trigger of triggers) {
        const authenticated = authenticatedBy(world, resource, trigger);
        for (const problem of triggerProblems({ ...trigger, authenticated })) {
          const place =
            'key' in problem.at
              ? ['metadata', problem.at.key]
              : problem.at.field === 'metadata'
                ? []
                : [problem.at.field];
          yield {
            ...(place.length === 0
              ? { resource, path: [...trigger.path, 'type'], value: trigger.type }
              : at([...trigger.path, ...place])),
            message: `${problem.reason}, ${consequence}`,
          };
        }
        if (POLLED_ONLY.has(trigger.type) && resource.at([...trigger.path, 'useCachedMetrics']) === true)
          yield {
            ...at([...trigger.path, 'useCachedMetrics']),
            message: `a trigger of type ${trigger.type} has no useCachedMetrics: KEDA refuses the ${resource.kind}`,
          };
      }
      for (const [name, same] of byName(resource.at.bind(resource), triggers))
        for (const trigger of same.slice(1))
          yield {
            ...at([...trigger.path, 'name']),
            message: `another trigger is called ${name} too: KEDA refuses the ${resource.kind}`,
          };
    }
  },
});

function byName(at: (path: Path) => unknown, triggers: readonly ScaleTrigger[]): Map<string, ScaleTrigger[]> {
  const names = new Map<string, ScaleTrigger[]>();
  for (const trigger of triggers) {
    const name = string(at([...trigger.path, 'name']));
    if (name) addTo(names, name, trigger);
  }
  return names;
}
