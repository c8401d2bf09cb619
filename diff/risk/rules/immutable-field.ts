import { parseQuantity } from '../../../manifests/quantity';
import type { Path, Resource } from '../../../manifests/resource';
import { isMap } from '../../../model/is-map';
import { immutableChanges } from '../../../upstream/kubernetes/immutable';
import { classOf } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { EntryKey, FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { isGenerated, madeAnew, ttlOf } from '../made-anew';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';
import { claimTemplatesOf } from '../volumes';

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
      if (staysHeadless(before, after))
        yield {
          change,
          field: fieldAt(change, ['spec', 'clusterIP']),
          message:
            'it stays without an address (clusterIP None): the API server keeps that where a manifest gives none',
          advice: 'delete it and apply it again if it is to have an address, or leave clusterIP: None in the manifest',
        };
      for (const { path, message } of immutableChanges(before, after, world.facts.minor)) {
        const own = fields.filter((field) => touches(field, path));
        for (const field of own.length > 0 ? own : [undefined]) {
          const advice = adviceFor(world, after, path, field);
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

/** Whether a headless Service is asked to have an address, which it gets only when it is made (pkg/registry/core/service/storage/storage.go). */
function staysHeadless(before: Resource, after: Resource): boolean {
  if (after.kind !== 'Service' || after.group !== '' || after.at(['spec', 'type']) === 'ExternalName') return false;
  const [was, is] = [before, after].map((each) => each.at(['spec', 'clusterIP']) ?? '');
  return was === 'None' && is === '';
}

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
  Secret: 'give it another name, or put a hash of the content into it, so that each content is an object of its own',
};
const CLAIM_TEMPLATES =
  'delete the set with --cascade=orphan and apply the new one: claims that are there stay as they are, so copy the data of those that are to be others';
/** Whether the class of a claim lets it grow; undefined where that is not known. */
function growsBy(world: World, set: Resource, name: unknown): boolean | undefined {
  const claim = claimTemplatesOf(world, set).find((template) => template.name === name);
  const storageClass = claim && classOf(world, claim);
  return storageClass && storageClass.at(['allowVolumeExpansion']) === true;
}

/** What is to be done about another size in the claim template of a StatefulSet, which stays, and of whose claims none gets smaller. */
function sizeAdvice(world: World, set: Resource, field: FieldChange): string {
  const entry = field.path.find((step): step is EntryKey => typeof step !== 'string');
  const [was, is] = [field.before, field.after].map(parseQuantity);
  const name = entry?.['metadata.name'] ?? entry?.['name'];
  if (was !== undefined && is !== undefined && is < was)
    return 'no claim gets smaller: make a set of another name with smaller claims, copy the data into it, move the clients over, and remove the old one with its claims';
  const grows = growsBy(world, set, name);
  if (grows === false)
    return 'its StorageClass lets no claim grow: set allowVolumeExpansion: true on the class if its driver can do it, or make a set of another name with larger claims and copy the data';
  const first = grows ? '' : 'make sure that the StorageClass has allowVolumeExpansion: true; ';
  return `${first}set the new size on each claim by hand (kubectl patch pvc), then delete the set with --cascade=orphan and apply the new one: claims that are there keep all else`;
}

function adviceFor(world: World, after: Resource, path: Path, field: FieldChange | undefined): string | undefined {
  const { kind } = after;
  if (kind === 'StatefulSet' && path[1] === 'volumeClaimTemplates')
    return field?.path.at(-1) === 'storage' ? sizeAdvice(world, after, field) : CLAIM_TEMPLATES;
  if (isOfSelector(kind, path, field)) return OTHER_PODS;
  if (FROZEN.includes(kind) && isFrozenField(path)) return FROZEN_ADVICE;
  if (kind === 'PersistentVolumeClaim' && path.at(-1) === 'storage')
    return 'a claim does not get smaller: make one with another name and the smaller size, copy the data, and let the pods mount that one';
  return Object.hasOwn(ADVICE, kind) ? ADVICE[kind] : undefined;
}

const OTHER_PODS =
  'make it under another name: one that is made again under this name does not take over the pods that run, as it selects others; or delete it with its pods, whose claims stay';

/** Whether pods that are left running would be nobody’s. */
function isOfSelector(kind: string, path: Path, field: FieldChange | undefined): boolean {
  const steps = field?.path ?? path;
  return (kind === 'StatefulSet' || kind === 'DaemonSet') && steps[0] === 'spec' && steps[1] === 'selector';
}

/** What stays as it is once `immutable` is set. */
const FROZEN = ['ConfigMap', 'Secret'];
const FROZEN_ADVICE =
  'delete it and create it again: pods that run keep what they read until they are restarted; or put a hash of the content into its name, so that each content is an object of its own';

function isFrozenField([first]: Path): boolean {
  return first === 'immutable' || first === 'data' || first === 'binaryData';
}

function touches({ path: own }: FieldChange, path: Path): boolean {
  const keys = path.filter((step) => typeof step === 'string');
  return own.every((step, i) => isMap(step) || keys[i] === undefined || keys[i] === step);
}
