import type { Path, Resource } from '../../../manifests/resource';
import { isMap } from '../../../model/is-map';
import { immutableChanges } from '../../../upstream/kubernetes/immutable';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { isGenerated, madeAnew, ttlOf } from '../made-anew';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

export default riskRule({
  id: 'immutable-field',
  class: 'immutable',
  description: 'a field that stays as it was created, or a name, which is another object',
  reason:
    'The API server refuses the change, and a sync stops there. What is renamed is made anew, and the old one goes. Hooks, what has a generateName and what Argo CD or Flux make again by force are not updated; a Job with a time to live of an hour at most is gone when the next change comes.',
  source: 'pkg/apis/apps/validation/validation.go',
  advice:
    'plan it: delete the object and let it be made again, or give the new one another name and remove the old one later',
  example: {
    before: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    after: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web, tier: front } }
  template: { metadata: { labels: { app: web, tier: front } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    finds: ['Deployment/shop/web spec.selector.matchLabels.tier'],
    harmless: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web, tier: front } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
  },
  *find({ changes, after: world }) {
    for (const change of changes) {
      const { before, after, fields } = change;
      if (!before || !after) continue;
      if (change.does === 'renamed') {
        yield renamed(change, before);
        continue;
      }
      const anew = madeAnew(change);
      // What is made again as everybody expects is told as what takes effect.
      if (before.name !== after.name || (anew?.class === 'in-place' && !anew.isUncertain)) continue;
      for (const { path, message } of immutableChanges(before, after, world.facts.minor)) {
        const own = fields.filter((field) => touches(field, path));
        for (const field of own.length > 0 ? own : [undefined]) {
          const advice = adviceFor(after.kind, path, field);
          yield anew
            ? { change, field, class: anew.class, message: anew.message, ...(anew.advice && { advice: anew.advice }) }
            : {
                change,
                field,
                message: `the API server refuses it${whileThere(before)}: ${message}`,
                ...(advice && { advice }),
              };
        }
      }
    }
  },
});

function renamed(change: ObjectChange, before: Resource): FoundRisk {
  // What the server named stands there whatever becomes of the manifest.
  if (isGenerated(before)) return { change, class: 'in-place', message: madeAnew(change)!.message };
  if (before.kind === 'Job')
    return { change, class: 'in-place', message: 'is a new Job, which runs; the earlier one is removed' };
  return { change, message: 'is a new object: the old one is removed, and nothing of its state is taken over' };
}

/** A Job that goes by itself long after its end may be there, or not. */
function whileThere(before: Resource): string {
  const ttl = ttlOf(before);
  return ttl === undefined ? '' : ` as long as the earlier Job is there, which goes ${ttl} s after its end`;
}

/** How an object of a kind is made again with the least harm. */
const ADVICE: Readonly<Record<string, string>> = {
  StatefulSet:
    'delete it and leave its pods running (kubectl delete statefulset --cascade=orphan), then apply the new one: it takes them and their claims over',
  Job: 'give it another name, or delete it first: kubectl replace --force; Argo CD does that with the sync option Force=true,Replace=true',
  Deployment:
    'apply it under another name beside the old one, move the Service over when its pods are ready, and remove the old one',
  DaemonSet: 'delete it and leave its pods running (kubectl delete daemonset --cascade=orphan), then apply the new one',
  PersistentVolumeClaim: 'make a claim with another name, copy the data, and let the pods mount that one',
  Service:
    'delete it and apply it again: it gets another address, and whoever keeps the old one has to look the name up again',
  StorageClass: 'delete it and apply it again: volumes that are there keep what they were made with',
  CustomResourceDefinition:
    'give the kind another name: deleting the definition deletes every object of it, so export them before (kubectl get -o yaml)',
  RoleBinding:
    'delete it and apply it again: kubectl auth reconcile does both, and the subjects have no rights in between',
  ClusterRoleBinding:
    'delete it and apply it again: kubectl auth reconcile does both, and the subjects have no rights in between',
  ConfigMap: 'put a hash of the content into its name, so that each content is an object of its own',
  Secret: 'give it another name, or put a hash of the content into it, so that each content is an object of its own',
};
const CLAIM_TEMPLATES =
  'delete the set with --cascade=orphan and apply the new one: claims that are there stay as they are, so copy the data of those that are to be others';
const CLAIM_SIZE =
  'set the new size on each claim by hand (kubectl patch pvc), then delete the set with --cascade=orphan and apply the new one: claims that are there keep all else';

function adviceFor(kind: string, path: Path, field: FieldChange | undefined): string | undefined {
  if (kind === 'StatefulSet' && path[1] === 'volumeClaimTemplates')
    return field?.path.at(-1) === 'storage' ? CLAIM_SIZE : CLAIM_TEMPLATES;
  return Object.hasOwn(ADVICE, kind) ? ADVICE[kind] : undefined;
}

function touches({ path: own }: FieldChange, path: Path): boolean {
  const keys = path.filter((step) => typeof step === 'string');
  return own.every((step, i) => isMap(step) || keys[i] === undefined || keys[i] === step);
}
