import type { Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';

/** What a controller may create that pods or Services refer to, or that policies select. */
export type CreatedKind = 'pods' | 'Service' | 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim';

/** An object that a controller creates under a name that is known. */
export interface CreatedObject {
  readonly kind: CreatedKind;
  readonly name: string;
  /** `*`: every namespace. @default - that of the resource that it is created from */
  readonly namespace?: string;
}

/** `anything`: objects of any kind. A kind alone: objects whose names only the controller knows. */
export type Creates = 'anything' | readonly (CreatedKind | CreatedObject)[];
export type KindEntry = Creates | ((resource: Resource) => Creates);

/** The kinds of an API group; a kind without an entry may create anything. */
export interface Kinds {
  readonly [kind: string]: KindEntry;
}

export const NOTHING: Creates = [];

/** The entry of all kinds of a group that are not listed. */
export const OTHERS = '*';
/** A group whose other kinds create nothing. */
export const only = (kinds: Kinds): Kinds => ({ ...kinds, [OTHERS]: NOTHING });
/** Kinds that create nothing. */
export const none = (...kinds: readonly string[]): Kinds => Object.fromEntries(kinds.map((kind) => [kind, NOTHING]));
/** Groups none of whose kinds creates anything. */
export const quiet = (...groups: readonly string[]) => Object.fromEntries(groups.map((group) => [group, only({})]));

/** The Secret that a field names. */
export const secretAt =
  (...path: readonly string[]): KindEntry =>
  (resource) =>
    secretCalled(resource.at(path));

/** Objects of the resource's own name. */
export const called =
  (...kinds: readonly CreatedKind[]): KindEntry =>
  ({ name }) =>
    kinds.map((kind) => ({ kind, name }));

/** A chart installs anything; a folder holds, as a rule, what is judged along with the resource. */
export const chartAt =
  (...path: readonly string[]): KindEntry =>
  (resource) => {
    const spec = record(resource.at(path));
    const sources = [spec?.['source'], ...list(spec?.['sources'])];
    return sources.some((source) => record(source)?.['chart'] !== undefined) ? 'anything' : NOTHING;
  };

/** A StatefulSet with its governing Service, and Secrets and ConfigMaps of what it reads, called after it: `prometheus-main-web-config`. */
export const operated =
  (
    service: string,
    prefix: string,
    made: { readonly [kind in 'Secret' | 'ConfigMap']: readonly string[] },
  ): KindEntry =>
  ({ name }) => [
    'pods',
    { kind: 'Service', name: service },
    ...(['Secret', 'ConfigMap'] as const).flatMap((kind) =>
      made[kind].map((ending) => ({ kind, name: `${prefix}-${name}${ending}` })),
    ),
  ];

/** Argo Rollouts: a metric of an analysis may be what a Job finds out. */
export const measuringJobs: KindEntry = (resource) =>
  list(resource.at(['spec', 'metrics'])).some((metric) => record(record(metric)?.['provider'])?.['job'] !== undefined)
    ? ['pods']
    : NOTHING;

/** Kyverno: a rule with `generate` creates what it says in the namespaces that it matches. */
export const generating: KindEntry = (resource) =>
  list(resource.at(['spec', 'rules'])).some((rule) => record(rule)?.['generate'] !== undefined) ? 'anything' : NOTHING;

/** External Secrets: with the creation policy None, somebody else creates the Secret. */
export const externalSecret: KindEntry = (resource) =>
  resource.at(['spec', 'target', 'creationPolicy']) === 'None'
    ? NOTHING
    : secretCalled(string(resource.at(['spec', 'target', 'name'])) ?? resource.name);

/** The Secrets Store CSI driver. */
export const providedSecrets: KindEntry = (resource) =>
  list(resource.at(['spec', 'secretObjects'])).flatMap((entry) => secretCalled(record(entry)?.['secretName']));

/** trust-manager: a bundle stands in every namespace that its selector selects. */
export const trustBundle: KindEntry = (resource) => {
  const target = record(resource.at(['spec', 'target']));
  const { name } = resource;
  return [
    ...(target?.['configMap'] ? [{ kind: 'ConfigMap', name, namespace: '*' } as const] : []),
    ...(target?.['secret'] ? [{ kind: 'Secret', name, namespace: '*' } as const] : []),
  ];
};

function secretCalled(name: unknown): readonly CreatedObject[] {
  return typeof name === 'string' && name !== '' ? [{ kind: 'Secret', name }] : [];
}
