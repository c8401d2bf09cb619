import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import { identityOf, objectName } from '../../model/kubernetes';

/** An object that somebody else wrote, and where it stands. */
export interface GivenManifest {
  readonly object: KubernetesObject;
  /** `vendor/operator.yaml:12`. */
  readonly place: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The objects of documents, in their order: Lists are unpacked, empty documents left out; what is no object is refused. */
export function givenIn(documents: readonly { readonly value: unknown; readonly place: string }[]): GivenManifest[] {
  const all = documents.flatMap(({ value, place }) => (value === null ? [] : [...unpacked(value, place)]));
  const seen = new Map<string, GivenManifest>();
  for (const given of all) {
    const identity = identityOf(given.object);
    const other = seen.get(identity);
    if (other)
      throw new StrataError(
        given.place,
        `${objectName(given.object)} stands here and at ${other.place}: the second would overwrite the first`,
        ['remove one of the two', 'give one of them another name'],
      );
    seen.set(identity, given);
  }
  return all;
}

function* unpacked(value: unknown, place: string): Generator<GivenManifest> {
  if (!isFields(value))
    throw new StrataError(place, `is ${JSON.stringify(value)?.slice(0, 60)}, and no Kubernetes object`, [
      'remove the document',
      'name only files of manifests',
    ]);
  const { apiVersion, kind, items, metadata } = value;
  for (const [field, given] of Object.entries({ apiVersion, kind }))
    if (typeof given !== 'string' || given === '')
      throw new StrataError(
        place,
        given === undefined || given === null
          ? `has no ${field}, so it is no Kubernetes object`
          : `${field} is ${JSON.stringify(given)}, and must be a string`,
        [`give it its ${field}`, 'name only files of manifests'],
      );
  refuseClientSide(apiVersion as string, kind as string, place);
  if (isList(value)) {
    // Of a typed list, such as a RoleList, the items need not say what they are.
    for (const [i, item] of (items as readonly unknown[]).entries())
      yield* unpacked(
        isFields(item) && kind !== 'List' ? { apiVersion, kind: (kind as string).replace(/List$/, ''), ...item } : item,
        `${place}, items[${i}]`,
      );
    return;
  }
  const name = isFields(metadata) ? metadata['name'] : undefined;
  if (typeof name !== 'string' || name === '') throw withoutName(place, kind as string, metadata, name);
  const namespace = (metadata as Fields)['namespace'];
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    throw new StrataError(place, `metadata.namespace is ${JSON.stringify(namespace)}, and must be a string`, [
      'quote it',
    ]);
  for (const field of ['labels', 'annotations']) refuseOtherThanStrings(place, field, (metadata as Fields)[field]);
  const { namespace: own, ...rest } = metadata as Fields;
  // An empty namespace is none.
  yield { object: { ...value, metadata: own ? metadata : rest } as unknown as KubernetesObject, place };
}

/** A kind may end in List without being one: a list has no name. */
function isList({ kind, items, metadata }: Fields): boolean {
  return (
    typeof kind === 'string' &&
    kind.endsWith('List') &&
    Array.isArray(items) &&
    !(isFields(metadata) && metadata['name'] !== undefined)
  );
}

/** Values that are no strings are refused by every API server, and most often lack their quotes. */
function refuseOtherThanStrings(place: string, field: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (!isFields(value))
    throw new StrataError(place, `metadata.${field} is ${JSON.stringify(value)}, and must be a map`, [
      'give it keys with values',
    ]);
  // Nothing is an empty string to the API server.
  for (const [key, each] of Object.entries(value))
    if (typeof each !== 'string' && each !== null)
      throw new StrataError(place, `metadata.${field}[${key}] is ${JSON.stringify(each)}, and must be a string`, [
        'quote it',
      ]);
}

function withoutName(place: string, kind: string, metadata: unknown, name: unknown): StrataError {
  if (name !== undefined && name !== null && name !== '')
    return new StrataError(place, `metadata.name of the ${kind} is ${JSON.stringify(name)}, and must be a string`, [
      'quote it',
    ]);
  if (isFields(metadata) && metadata['generateName'] !== undefined)
    return new StrataError(
      place,
      `the ${kind} has a generateName: every apply would make another one, and none is known by its name`,
      ['give it a name', `leave it out of the input: it is for \`kubectl create\``],
    );
  return new StrataError(place, `the ${kind} has no metadata.name`, ['give it a name']);
}

/** Files of programs that look like objects and are for no API server. */
function refuseClientSide(apiVersion: string, kind: string, place: string): void {
  const program = /^kustomize\.config\.k8s\.io\//.test(apiVersion)
    ? 'Kustomize'
    : /^kind\.x-k8s\.io\//.test(apiVersion)
      ? 'kind'
      : undefined;
  if (program !== undefined)
    throw new StrataError(place, `a ${kind} of ${apiVersion} is a file for ${program}, and no API server takes it`, [
      program === 'Kustomize' ? 'use new FromKustomize(…) for its folder' : 'leave it out',
      'name only files of manifests',
    ]);
}

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
