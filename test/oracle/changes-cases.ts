import type { Json } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import type { Case } from './defaults-cases';
import { random, thin } from './mutate';

/** An object before and after a change. */
export interface Change {
  readonly old: Json;
  readonly now: Json;
  readonly what: string;
  readonly kind: Case['kind'];
}

type Box = { [key: string]: unknown };

/** Kinds whose names have a meaning, or that make the API server wait for somebody. */
const SKIPPED =
  /^(CustomResourceDefinition|APIService|Namespace|Node|CSINode|.*WebhookConfiguration|.*AdmissionPolicy.*)$/;

const SCALED = /^(Deployment|StatefulSet|ReplicaSet|ReplicationController)$/;
const REVISED = /^(Deployment|StatefulSet|DaemonSet)$/;

/** Changes of every kind as often as of every other: half of anything, half of an order, a spelling, a default or a note. */
export function changesOf(seeds: readonly Case[], seed: number): (i: number) => Change {
  const next = random(seed);
  const usual = seeds.filter(({ kind }) => !SKIPPED.test(kind.kind));
  const kinds = [...new Set(usual.map(({ kind }) => kind))];
  // Those with revisions more often.
  const often = kinds.flatMap((kind) => Array(REVISED.test(kind.kind) ? 6 : 1).fill(kind) as Case['kind'][]);
  const byKind = often.map((kind) => usual.filter((one) => one.kind === kind));
  let asked = 0;
  return () => {
    const i = asked++;
    const ofKind = byKind[i % byKind.length]!;
    const { object, kind } = ofKind[Math.floor(next() * ofKind.length)]!;
    const old = structuredClone(object) as Box;
    (old['metadata'] as Box)['name'] =
      `c${seed}-${i}-${String(record(object['metadata'])?.['name']).slice(0, 20).replace(/\W+$/, '')}`;
    // Pods take the controllers' time, and have no nodes.
    if (SCALED.test(kind.kind)) old['spec'] = { ...record(old['spec']), replicas: 0 };
    if (next() < 0.5) {
      const { object: now, what } = thin(old, kind.definition, next);
      const metadata = { ...record(now['metadata']), name: (old['metadata'] as Box)['name'] };
      return { old, now: { ...now, metadata }, what, kind };
    }
    const now = structuredClone(old);
    const small = SMALL[Math.floor(next() * SMALL.length)]!;
    return { old, now, what: small(now, next), kind };
  };
}

/** Every list and struct below an object. */
function inside(value: unknown, path: string, found: { readonly at: unknown; readonly path: string }[]): typeof found {
  if (value === null || typeof value !== 'object') return found;
  found.push({ at: value, path });
  for (const [key, inner] of Object.entries(value)) inside(inner, `${path}.${key}`, found);
  return found;
}

const SMALL: readonly ((object: Box, next: () => number) => string)[] = [
  function nothing() {
    return 'nothing';
  },
  function annotation(object) {
    const metadata = object['metadata'] as Box;
    metadata['annotations'] = { ...record(metadata['annotations']), 'example.com/changed': 'yes' };
    return 'an annotation';
  },
  function label(object) {
    const metadata = object['metadata'] as Box;
    metadata['labels'] = { ...record(metadata['labels']), 'example.com/changed': 'yes' };
    return 'a label';
  },
  function reversed(object, next) {
    const lists = inside(object, '', []).filter(({ at }) => Array.isArray(at) && at.length > 1);
    const one = lists[Math.floor(next() * lists.length)];
    if (one) (one.at as unknown[]).reverse();
    return one ? `the order of ${one.path}` : 'no order';
  },
  function keys(object) {
    for (const { at } of inside(object, '', [])) {
      if (Array.isArray(at)) continue;
      const box = at as Box;
      const entries = Object.entries(box).reverse();
      for (const [key] of entries) delete box[key];
      Object.assign(box, Object.fromEntries(entries));
    }
    return 'the order of keys';
  },
  function respelt(object) {
    const same: Json = {
      '1Gi': '1024Mi',
      '128Mi': '131072Ki',
      '256Mi': '0.25Gi',
      '1': '1000m',
      '100m': '0.1',
      '64Mi': '65536Ki',
    };
    let done = 'no quantity';
    for (const { at, path } of inside(object, '', []))
      if (/\.(requests|limits|capacity|hard|max|min)$/.test(path))
        for (const [key, value] of Object.entries(at as Box))
          if (typeof value === 'string' && string(same[value])) {
            (at as Box)[key] = same[value];
            done = `the spelling of ${path}.${key}`;
          }
    return done;
  },
  function defaults(object) {
    let done = 'no default';
    for (const { at, path } of inside(object, '', []))
      if (/\.containers\.\d+$/.test(path) && (at as Box)['terminationMessagePath'] === undefined) {
        (at as Box)['terminationMessagePath'] = '/dev/termination-log';
        done = `a default in ${path}`;
      }
    return done;
  },
];
