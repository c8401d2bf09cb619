import type { Resource } from '../../../manifests/resource';
import { apiOf } from '../../../upstream/kubernetes/model';
import type { FieldChange } from '../../field-change';
import { stepsText } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { isDescription } from '../../schema-fields';
import { replacesPods } from '../held';
import { isKnownChange } from '../known-kinds';
import type { WorldChange } from '../risk';
import { riskRule } from '../risk';
import { changedWorkloads, isBelow } from '../workloads';

export default riskRule({
  id: 'applied-in-place',
  class: 'in-place',
  description: 'what takes effect without any pod being replaced: specs, data, objects that come or go',
  reason:
    'Controllers and proxies act on it as soon as they see it; nothing waits, and nothing is rolled out step by step.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#object-spec-and-status',
  advice: 'apply it when somebody watches: it holds everywhere at once',
  example: {
    before: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
    after: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }], sessionAffinity: ClientIP }
`,
    finds: ['Service/shop/web spec.sessionAffinity'],
    harmless: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { team: a } }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
  },
  *find(diff) {
    const workloads = new Map(changedWorkloads(diff).map((workload) => [workload.change, workload]));
    for (const change of diff.changes) {
      // What a controller that nobody knows makes of it is not known either.
      const isKnown = isKnownChange(diff, change);
      if (isKnown && change.does === 'added') yield { change, message: 'is new' };
      if (isKnown && change.does === 'removed') yield { change, message: 'is removed' };
      const workload = workloads.get(change);
      for (const field of change.fields) {
        if (field.path[0] === 'metadata' || isDescription(field)) continue;
        if (!isKnownChange(diff, change, field)) continue;
        if (field.path[0] === 'apiVersion' && isStoredAlike(diff, change)) continue;
        if (isKeptByServer(change, field)) continue;
        const isOfPods = workload !== undefined && isBelow(field, workload.after.templatePath);
        if (isOfPods && replacesPods(diff, workload)) continue;
        yield {
          change,
          field,
          message: isOfPods ? 'holds for pods that are made from now on' : 'takes effect at once',
        };
      }
    }
  },
});

/** Whether the API server makes the same object of both versions: they are of one group, and it knows how to convert them. */
function isStoredAlike({ after: world }: WorldChange, { before, after }: ObjectChange): boolean {
  if (!before || !after || before.group !== after.group) return false;
  const minor = world.facts.minor ?? Number.POSITIVE_INFINITY;
  const isKnown = (resource: Resource) => apiOf(minor).kind(resource.apiVersion, resource.kind) !== undefined;
  if (isKnown(before) && isKnown(after)) return true;
  const definition = world
    .of('CustomResourceDefinition')
    .find((each) => each.at(['spec', 'group']) === after.group && each.at(['spec', 'names', 'kind']) === after.kind);
  // A webhook converts as it likes.
  return definition !== undefined && definition.at(['spec', 'conversion', 'strategy']) !== 'Webhook';
}

/** The address of a Service that no manifest asks for any more is taken over from before (pkg/registry/core/service/storage/alloc.go). */
function isKeptByServer({ before, after: is }: ObjectChange, { path, after }: FieldChange): boolean {
  const hasAddress = (resource: Resource | undefined) =>
    resource?.kind === 'Service' && resource.at(['spec', 'type']) !== 'ExternalName';
  return after === undefined && /^spec\.clusterIPs?$/.test(stepsText(path)) && hasAddress(before) && hasAddress(is);
}
