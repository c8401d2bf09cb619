import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { goRegExp } from '../upstream/kubernetes/cel/regexp';
import type { Certainty } from './certainty';
import { some } from './certainty';
import { knownIn } from './known';
import { NAMESPACE_NAME, namespaceLabels, selectsKnown } from './known-labels';
import type { World } from './world';

const GROUP = 'external-secrets.io';
export const GENERATORS = 'generators.external-secrets.io';

/** What an object of External Secrets reads from or writes to, by its name. */
export interface StoreReference {
  readonly resource: Resource;
  readonly kind: string;
  /** Undefined: none is named. */
  readonly name: string | undefined;
  /** The API group that a reference to a generator states. */
  readonly group: string;
  /** Where the reference stands. */
  readonly path: Path;
}

/** The kinds whose spec names stores, and where the spec of what they stand for is. */
const SPECS: Readonly<Record<string, Path>> = {
  ExternalSecret: ['spec'],
  ClusterExternalSecret: ['spec', 'externalSecretSpec'],
  PushSecret: ['spec'],
  ClusterPushSecret: ['spec', 'pushSecretSpec'],
};

/** The judged objects of External Secrets that name stores, each with its spec. */
export function* storeUsers(world: World): Iterable<{ readonly resource: Resource; readonly spec: Path }> {
  for (const [kind, spec] of Object.entries(SPECS))
    for (const resource of world.of(kind)) if (resource.group === GROUP) yield { resource, spec };
}

/** Every store and generator that an object names. */
export function* storesNamed(resource: Resource, at: Path): Iterable<StoreReference> {
  const spec = record(resource.at(at));
  if (resource.kind.endsWith('PushSecret')) {
    for (const [i, entry] of list(spec?.['secretStoreRefs']).entries()) {
      const ref = record(entry);
      // Labels win over the name.
      if (ref && ref['labelSelector'] === undefined)
        yield storeAt(resource, ref, [...at, 'secretStoreRefs', i], GROUP, 'SecretStore');
    }
    const generator = record(record(spec?.['selector'])?.['generatorRef']);
    if (generator) yield generatorAt(resource, generator, [...at, 'selector', 'generatorRef']);
    return;
  }
  let takesDefault = false;
  for (const field of ['data', 'dataFrom'])
    for (const [i, entry] of list(spec?.[field]).entries()) {
      const source = record(record(entry)?.['sourceRef']);
      const path = [...at, field, i, 'sourceRef'];
      const [store, generator] = [record(source?.['storeRef']), record(source?.['generatorRef'])];
      if (store) yield storeAt(resource, store, [...path, 'storeRef'], GROUP, 'SecretStore');
      // Nothing is generated for an entry of data: its schema says so.
      else if (generator && field === 'dataFrom') yield generatorAt(resource, generator, [...path, 'generatorRef']);
      else if (!source) takesDefault = true;
    }
  if (takesDefault)
    yield storeAt(resource, record(spec?.['secretStoreRef']) ?? {}, [...at, 'secretStoreRef'], GROUP, 'SecretStore');
}

function storeAt(resource: Resource, ref: Json, path: Path, group: string, byDefault: string): StoreReference {
  return { resource, kind: string(ref['kind']) || byDefault, name: string(ref['name']) || undefined, group, path };
}

function generatorAt(resource: Resource, ref: Json, path: Path): StoreReference {
  const version = string(ref['apiVersion']) || `${GENERATORS}/v1alpha1`;
  return storeAt(resource, ref, path, version.split('/')[0]!, '');
}

/** The namespaces in which an object of External Secrets is known to work; undefined where that is not known. */
export function namespacesServed(world: World, resource: Resource): readonly string[] | undefined {
  if (!resource.kind.startsWith('Cluster')) return [world.namespaceOf(resource)];
  const named = list(resource.at(['spec', 'namespaces'])).filter((name): name is string => typeof name === 'string');
  const selectors = [
    ...list(resource.at(['spec', 'namespaceSelectors'])),
    ...(record(resource.at(['spec', 'namespaceSelector'])) ? [resource.at(['spec', 'namespaceSelector'])] : []),
  ];
  const selected = knownIn(world, 'Namespace', '')
    .map(({ name }) => name)
    .filter((name) => selectors.some((one) => selectsKnown(one, namespaceLabels(world, name)) === 'yes'));
  const all = [...new Set([...named, ...selected])];
  return all.length > 0 ? all : undefined;
}

/** Whether the conditions of a ClusterSecretStore admit a namespace (client_manager.go, shouldProcessSecret). */
export function admitsNamespace(world: World, store: Resource, namespace: string): Certainty {
  const conditions = list(store.at(['spec', 'conditions'])).map(record);
  if (conditions.length === 0) return 'yes';
  const known = namespaceLabels(world, namespace);
  return some(
    conditions.flatMap((condition): Certainty[] => [
      ...(condition?.['namespaceSelector'] === undefined ? [] : [selectsKnown(condition['namespaceSelector'], known)]),
      ...list(condition?.['namespaces']).map((name) => (known.labels[NAMESPACE_NAME] === name ? 'yes' : 'no')),
      ...list(condition?.['namespaceRegexes']).map((regex): Certainty => {
        const expression = typeof regex === 'string' ? goRegExp(regex) : undefined;
        return expression === undefined ? 'unknown' : expression.test(namespace) ? 'yes' : 'no';
      }),
    ]),
  );
}
