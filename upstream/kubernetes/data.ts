import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an API server is offered at which minor version: a value from a version on; null where it is gone. */
export type Timeline<T> = { readonly [minor: string]: T | null };

export interface Lifecycle {
  /** The minor version that warns of it first. */
  readonly deprecated?: number;
  /** The first minor version without it. */
  readonly removed?: number;
  /** `networking.k8s.io/v1 Ingress` */
  readonly replacement?: string;
}

/** data/kubernetes.json: written by generate.mjs from the OpenAPI documents of Kubernetes. */
export interface KubernetesData {
  readonly oldest: number;
  readonly newest: number;
  /** `apps/v1 Deployment` to `deployments namespaced apps.v1.Deployment` */
  readonly kinds: { readonly [apiVersionAndKind: string]: Timeline<string> };
  readonly lifecycles: { readonly [apiVersionAndKind: string]: Lifecycle };
  /** Fields and their types; a name that ends in `!` is required. */
  readonly definitions: { readonly [name: string]: Timeline<{ readonly [field: string]: string }> };
}

/** A schema of a CRD; those below it stand in the same pool, by number. */
export interface PooledSchema {
  readonly [keyword: string]: unknown;
}

/** data/add-ons.json: the CRDs of well-known add-ons, written by generate.mjs. */
export interface AddOnData {
  readonly kinds: {
    readonly [apiVersionAndKind: string]: {
      readonly plural: string;
      readonly namespaced: boolean;
      readonly addOn: string;
      readonly deprecated?: boolean;
      readonly schema: number;
    };
  };
  readonly pool: readonly PooledSchema[];
}

/** data/releases.json: written by releases/generate.mjs from the Go modules of each minor version. */
export interface ReleasesData {
  readonly oldest: number;
  readonly newest: number;
  /** By whom a feature gate is known, and its name: `BETA on`, `GA on locked`. */
  readonly gates: Readonly<
    Record<'components' | 'kube-controller-manager' | 'kubeadm', { readonly [gate: string]: Timeline<string> }>
  >;
  /** Which gates must be on where a gate is on. */
  readonly dependencies: { readonly [gate: string]: Timeline<readonly string[]> };
  /** What kubeadm of each minor version brings. */
  readonly kubeadm: { readonly [minor: string]: KubeadmImages };
  /** Versions of components' configuration files, and the first minor version that does not read them. */
  readonly configurations: { readonly [apiVersion: string]: number };
}

/** The tags of images that kubeadm brings beside the components. */
export interface KubeadmImages {
  /** The release of kubeadm that does, the newest when the data were made. */
  readonly release: string;
  readonly etcd: string;
  readonly coredns: string;
  readonly pause: string;
}

/** The data are read when a check asks for them first: rendering never does. */
export const kubernetesData = lazily(() => read('kubernetes.json') as KubernetesData);
export const addOnData = lazily(() => read('add-ons.json') as AddOnData);

/** data/pointers.json: by struct the fields in which what is empty is not the same as nothing; written by pointers/generate.mjs. */
export const pointers = lazily(() => read('pointers.json') as { readonly [definition: string]: readonly string[] });

export const releasesData = lazily(() => read('releases.json') as ReleasesData);

/** Beside this file, or, in the bundle of .strata/, where the bundle's folder leads to. */
function read(name: string): unknown {
  const beside = join(__dirname, 'data', name);
  return JSON.parse(
    readFileSync(existsSync(beside) ? beside : join(__dirname, '../upstream/kubernetes/data', name), 'utf8'),
  );
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
