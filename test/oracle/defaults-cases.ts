import { isDeepStrictEqual } from 'node:util';
import { readSources } from '../../manifests/reading/read';
import type { Json, Source } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { withDefaults, withoutEmpty } from '../../upstream/kubernetes/defaults';
import { apiOf, type Kind } from '../../upstream/kubernetes/model';
import { oneFormOf } from '../../upstream/kubernetes/one-form';
import { random, thin } from './mutate';

/** Kinds that answer at once and are not stored, and those whose fields are of the time or of who asks. */
const SKIPPED = /Review$|^(Binding|Event|DeviceTaintRule|ResourceSlice|CertificateSigningRequest)$/;

/** An object to ask an API server for. */
export interface Case {
  readonly object: Json;
  readonly kind: Kind;
  /** What was done to the seed. */
  readonly what: string;
}

/** Objects of some files, as servers of a version know them. */
export function seedsOf(sources: readonly Source[], minor: number): Case[] {
  return readSources(sources).resources.flatMap((resource, i) => {
    const kind = apiOf(minor).kind(resource.apiVersion, resource.kind);
    if (!kind || SKIPPED.test(kind.kind)) return [];
    const { namespace: _elsewhere, ...metadata } = { ...record(resource.object['metadata']) };
    // Names that the server has not yet; those of other objects have a meaning, or none.
    if (['Namespace', 'StorageClass', 'PriorityClass', 'PriorityLevelConfiguration'].includes(kind.kind))
      metadata['name'] = `o${i}-${String(metadata['name'])}`.slice(0, 60);
    return [{ kind, object: { ...resource.object, metadata }, what: 'as it is' }];
  });
}

/** The seeds, then seeds with fields taken away, emptied and added at random, every kind as often as every other. */
export function casesOf(seeds: readonly Case[], seed: number): () => Case {
  const next = random(seed);
  const byKind = [...new Set(seeds.map(({ kind }) => kind))].map((kind) => seeds.filter((one) => one.kind === kind));
  let i = 0;
  return () => {
    const at = i++;
    if (at < seeds.length) return seeds[at]!;
    const ofKind = byKind[at % byKind.length]!;
    const { object, kind } = ofKind[Math.floor(next() * ofKind.length)]!;
    return { kind, ...thin(object, kind.definition, next) };
  };
}

/** What is filled in, and what is forgotten, one line each: `spec.replicas = 1`. */
export function madeOf({ object, kind }: Case, minor: number, made: Json): string[] {
  const written = (each: Json) => comparable(withoutEmpty(each, minor, true), kind);
  return differences(written(object), written(made), '');
}

/** The same as we have it. */
export function ownMadeOf(asked: Case, minor: number): string[] {
  return madeOf(asked, minor, withDefaults(asked.object, minor));
}

/** An object by its meaning, without its namespace, which the request names. */
function comparable(object: Json, { definition }: Kind): Json {
  const { namespace: _placed, ...metadata } = { ...record(object['metadata']) };
  return oneFormOf({ ...object, metadata }, definition);
}

/** The fields that differ, and what they are now: `spec.replicas = 1`. */
export function differences(before: unknown, now: unknown, path: string): string[] {
  if (isDeepStrictEqual(before, now)) return [];
  const [one, other] = [before, now].map((value) => record(value) ?? (Array.isArray(value) ? value : undefined));
  if (!one || !other || Array.isArray(one) !== Array.isArray(other)) return [`${path.slice(1)} = ${text(now)}`];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .sort()
    .flatMap((key) => differences((one as Json)[key], (other as Json)[key], `${path}.${key}`));
}

/** JSON with the keys in order. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => {
    const object = record(inner);
    return object ? Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))) : inner;
  });
}
