import type { Json } from '../../../manifests/resource';
import { mappings, number, string } from '../../../manifests/resource';
import { isLongRunning } from '../../../world/requests';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (tolerations: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { tolerations: [${tolerations}], containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;

/** The taints of a node that does not answer any more. */
const LOST = ['node.kubernetes.io/unreachable', 'node.kubernetes.io/not-ready'];
/** What the admission plugin DefaultTolerationSeconds adds where nothing is said, in seconds. */
const DEFAULT = 300;

export default riskRule({
  id: 'eviction-tolerated',
  class: 'disruption',
  description: 'pods that stay with a node that is lost for longer than before, or for ever',
  reason:
    'A node that does not answer gets a taint, and its pods are evicted after five minutes, so that others come in their place. A toleration for every taint takes that one too: the pods count as there, on a node that is gone.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions',
  advice: 'name the taint that is meant by its key and effect, or give the toleration its tolerationSeconds',
  example: {
    before: web(''),
    after: web('{ operator: Exists }'),
    finds: ['Deployment/shop/web spec.template.spec.tolerations'],
    harmless: web('{ key: dedicated, operator: Exists }, { operator: Exists, effect: NoSchedule }'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0 || !isLongRunning(workload.after)) continue;
      const { change, before, after } = workload;
      // The controller has every pod of a DaemonSet tolerate it.
      if (after.resource.kind === 'DaemonSet') continue;
      const longer = LOST.map((key) => ({
        key,
        was: secondsOf(before.podSpec, key),
        is: secondsOf(after.podSpec, key),
      })).find(({ was, is }) => is > was && is > DEFAULT);
      if (!longer) continue;
      const had = longer.was === Number.POSITIVE_INFINITY ? 'never' : `after ${longer.was} seconds`;
      yield {
        change,
        field: fieldAt(change, [...after.podSpecPath.map(String), 'tolerations']),
        message:
          longer.is === Number.POSITIVE_INFINITY
            ? `its pods stay with a node that is lost (${longer.key}), and no others come in their place; they were evicted ${had} before`
            : `its pods are evicted from a node that is lost only after ${longer.is} seconds, and were ${had} before`,
      };
    }
  },
});

/** How long pods stay once a node has a taint of effect NoExecute: the shortest time that some toleration of it gives (pkg/controller/tainteviction, getMinTolerationTime). */
function secondsOf(podSpec: Json, key: string): number {
  const own = mappings(podSpec['tolerations']).filter((toleration) => tolerates(toleration, key));
  if (own.length === 0) return DEFAULT;
  return Math.min(
    ...own.map(({ tolerationSeconds }) => Math.max(0, number(tolerationSeconds) ?? Number.POSITIVE_INFINITY)),
  );
}

function tolerates(toleration: Json, key: string): boolean {
  const [own, effect] = ['key', 'effect'].map((field) => string(toleration[field]) ?? '');
  // The taint has no value.
  const isAny = toleration['operator'] === 'Exists' || (own !== '' && (string(toleration['value']) ?? '') === '');
  return isAny && (own === '' || own === key) && (effect === '' || effect === 'NoExecute');
}
