import { knownNames, StrataError } from '../../model/errors';
import type { AppliedPatch, KubernetesObject } from '../../model/kubernetes';
import { groupOf, identityOf, objectName } from '../../model/kubernetes';
import { labelsProblem } from '../../model/names';
import { isDefinition, scopeOf } from '../../model/namespaced';
import type { Patch } from '../../model/patch';
import { withPatch } from '../../model/patched';
import type { GivenManifest } from './given';
import { renamed } from './rename';
import type { ImageRewrites } from './rewrite-images';
import { refuseUnfitting, withImages } from './rewrite-images';
import { refuseChangeOfSops } from './sops';
import { leftOver, namesOf } from './without';

/** What may be changed of objects that somebody else wrote. */
export interface Changes {
  /** Objects to leave out: `'Secret/web'`, `'PodDisruptionBudget/*'`. @default - none */
  readonly without?: readonly string[];
  /** New names by `Kind/name`; references between the objects follow. @default - none */
  readonly rename?: Readonly<Record<string, string>>;
  /** Labels of all objects, in their metadata alone: nothing is selected by them. @default - those of the Chart */
  readonly labels?: Readonly<Record<string, string>>;
  /** By what an image's full name begins with, such as `'docker.io/'`: what it begins with instead. @default - images stay */
  readonly images?: ImageRewrites;
  /** Where objects of kinds stand that no CustomResourceDefinition at hand defines, by `Kind.group`. @default - none */
  readonly scopes?: Readonly<Record<string, 'Namespaced' | 'Cluster'>>;
  /** Changes of the objects as they are when all else is done. @default - none */
  readonly patches?: readonly Patch[];
}

export interface Prepared {
  readonly given: readonly GivenManifest[];
  /** What each patch changed. */
  readonly patched: readonly AppliedPatch[];
}

/** The objects as they are rendered. `definitions`: those that are at hand beside the objects. */
export function prepared(
  place: string,
  all: readonly GivenManifest[],
  changes: Changes,
  namespace: string | undefined,
  definitions: readonly KubernetesObject[],
): Prepared {
  const problem = labelsProblem(changes.labels ?? {});
  if (problem !== undefined)
    throw new StrataError(`${place}, labels`, `are ${problem}`, ["write labels such as { team: 'shop' }"]);
  const kinds = [...all.map(({ object }) => object).filter(isDefinition), ...definitions];
  const kept = leftOver(place, all, changes.without ?? []);
  refuseUnknownScopes(place, kept, Object.keys(changes.scopes ?? {}));
  const images = new Set<string>();
  const made = renamed(place, kept, changes.rename ?? {}).map((given) => ({
    ...given,
    object: withImages(
      withLabels(inNamespace(given, namespace, kinds, changes.scopes ?? {}), changes.labels ?? {}, given.place),
      changes.images ?? {},
      images,
    ),
  }));
  refuseUnfitting(place, changes.images ?? {}, images);
  const done = withPatches(place, made, changes.patches ?? []);
  for (const [i, { object, place: at }] of kept.entries()) refuseChangeOfSops(at, object, done.given[i]!.object);
  refuseTakenNames(kept, done.given);
  return done;
}

/** What the scopes of an input call a kind: `Order.example.com`, `Pod`. */
function kindId({ apiVersion, kind }: KubernetesObject): string {
  const group = groupOf(apiVersion);
  return group === '' ? kind : `${kind}.${group}`;
}

function refuseUnknownScopes(place: string, given: readonly GivenManifest[], scopes: readonly string[]): void {
  const known = [...new Set(given.map(({ object }) => kindId(object)))];
  const wrong = scopes.find((id) => !known.includes(id));
  if (wrong === undefined) return;
  throw new StrataError(`${place}, scopes`, `none of its objects is a ${wrong}`, [
    `write a kind that it has, as Kind.group: ${knownNames(wrong, known)}`,
    'remove the entry',
  ]);
}

/** A new name, or namespace, may be that of another object, which would be overwritten. */
function refuseTakenNames(before: readonly GivenManifest[], after: readonly GivenManifest[]): void {
  const taken = new Map<string, number>();
  for (const [i, { object, place }] of after.entries()) {
    const other = taken.get(identityOf(object));
    taken.set(identityOf(object), i);
    if (other === undefined) continue;
    const [was, wasOther] = [before[i]!, before[other]!];
    throw new StrataError(
      place,
      `${objectName(was.object)} becomes ${objectName(object)}, and so does ${objectName(wasOther.object)} at ${wasOther.place}: one would overwrite the other`,
      ['give one of them another name: rename', `leave one of them out: without: ['${namesOf(was.object)[0]}']`],
    );
  }
}

function inNamespace(
  { object, place }: GivenManifest,
  namespace: string | undefined,
  definitions: readonly KubernetesObject[],
  scopes: NonNullable<Changes['scopes']>,
): KubernetesObject {
  const id = kindId(object);
  const scope = scopes[id] ?? scopeOf(object, definitions);
  if (object.metadata.namespace !== undefined) {
    if (scope !== 'Cluster') return object;
    // The API server takes it off, whatever it is.
    const { namespace: _, ...others } = object.metadata;
    return { ...object, metadata: others };
  }
  if (namespace === undefined || scope === 'Cluster') return object;
  if (scope === undefined)
    throw new StrataError(
      place,
      `${objectName(object)} names no namespace, and whether objects of its kind (${id}) need one is not known: no definition of it is at hand`,
      [
        `say it: scopes: { '${id}': 'Namespaced' }, or 'Cluster'`,
        'put its CustomResourceDefinition into this input, or into one that is made before',
      ],
    );
  const { name, ...rest } = object.metadata;
  return { ...object, metadata: { name, namespace, ...rest } };
}

/** What other objects may select by is never overwritten. */
function withLabels(
  object: KubernetesObject,
  labels: Readonly<Record<string, string>>,
  place: string,
): KubernetesObject {
  if (Object.keys(labels).length === 0) return object;
  const own = object.metadata.labels ?? {};
  const taken = Object.keys(labels).find((key) => own[key] !== undefined && own[key] !== labels[key]);
  if (taken !== undefined)
    throw new StrataError(
      place,
      `${objectName(object)} has the label ${taken}=${own[taken]} of its own, which something may select it by; labels would make it ${labels[taken]}`,
      [`remove ${taken} from labels`, `change the one object: patch('${object.kind}/${object.metadata.name}', …)`],
    );
  return { ...object, metadata: { ...object.metadata, labels: { ...own, ...labels } } };
}

function withPatches(place: string, given: readonly GivenManifest[], patches: readonly Patch[]): Prepared {
  const start = given.map(({ object }) => object);
  const apply = (chosen: readonly Patch[], note?: (patch: Patch, identity: string) => void) =>
    chosen.reduce((before, patch) => {
      const { object, changed } = withPatch(`${place}, patch of ${patch.object}`, patch, before, 'input');
      note?.(patch, identityOf(object));
      return before.map((each) => (each === object ? changed : each));
    }, start);
  const without = (left: Patch, identity: string) => {
    try {
      return apply(patches.filter((patch) => patch !== left)).find((object) => identityOf(object) === identity);
    } catch (error) {
      if (error instanceof StrataError) return undefined;
      throw error;
    }
  };
  const patched: AppliedPatch[] = [];
  const final = apply(patches, (patch, identity) =>
    patched.push({ patch, identity, without: () => without(patch, identity) }),
  );
  return { given: given.map(({ place: at }, i) => ({ object: final[i]!, place: at })), patched };
}
