import { CONTENT_SUFFIX } from './content-hash';
import type { Patch } from './patch';
import type { SecretContract } from './secret-contract';

/** A Kubernetes object as plain data. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** One object as others speak of it. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The objects of one building block: one file of the rendered tree. */
export interface Component {
  readonly name: string;
  /** Components of a lower wave are needed by those of a higher one: 0 is the ground, then along the flows. */
  readonly wave: number;
  readonly objects: readonly KubernetesObject[];
  /** What an object comes after whatever its kind, of this component or another one; by identity. @default - the order of kinds alone */
  readonly order?: ReadonlyMap<string, readonly string[]>;
  /** Those that somebody else wrote, by identity, and where: they keep the order in which they stand in `objects`. @default - none */
  readonly given?: ReadonlyMap<string, string>;
  /** Patches that are part of the objects already. @default - none */
  readonly patches?: readonly AppliedPatch[];
  /** Texts that are written as they are, by the identity of their object: somebody signed them. @default - none */
  readonly verbatim?: ReadonlyMap<string, string>;
  /** The Secrets that its pods need. @default - none */
  readonly secrets?: readonly SecretContract[];
  /** Its objects are written as they are: without a sync wave, and without a namespace where they name none. @default false */
  readonly plain?: boolean;
}

/** A patch that an object has been changed by. */
export interface AppliedPatch {
  readonly patch: Patch;
  /** Of the object. */
  readonly identity: string;
  /** The object without this patch; undefined where other patches need it. */
  readonly without: () => KubernetesObject | undefined;
}

/** `Deployment/shop/web`, or `Namespace/shop` for what stands in no namespace. */
export function objectName(object: KubernetesObject): string {
  return [object.kind, object.metadata.namespace, object.metadata.name].filter(Boolean).join('/');
}

/** What two objects share that are one to an API server: group, kind, namespace and name. */
export function identityOf(object: KubernetesObject): string {
  return `${groupOf(object.apiVersion)}/${objectName(object)}`;
}

/** `apps` of `apps/v1`, nothing of `v1`. */
export function groupOf(apiVersion: string): string {
  return apiVersion.replace(/\/?[^/]+$/, '');
}

/** Argo CD applies lower waves first and waits until they are healthy. */
export const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/** When Argo CD applies an object that is a hook; hooks have waves of their own. */
export const SYNC_HOOK = 'argocd.argoproj.io/hook';

/** On hashed ConfigMaps and Secrets: the name without the hash, which all versions share. */
export const CONFIG_OF = 'strata/config-of';
/** How many earlier versions are kept. */
export const CONFIG_KEPT = 'strata/config-kept';
/** On an earlier version that is kept: 1 is the last before the current one. */
export const CONFIG_SUPERSEDED = 'strata/config-superseded';

/** The hash at the end of a Job's name, which stands for its template. */
const TEMPLATE_HASH = /-[0-9a-f]{10}$/;

/** What the names of these kinds may end in: a policy is called as the Job that it is for, ConfigMaps and Secrets as Kustomize names them. */
const HASHES: Readonly<Record<string, RegExp>> = {
  ConfigMap: CONTENT_SUFFIX,
  Job: TEMPLATE_HASH,
  NetworkPolicy: TEMPLATE_HASH,
  Secret: CONTENT_SUFFIX,
};

/** The name without the hash that a config's content, or a Job's template, puts at its end: it stays when the hash moves. */
export function baseName({ kind, metadata }: KubernetesObject): string {
  const { name, annotations } = metadata;
  return annotations?.[CONFIG_OF] ?? nameWithoutHash(kind, name);
}

/** The same of an object of which only the name is known. */
export function nameWithoutHash(kind: string, name: string): string {
  return Object.hasOwn(HASHES, kind) ? name.replace(HASHES[kind]!, '') : name;
}

/** What a person may call an object: `ConfigMap/web-config`, that with the namespace, and both with the hash. */
export function callableNames(object: KubernetesObject): string[] {
  const { kind, metadata } = object;
  const base = baseName(object);
  const full = [kind, metadata.namespace, base].filter(Boolean).join('/');
  return [...new Set([`${kind}/${base}`, full, `${kind}/${metadata.name}`, objectName(object)])];
}
