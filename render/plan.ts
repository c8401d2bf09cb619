import { hash } from 'node:crypto';
import { StrataError } from '../model/errors';
import type { Component, KubernetesObject, ObjectReference } from '../model/kubernetes';
import { identityOf, objectName, SYNC_HOOK, SYNC_WAVE } from '../model/kubernetes';
import { isDefinition, isNamespaced } from '../model/namespaced';
import type { SecretOutline } from '../model/secret-contract';
import { isMadeElsewhere, outlineOf } from '../model/secret-contract';
import type { Environment } from '../model/target';
import { stepsOf } from './order';
import { toYaml } from './yaml';

/** Where an object stands, and the hash of what it says. */
export interface IndexEntry extends ObjectReference {
  readonly file: string;
  /** Of the object's YAML. */
  readonly sha256: string;
}

export interface PlannedFile {
  /** Relative to the target's folder. */
  readonly path: string;
  readonly text: string;
}

/** The files of one target, and what is in them. */
export interface PlannedTarget {
  readonly files: readonly PlannedFile[];
  readonly objects: readonly IndexEntry[];
  /** The Secrets that its pods need and that nothing of it makes. */
  readonly secrets: readonly SecretOutline[];
}

/** Objects to files, each file a step of the order to apply; what would overwrite, leak or get lost is refused. */
export function planTarget(
  target: { readonly name: string; readonly environment: Pick<Environment, 'name' | 'ephemeral' | 'secretsInGit'> },
  components: readonly Component[],
): PlannedTarget {
  refuseAlikeNames(target.name, components);
  const definitions = components.flatMap((component) => component.objects.filter(isDefinition));
  const plain = new Set(components.flatMap((component) => (component.plain ? component.objects : [])));
  const verbatim = new Map(components.flatMap((component) => [...(component.verbatim ?? [])]));
  const seen = new Map<string, string>();
  const files: PlannedFile[] = [];
  const entries: IndexEntry[] = [];
  for (const { path, wave, objects } of stepsOf(components)) {
    const documents: string[] = [];
    for (const object of objects) {
      const place = `${target.name}, ${path}`;
      refuseTwice(place, path, object, seen);
      const given = verbatim.get(identityOf(object));
      if (!target.environment.ephemeral && target.environment.secretsInGit === undefined && given === undefined)
        refuseLiteralSecret(place, object, target.environment.name);
      const isPlain = plain.has(object);
      if (!isPlain && !object.metadata.namespace && isNamespaced(object, definitions))
        throw withoutNamespace(place, object);
      const text = given ?? toYaml(isPlain ? object : withWave(object, wave));
      documents.push(text);
      entries.push({
        apiVersion: object.apiVersion,
        kind: object.kind,
        ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
        name: object.metadata.name,
        file: path,
        sha256: hash('sha256', text),
      });
    }
    files.push({ path, text: documents.join('---\n') });
  }
  const secrets = components
    .flatMap((component) => component.secrets ?? [])
    .filter(isMadeElsewhere)
    .map(outlineOf);
  return { files, objects: entries, secrets };
}

/** Some file systems take names for the same that differ in letter case only. */
function refuseAlikeNames(target: string, components: readonly Component[]): void {
  const known = new Map<string, string>();
  for (const { name, objects } of components) {
    if (objects.length === 0) continue;
    const other = known.get(name.toLowerCase());
    if (other !== undefined)
      throw new StrataError(
        `${target}, component ${name}`,
        other === name
          ? 'two components have this name: the file of the second would overwrite that of the first'
          : `there is a component ${other} too, and where letter case does not count the file of one would overwrite that of the other`,
        ['give one of the two another name', 'put both into one component'],
      );
    known.set(name.toLowerCase(), name);
  }
}

function refuseTwice(place: string, path: string, object: KubernetesObject, seen: Map<string, string>): void {
  const name = objectName(object);
  const identity = identityOf(object);
  const other = seen.get(identity);
  if (other !== undefined)
    throw new StrataError(place, `${name} is rendered twice, also in ${other}: the second would overwrite the first`, [
      'give one of the two another name',
      'remove one of the two',
    ]);
  seen.set(identity, path);
}

function refuseLiteralSecret(place: string, object: KubernetesObject, environment: string): void {
  if (object.kind !== 'Secret' || !(object['data'] ?? object['stringData'])) return;
  throw new StrataError(
    place,
    `${objectName(object)} holds literal secrets, and they would enter Git; environment ${environment} is not ephemeral`,
    [
      'reference a Secret that a store or a person provides',
      'declare the environment ephemeral, if nothing in it is worth hiding',
    ],
  );
}

function withoutNamespace(place: string, object: KubernetesObject): StrataError {
  return new StrataError(
    place,
    `${objectName(object)} has no namespace and its kind needs one: kubectl would put it into the namespace of whoever applies it`,
    ['set its metadata.namespace', "set the namespace of its chart, where it is a construct of cdk8s' own"],
  );
}

/** A component with its objects as they are written. */
export function asWritten(component: Component): Component {
  if (component.plain) return component;
  const written = (object: KubernetesObject) =>
    component.verbatim?.has(identityOf(object)) ? object : withWave(object, component.wave);
  return {
    ...component,
    objects: component.objects.map(written),
    ...(component.patches
      ? {
          patches: component.patches.map((applied) => ({
            ...applied,
            without: () => {
              const object = applied.without();
              return object && written(object);
            },
          })),
        }
      : {}),
  };
}

/** Hooks run in a phase of their own, whose waves nobody else counts. */
function withWave(object: KubernetesObject, wave: number): KubernetesObject {
  if (object.metadata.annotations?.[SYNC_HOOK] !== undefined) return object;
  const { metadata } = object;
  const annotations = Object.assign({}, metadata.annotations, { [SYNC_WAVE]: String(wave) });
  // Written with spreads this takes a tenth of the whole render in the bundle of the program (bin/bundles.mjs).
  return Object.assign({}, object, { metadata: Object.assign({}, metadata, { annotations }) });
}
