import { string } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import { meantBy } from '../../../model/near';
import { keysOf } from '../../../world/contents';
import { creatorOf } from '../../../world/creates';
import { possibleCreatorOf } from '../../../world/possible-creators';
import type { World } from '../../../world/world';
import { writerOf } from '../../../world/writers';
import type { ObjectChange } from '../../object-change';
import { changesOf, goneOf, isKept } from '../kinds';
import type { ObjectNeed } from '../needs';
import { needsOf, needsOfResource, objectKey } from '../needs';
import { fieldAt } from '../paths';
import { perhaps } from '../perhaps';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const web = (config: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', envFrom: [{ configMapRef: { name: web } }] }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${config}, namespace: shop }
data: { LEVEL: info, THEME: light }
`;
/** What its controller deletes along with the object that it was made from. */
const MAKERS = ['ExternalSecret', 'SealedSecret'];

export default riskRule({
  id: 'reference-breaks',
  class: 'disruption',
  description: 'an object, or a key of one, that others still refer to when it is not there any more',
  reason:
    'Pods that run go on, and none starts again: the next rollout, eviction or crash stops what seemed to work. Nothing refuses such a change.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps',
  advice: 'change whoever refers to it first, or in the same change, and remove it when the new pods are ready',
  example: {
    before: web('web'),
    after: web('web-config'),
    finds: ['ConfigMap/shop/web'],
    harmless: web('web').replace('LEVEL: info', 'LEVEL: debug'),
  },
  *find(diff) {
    yield* ofObjects(diff);
    yield* ofMadeSecrets(diff);
    yield* ofKeys(diff);
    yield* ofReferences(diff);
  },
});

/** What is removed or renamed, and still referred to. */
function* ofObjects(diff: WorldChange): Iterable<FoundRisk> {
  // Most changes take nothing away, and then nobody need know who needs what.
  if (!diff.changes.some(({ does }) => does === 'removed' || does === 'renamed')) return;
  const kinds = new Set([...needsOf(diff.after).values()].map(([need]) => need!.kind));
  for (const { change, before, namespace } of goneOf(diff, ...kinds)) {
    const { kind, name } = before;
    const needs = (needsOf(diff.after).get(objectKey({ kind, namespace, name })) ?? []).filter(
      ({ key }) => key === undefined,
    );
    if (needs.length > 0 && !mayBeThere(diff.after, { kind, namespace, name }))
      yield* told(diff.after, change, `${kind} ${name} is not there any more`, needs);
  }
}

/** Secrets that go with what they are made from. */
function* ofMadeSecrets(diff: WorldChange): Iterable<FoundRisk> {
  for (const { change, before, namespace } of goneOf(diff, ...MAKERS)) {
    const name = targetOf(diff.before, before, namespace);
    if (name === undefined || mayBeThere(diff.after, { kind: 'Secret', namespace, name })) continue;
    const needs = needsOf(diff.after).get(objectKey({ kind: 'Secret', namespace, name })) ?? [];
    const message = `Secret ${name}, which its controller owns, is deleted with it`;
    if (needs.length > 0) yield* told(diff.after, change, message, needs);
    else yield { change, message: `${message}, whoever reads it` };
  }
  for (const change of changesOf(diff, ...MAKERS)) {
    const { does, before, after } = change;
    if (does !== 'changed' || !before || !after) continue;
    const namespace = diff.before.namespaceOf(before);
    const [name, now] = [targetOf(diff.before, before, namespace), targetNameOf(after)];
    if (name === undefined || name === now || mayBeThere(diff.after, { kind: 'Secret', namespace, name })) continue;
    const needs = needsOf(diff.after).get(objectKey({ kind: 'Secret', namespace, name })) ?? [];
    const message = `Secret ${now} is made in place of ${name}, which its controller deletes`;
    const field = fieldAt(change, ['spec', 'target']) ?? fieldAt(change, ['spec', 'template']);
    if (needs.length > 0) yield* told(diff.after, change, message, needs, field);
    else yield { change, field, message: `${message}, whoever reads it` };
  }
  yield* ofCertificates(diff);
}

/** cert-manager leaves the Secret of a Certificate that goes, and renews it no more. */
function* ofCertificates(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'Certificate')) {
    const { before, after } = change;
    if (before?.group !== 'cert-manager.io' || (!after && isKept(before))) continue;
    const [name, now] = [before, after].map((each) => each && string(each.at(['spec', 'secretName'])));
    const namespace = diff.before.namespaceOf(before);
    if (name === undefined || name === now || mayBeThere(diff.after, { kind: 'Secret', namespace, name })) continue;
    const needs = needsOf(diff.after).get(objectKey({ kind: 'Secret', namespace, name })) ?? [];
    const ids = [...new Set(needs.map((need) => diff.after.idOf(need.resource)))];
    if (ids.length > 0)
      yield {
        change,
        field: after && fieldAt(change, ['spec', 'secretName']),
        message: `nobody renews Secret ${name} any more, and ${firstNames(ids)} still ${ids.length === 1 ? 'refers' : 'refer'} to it: its certificate expires there`,
      };
  }
}

/** The Secret that an object owns; undefined where it only writes to one. */
function targetOf(world: World, maker: ObjectNeed['resource'], namespace: string): string | undefined {
  const policy = maker.at(['spec', 'target', 'creationPolicy']) ?? 'Owner';
  const name = targetNameOf(maker);
  return policy === 'Owner' && creatorOf(world, 'Secret', namespace, name) === maker ? name : undefined;
}

function targetNameOf(maker: ObjectNeed['resource']): string {
  const path = maker.kind === 'SealedSecret' ? ['spec', 'template', 'metadata', 'name'] : ['spec', 'target', 'name'];
  return String(maker.at(path) ?? maker.name);
}

/** Keys that an object had. */
function* ofKeys(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'ConfigMap', 'Secret', ...MAKERS)) {
    const { does, before, after } = change;
    if (does !== 'changed' || !before || !after) continue;
    const namespace = diff.after.namespaceOf(after);
    const kind = after.kind === 'ConfigMap' ? 'ConfigMap' : 'Secret';
    const name = MAKERS.includes(after.kind) ? targetOf(diff.after, after, namespace) : after.name;
    if (name === undefined) continue;
    const [had, has] = [diff.before, diff.after].map((world) => keysOf(world, kind, namespace, name));
    if (!(had instanceof Set) || !(has instanceof Set)) continue;
    const needs = needsOf(diff.after).get(objectKey({ kind, namespace, name })) ?? [];
    for (const key of new Set(needs.flatMap(({ key }) => key ?? []))) {
      if (!had.has(key) || has.has(key)) continue;
      const field = ['data', 'stringData', 'binaryData'].map((data) => fieldAt(change, [data, key])).find(Boolean);
      const readers = needs.filter((need) => need.key === key);
      yield* told(diff.after, change, `key ${key} is not there any more`, readers, field);
    }
  }
}

const REFER = 'refer to what is there, or add it in the same change';

/**
 * References to what certainly is not there. What never stood here may be made by hand: of a Secret, and of what only the cluster has, it is
 * told where the reference led to one that is there.
 */
function* ofReferences(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of diff.changes) {
    const { does, before, after } = change;
    if (does !== 'changed' || !before || !after) continue;
    const nameOf = (need: ObjectNeed) => `${objectKey(need)}/${need.key ?? ''}`;
    const [old, now] = [needsOfResource(diff.before, before), needsOfResource(diff.after, after)];
    const [known, kept] = [new Set(old.map(nameOf)), new Set(now.map(nameOf))];
    const dropped = old.filter((need) => !kept.has(nameOf(need)) && isHere(diff.before, need));
    for (const need of now) {
      // route-removed tells what becomes of the requests.
      if (need.kind === 'IngressClass' || known.has(nameOf(need)) || !isNowhere(diff.after, need)) continue;
      const isMoved = dropped.some(({ kind, without }) => kind === need.kind && without === need.without);
      if (!isMoved && (need.kind === 'Secret' || need.namespace === '')) continue;
      known.add(nameOf(need));
      const what = need.key === undefined ? `no ${need.kind} ${need.name}` : `no key ${need.key} in ${need.name}`;
      const field =
        fieldAt(
          change,
          need.path.filter((step) => typeof step === 'string'),
        ) ??
        change.fields.find(({ after: value }) => (JSON.stringify(value) ?? '').includes(`"${need.key ?? need.name}"`));
      const meant =
        need.key === undefined
          ? meantBy(need.name, diff.after.namesOf(need.kind, need.namespace))
          : meantBy(need.key, keysNear(diff.after, need));
      yield { change, field, message: `there is ${what}: ${need.without}${perhaps(meant)}`, advice: REFER };
    }
  }
}

/** The keys that the object has that a need is about. */
function keysNear(world: World, { kind, namespace, name }: ObjectNeed): string[] {
  const keys = keysOf(world, kind === 'ConfigMap' ? kind : 'Secret', namespace, name);
  return keys instanceof Set ? [...keys] : [];
}

function isHere(world: World, { kind, namespace, name }: ObjectNeed): boolean {
  return world.find(kind, namespace, name).is === 'present';
}

function isNowhere(world: World, need: ObjectNeed): boolean {
  const { kind, namespace, name, key } = need;
  if (key !== undefined) {
    const keys = keysOf(world, kind === 'ConfigMap' ? kind : 'Secret', namespace, name);
    return keys instanceof Set && !keys.has(key);
  }
  return world.find(kind, namespace, name).is === 'absent' && !mayBeThere(world, need);
}

/** Whether an object is there, or something may make it. */
function mayBeThere(world: World, { kind, namespace, name }: Pick<ObjectNeed, 'kind' | 'namespace' | 'name'>): boolean {
  if (world.find(kind, namespace, name).is === 'present') return true;
  if (namespace === '') return false;
  return (
    creatorOf(world, kind, namespace, name) !== undefined ||
    possibleCreatorOf(world, kind, namespace, name) !== undefined ||
    writerOf(world, kind, namespace, name) !== undefined
  );
}

/** What follows, once for each thing that follows. */
function* told(
  world: World,
  change: ObjectChange,
  what: string,
  needs: readonly ObjectNeed[],
  field?: FoundRisk['field'],
): Iterable<FoundRisk> {
  const byEffect = new Map<string, string[]>();
  for (const need of needs) addTo(byEffect, need.without, world.idOf(need.resource));
  for (const [effect, all] of byEffect) {
    const ids = [...new Set(all)];
    const message = `${what}, and ${firstNames(ids)} ${ids.length === 1 ? 'still refers' : 'still refer'} to it: ${effect}`;
    yield { change, field, message };
  }
}
