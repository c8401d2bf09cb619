import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import { objectName } from '../../model/kubernetes';
import { labelProblem } from '../../model/names';
import type { GivenManifest } from './given';
import { isFields } from './given';
import { known, namesOf } from './without';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that hold the name of an object of a kind: the field itself, or `name` in it. What has a kind beside it says its own. */
const REFERENCES: Readonly<
  Record<string, { readonly names?: readonly string[]; readonly holders?: readonly string[] }>
> = {
  ConfigMap: { holders: ['configMap', 'configMapRef', 'configMapKeyRef'] },
  Secret: {
    names: ['secretName'],
    holders: ['secret', 'secretRef', 'secretKeyRef', 'imagePullSecrets', 'secrets', 'nodePublishSecretRef'],
  },
  ServiceAccount: { names: ['serviceAccountName', 'serviceAccount'] },
  Service: { names: ['serviceName'], holders: ['service'] },
  PersistentVolumeClaim: { names: ['claimName'] },
  StorageClass: { names: ['storageClassName'] },
  PriorityClass: { names: ['priorityClassName'] },
  IngressClass: { names: ['ingressClassName'] },
  RuntimeClass: { names: ['runtimeClassName'] },
};

/** Maps whose keys are anybody's words. */
const TEXTS: ReadonlySet<string> = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'matchLabels',
  'stringData',
]);

/** Lists of references that need not say a kind, because one is meant most often. */
const USUAL_KIND: Readonly<Record<string, string>> = { backendRefs: 'Service' };

/**
 * The objects with new names, by `Kind/name`, and with the references between them. Texts, such as arguments and configuration, are
 * not changed: a name in them may mean anything.
 */
export function renamed(
  place: string,
  given: readonly GivenManifest[],
  names: Readonly<Record<string, string>>,
): readonly GivenManifest[] {
  const wanted = Object.entries(names);
  if (wanted.length === 0) return given;
  const changes = wanted.map(([from, to]) => changeOf(place, given, from, to));
  return given.map(({ object, place: at }) => {
    const own = changes.find((change) => change.object === object);
    const { metadata, ...rest } = object;
    const fields = references(rest, '', changes, metadata.namespace) as Fields;
    return {
      place: at,
      object: { ...fields, metadata: own ? { ...metadata, name: own.to } : metadata } as unknown as KubernetesObject,
    };
  });
}

interface Change {
  readonly object: KubernetesObject;
  readonly to: string;
}

function changeOf(place: string, given: readonly GivenManifest[], from: string, to: string): Change {
  const found = given.filter(({ object }) => namesOf(object).includes(from));
  if (found.length !== 1)
    throw new StrataError(
      place,
      found.length === 0
        ? `renames ${from}, and it has no such object`
        : `renames ${from}, and ${found.map(({ object }) => objectName(object)).join(' and ')} are called so`,
      [found.length === 0 ? `name one that it has: ${known(from, given)}` : 'name it with its namespace'],
    );
  const { object } = found[0]!;
  const problem = to
    .split('.')
    .map((part) => labelProblem(part))
    .find((each) => each !== undefined);
  if (problem !== undefined)
    throw new StrataError(place, `renames ${from} to ${JSON.stringify(to)}, which is ${problem}`, [
      'use a name such as queue',
    ]);
  return { object, to };
}

function references(value: unknown, field: string, changes: readonly Change[], namespace: string | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => references(each, field, changes, namespace));
  if (!isFields(value)) return value;
  const kind = value['kind'];
  const renames = (of: string, name: unknown, at: unknown = namespace) =>
    changes.find(
      ({ object }) =>
        object.kind === of &&
        object.metadata.name === name &&
        (object.metadata.namespace === undefined || at === undefined || object.metadata.namespace === at),
    )?.to;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (TEXTS.has(key)) return [key, inner];
      if (key === 'name') {
        const to = kindsAt(field, kind)
          .map((of) => renames(of, inner, value['namespace'] ?? namespace))
          .find((each) => each !== undefined);
        return [key, to ?? inner];
      }
      const of = Object.keys(REFERENCES).find((each) => REFERENCES[each]!.names?.includes(key));
      const to = of === undefined || typeof inner !== 'string' ? undefined : renames(of, inner);
      return [key, to ?? references(inner, key, changes, namespace)];
    }),
  );
}

/** Of which kind the object is that `name` in a field means. */
function kindsAt(field: string, kind: unknown): readonly string[] {
  // A reference that says its kind: a role, what is scaled, the subject of a binding. Objects have their names in metadata.
  if (typeof kind === 'string') return [kind];
  if (USUAL_KIND[field] !== undefined) return [USUAL_KIND[field]];
  return Object.keys(REFERENCES).filter((each) => REFERENCES[each]!.holders?.includes(field));
}
