import { number, string } from '../../../manifests/resource';
import { hpaNameOf, scaledObjectsOf, triggersOf } from '../../../world/keda';
import { check } from '../../check';

const manifests = (least: number) => `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { name: web }
  minReplicaCount: ${least}
  maxReplicaCount: 10
  triggers: [{ type: cpu, metricType: Utilization, metadata: { value: '70' } }]
`;

const MAX_NAME = 63;
/** What KEDA sets where no maximum is written. */
const DEFAULT_MAX = 100;

export default check({
  id: 'keda-bounds',
  group: 'scaling',
  description: 'KEDA accepts the bounds of a ScaledObject, and something wakes it from none',
  severity: 'will-break',
  needs: [],
  source: 'https://keda.sh/docs/2.21/reference/scaledobject-spec/',
  fix: 'set minReplicaCount to 1 or more, or add a trigger of a source outside of the pods; leave idleReplicaCount out or set it to 0',
  example: { broken: manifests(0), fails: ['ScaledObject/shop/web spec.minReplicaCount'], fixed: manifests(1) },
  *judge(world) {
    for (const resource of scaledObjectsOf(world)) {
      const at = (field: string) => ({ resource, path: ['spec', field], value: resource.at(['spec', field]) });
      const [idle, least, most] = ['idleReplicaCount', 'minReplicaCount', 'maxReplicaCount'].map((field) =>
        number(resource.at(['spec', field])),
      );
      const triggers = triggersOf(resource);
      const isOfPods = triggers.length > 0 && triggers.every(({ type }) => type === 'cpu' || type === 'memory');
      if (idle !== undefined && idle >= (least ?? 0))
        yield {
          ...at('idleReplicaCount'),
          message: `idleReplicaCount ${idle} is not below minReplicaCount ${least ?? 0}: KEDA refuses the ScaledObject`,
        };
      else if (idle !== undefined && idle > 0)
        yield {
          ...at('idleReplicaCount'),
          message: `KEDA scales to idleReplicaCount ${idle} when nothing is to do, and its autoscaler has a minimum of ${least} and scales up again: only 0 switches an autoscaler off`,
        };
      // Where both are set, hpa-bounds compares them.
      if (least !== undefined && most === undefined && least > DEFAULT_MAX)
        yield {
          ...at('minReplicaCount'),
          message: `minReplicaCount ${least} exceeds the ${DEFAULT_MAX} pods that KEDA has as maxReplicaCount where none is set: the API server refuses the ScaledObject`,
        };
      if (isOfPods && (least ?? 0) === 0)
        yield {
          ...at('minReplicaCount'),
          message: `with no pod there is no CPU or memory to measure, so nothing would scale up from ${least === undefined ? 'the minReplicaCount of 0 that KEDA has where none is set' : '0'}: KEDA refuses the ScaledObject`,
        };
      if (isOfPods && resource.at(['spec', 'fallback']) !== undefined && resource.at(['spec', 'fallback']) !== null)
        yield {
          ...{ resource, path: ['spec', 'fallback', 'replicas'], value: resource.at(['spec', 'fallback', 'replicas']) },
          message: 'cpu and memory have no fallback, which is for sources that KEDA asks: it refuses the ScaledObject',
        };
      const { name, path } = hpaNameOf(resource);
      if (name.length > MAX_NAME && string(resource.at(path)) !== undefined)
        yield {
          ...{ resource, path, value: resource.at(path) },
          message: `the autoscaler would be called ${name}, ${name.length} characters, and its name is also the value of a label, which has ${MAX_NAME}: KEDA makes none and nothing scales`,
          fix: 'set spec.advanced.horizontalPodAutoscalerConfig.name to a shorter name, or shorten that of the ScaledObject',
        };
    }
  },
});
