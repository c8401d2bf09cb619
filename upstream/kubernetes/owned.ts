import type { Json } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';

/** Programs that change objects as they run: what they write is not in anybody's manifest. */
const CONTROLLERS =
  /^(kube-(controller-manager|scheduler|apiserver|proxy)|kubelet|cloud-controller-manager|k3s|.*(controller|operator|cainjector|injector|updater|recommender|autoscaler|provisioner|manager|webhook)s?([-/].*)?)$/i;

/** Those among them that apply what somebody wrote. */
const APPLIERS =
  /^(argocd-|argocd$|helm|kustomize-controller|helm-controller|flux|kubectl|terraform|pulumi|.*\bapply\b)/i;

/** The fields of an object that some managers own, as `metadata.managedFields` tells them. */
export class Owned {
  static readonly NOTHING = new Owned([]);

  private constructor(private readonly sets: readonly Json[]) {}

  /** What all own that are no controllers. What was changed by a subresource, such as the replicas by an autoscaler, nobody applied. */
  static byAppliers(managedFields: readonly Json[]): Owned {
    return new Owned(
      managedFields.flatMap(({ manager, subresource, fieldsV1 }) => {
        const name = string(manager) ?? '';
        const applies = APPLIERS.test(name) || !CONTROLLERS.test(name);
        const ofStatus = subresource === 'status' || (subresource !== undefined && !APPLIERS.test(name));
        const set = record(fieldsV1);
        return applies && !ofStatus && set ? [set] : [];
      }),
    );
  }

  /** Whether it is owned as one value, and not by its parts. */
  get isWhole(): boolean {
    return this.sets.some((set) => Object.keys(set).length === 0);
  }

  field(name: string): Owned | undefined {
    return this.below((key) => key === `f:${name}`);
  }

  /** An entry of a list with keys. */
  entry(keys: Json): Owned | undefined {
    return this.below((key) => key.startsWith('k:') && holds(parsed(key), keys));
  }

  /** An entry of a set. */
  value(entry: unknown): boolean {
    return this.below((key) => key.startsWith('v:') && parsed(key) === entry) !== undefined;
  }

  private below(wanted: (key: string) => boolean): Owned | undefined {
    const sets = this.sets.flatMap((set) =>
      Object.keys(set).flatMap((key) => {
        const inner = wanted(key) ? record(set[key]) : undefined;
        return inner ? [inner] : [];
      }),
    );
    return sets.length > 0 ? new Owned(sets) : undefined;
  }
}

function parsed(key: string): unknown {
  try {
    return JSON.parse(key.slice(2));
  } catch {
    return undefined;
  }
}

function holds(written: unknown, keys: Json): boolean {
  const own = record(written);
  return own !== undefined && Object.keys(own).every((key) => own[key] === keys[key]);
}
