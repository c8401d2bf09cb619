import type { Json } from '../../../manifests/resource';
import { mappings, number, record, string } from '../../../manifests/resource';
import { selects } from '../../../manifests/selector';
import type { WorkloadManifest } from '../../../manifests/workload';
import { podsOf } from '../../../world/autoscalers';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (affinity: string, image = 'example.com/web:1.4.0') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { ${affinity}containers: [{ name: web, image: '${image}' }] } }
`;
const APART =
  'affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }, ';

export default riskRule({
  id: 'spread-lost',
  class: 'disruption',
  description: 'pods of a workload that had to stand on several nodes or in several zones, and may stand on one',
  reason:
    'The scheduler places them where there is room, also all on one node. Its failure, or a drain, then stops all of them at once.',
  source:
    'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity',
  advice:
    'keep a topologySpreadConstraint with whenUnsatisfiable: DoNotSchedule, or a required anti-affinity; what is only preferred does not hold when nodes are full',
  example: {
    before: web(APART),
    after: web(''),
    finds: ['Deployment/shop/web spec.template.spec.affinity'],
    harmless: web(APART, 'example.com/web:1.5.0'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      const { change, before, after } = workload;
      if (templateFields(workload).length === 0 || after.resource.kind === 'DaemonSet') continue;
      if ((podsOf(diff.after, after)?.max ?? 1) < 2) continue;
      const [was, is] = [before, after].map(apartBy) as [Apart[], Apart[]];
      for (const one of was) {
        const same = is.filter(({ topology }) => topology === one.topology);
        const least = Math.min(...same.map(({ most }) => most));
        if (least <= one.most) continue;
        const at = (...path: string[]) => fieldAt(change, [...after.podSpecPath.map(String), ...path]);
        const field = one.isAntiAffinity
          ? (at('affinity', 'podAntiAffinity') ?? at('affinity'))
          : at('topologySpreadConstraints');
        // Another label of the pods may be what does it.
        yield {
          change,
          field: field ?? at() ?? templateFields(workload)[0],
          message: messageOf(one, same.length === 0 ? undefined : least),
        };
      }
    }
  },
});

/** What keeps the pods of a workload apart from each other. */
interface Apart {
  readonly topology: string;
  /** So many more pods may one place have than another one; of anti-affinity none more than the first. */
  readonly most: number;
  readonly isAntiAffinity: boolean;
}

function apartBy({ podSpec, podLabels }: WorkloadManifest): Apart[] {
  const isOwn = (term: Json) => selects(term['labelSelector'], podLabels);
  const affinity = record(record(podSpec['affinity'])?.['podAntiAffinity']);
  const terms = mappings(affinity?.['requiredDuringSchedulingIgnoredDuringExecution']).filter(isOwn);
  const constraints = mappings(podSpec['topologySpreadConstraints']).filter(
    (constraint) => (constraint['whenUnsatisfiable'] ?? 'DoNotSchedule') === 'DoNotSchedule' && isOwn(constraint),
  );
  return [
    ...terms.map((term) => ({ topology: string(term['topologyKey']) ?? '', most: 1, isAntiAffinity: true })),
    ...constraints.map((constraint) => ({
      topology: string(constraint['topologyKey']) ?? '',
      most: number(constraint['maxSkew']) ?? 1,
      isAntiAffinity: false,
    })),
  ];
}

const PLACES: Readonly<Record<string, string>> = {
  'kubernetes.io/hostname': 'one node',
  'topology.kubernetes.io/zone': 'one zone',
  'topology.kubernetes.io/region': 'one region',
};

function messageOf({ topology, most, isAntiAffinity }: Apart, now: number | undefined): string {
  const place = PLACES[topology] ?? `one value of ${topology}`;
  return now === undefined
    ? `its pods may all come to ${place}: ${isAntiAffinity ? 'two of them never were' : 'they had to be spread'}`
    : `${place} may have ${now} more of its pods than another one, and ${most} before`;
}
