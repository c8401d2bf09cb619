import { addTo } from '../../../model/multimap';
import type { SchedulerNode } from '../node';
import type { SchedulerPod } from '../pod';
import { claimName } from './pod-volumes';
import type { Storage, StorageClaim, StorageVolume } from './storage';
import { assumedClaim, claimKey, hasRoom, isMadeFor, isProvisioned, matchingVolume } from './storage';
import { volumeMadeFor } from './volume-reach';

/** A claim that waited for a pod, and what the scheduler decided for it: a volume that there is, or to have one made for a node. */
type Decision = { readonly volume: StorageVolume } | { readonly node: string };

/** How the claims of a pod stand. */
export interface PodClaims {
  readonly bound: readonly { readonly claim: StorageClaim; readonly volume: StorageVolume | undefined }[];
  /** Bound or made when the pod is placed. */
  readonly waiting: readonly StorageClaim[];
  /** Bound or made before, by others. */
  readonly immediate: readonly StorageClaim[];
}

/** Storage, and what pods that have been placed took of it. It changes as they come and go. */
export class StorageState {
  /** Pods on nodes that use a claim, by claim. */
  private readonly users = new Map<string, number>();
  /** What is decided by no pod is so whatever becomes of the pods. */
  private readonly decided = new Map<string, Decision & { readonly by: SchedulerPod | undefined }>();
  /** Claims that have been made anew for the pod in the place of another. */
  private readonly renewed = new Map<string, StorageClaim>();
  private readonly taken = new Set<string>();
  private readonly byClass = new Map<string, StorageVolume[]>();

  constructor(readonly storage: Storage) {
    for (const volume of storage.volumes.values()) addTo(this.byClass, volume.className, volume);
  }

  /** A pod is on a node. */
  add(pod: SchedulerPod): void {
    for (const key of keysOf(pod)) this.users.set(key, (this.users.get(key) ?? 0) + 1);
  }

  /** What the scheduler decides for the claims of a pod when it places it on a node. */
  decide(pod: SchedulerPod, on: SchedulerNode): void {
    if (pod.volumes.claims.length === 0) return;
    const { waiting } = this.claimsOf(pod);
    const matches = this.matches(waiting, on);
    for (const claim of waiting) {
      const key = claimKey(claim.namespace, claim.name);
      if (this.decided.has(key)) continue;
      const volume = matches.get(claim);
      if (volume) this.taken.add(volume.name);
      this.decided.set(key, volume ? { volume, by: pod } : { node: on.name, by: pod });
    }
  }

  /** A pod is gone from its node. */
  remove(pod: SchedulerPod): void {
    for (const key of keysOf(pod)) this.users.set(key, this.users.get(key)! - 1);
  }

  /** What was decided for the claims of a pod when it was placed is undone. */
  forget(pod: SchedulerPod): void {
    for (const key of keysOf(pod)) {
      const decision = this.decided.get(key);
      if (decision?.by !== pod) continue;
      this.decided.delete(key);
      if ('volume' in decision) this.taken.delete(decision.volume.name);
    }
  }

  /**
   * A pod runs on a node: what its claims got is theirs as long as they are there. A volume that nobody shows was made for it, and is
   * within reach of its node. Those that are made for the pod itself go with it.
   */
  settle(pod: SchedulerPod, on: SchedulerNode): void {
    for (const each of pod.volumes.claims) {
      const claim = each.claim === undefined ? undefined : this.claim(pod.namespace, each.claim);
      if (!claim || claim.bound) continue;
      const key = claimKey(claim.namespace, claim.name);
      const decision = this.decided.get(key);
      const volume =
        decision && 'volume' in decision
          ? decision.volume
          : (this.storage.volumes.get(claim.volumeName) ??
            volumeMadeFor(claim, this.storage.classes.get(claim.className), on));
      this.decided.set(key, { volume, by: undefined });
    }
  }

  /** A pod comes in the place of one of the same name that is gone: its own claims, and the volumes of those, are made anew. */
  renew(pod: SchedulerPod): void {
    for (const each of pod.volumes.claims) {
      if (each.claim !== undefined) continue;
      const name = claimName(each, pod);
      const old = this.claim(pod.namespace, name);
      const claim = old ?? assumedClaim(pod.namespace, name);
      const madeAnywhere = !this.storage.classes.get(claim.className)?.waits;
      this.renewed.set(claimKey(pod.namespace, name), {
        ...claim,
        uid: undefined,
        madeFor: pod.name,
        volumeName: '',
        bound: false,
        lost: false,
        deleting: false,
        selectedNode: undefined,
        madeAnywhere,
      });
    }
  }

  /** What is not certain of where a pod may be, since it is not known how far a volume reaches; undefined: nothing. */
  doubtAbout(pod: SchedulerPod, on: SchedulerNode | undefined): string | undefined {
    const found = this.claimsOf(pod).bound.find(
      ({ volume }) => volume?.made && volume.made.reach === undefined && volume.made.node !== on?.name,
    );
    return found && `how far the volume of claim "${found.claim.name}" reaches is not known`;
  }

  isUsed(claim: StorageClaim): boolean {
    return (this.users.get(claimKey(claim.namespace, claim.name)) ?? 0) > 0;
  }

  claim(namespace: string, name: string): StorageClaim | undefined {
    const key = claimKey(namespace, name);
    return this.renewed.get(key) ?? this.storage.claims.get(key);
  }

  /** The node for whose pods the volume of a claim is made. */
  selectedNode({ namespace, name, selectedNode }: StorageClaim): string | undefined {
    const decision = this.decided.get(claimKey(namespace, name));
    return decision && 'node' in decision ? decision.node : selectedNode;
  }

  /** Whether a volume is made for it that may be anywhere. */
  isUnsure(pod: SchedulerPod): boolean {
    return this.claimsOf(pod).immediate.some(({ madeAnywhere }) => madeAnywhere);
  }

  /** A claim of it of which it is not known whether it exists. */
  assumedOf(pod: SchedulerPod): string | undefined {
    return this.claimsOf(pod).immediate.find(({ assumed }) => assumed)?.name;
  }

  /** Volumes that claims got from pods that run. */
  get settled(): readonly StorageVolume[] {
    return [...this.decided.values()].flatMap((each) =>
      'volume' in each && each.by === undefined ? [each.volume] : [],
    );
  }

  /** Whether it shares a claim whose volume is being made for another pod, on whose node alone it is certain to be. */
  mayReachFurther(pod: SchedulerPod): boolean {
    return this.claimsOf(pod).waiting.some((claim) => {
      const decision = this.decided.get(claimKey(claim.namespace, claim.name));
      return decision !== undefined && decision.by !== pod;
    });
  }

  claimsOf(pod: SchedulerPod): PodClaims {
    const bound: PodClaims['bound'][number][] = [];
    const waiting: StorageClaim[] = [];
    const immediate: StorageClaim[] = [];
    for (const each of pod.volumes.claims) {
      const claim = this.claim(pod.namespace, claimName(each, pod));
      if (!claim) continue;
      const decision = this.decided.get(claimKey(claim.namespace, claim.name));
      if (claim.bound) bound.push({ claim, volume: this.storage.volumes.get(claim.volumeName) });
      else if (decision && 'volume' in decision) bound.push({ claim, volume: decision.volume });
      else if (!claim.madeAnywhere && claim.volumeName === '' && this.storage.classes.get(claim.className)?.waits)
        waiting.push(claim);
      else immediate.push(claim);
    }
    return { bound, waiting, immediate };
  }

  /** Volumes for waiting claims on a node, the smallest claim first (plugins/volumebinding, findMatchingVolumes). */
  matches(waiting: readonly StorageClaim[], node: SchedulerNode): ReadonlyMap<StorageClaim, StorageVolume> {
    const chosen = new Map<StorageClaim, StorageVolume>();
    const names = new Set<string>();
    for (const claim of bySize(waiting)) {
      if (this.selectedNode(claim) !== undefined) continue;
      const free = (this.byClass.get(claim.className) ?? []).filter(
        ({ name }) => !names.has(name) && !this.taken.has(name),
      );
      const volume = matchingVolume(claim, free, node);
      if (!volume) continue;
      names.add(volume.name);
      chosen.set(claim, volume);
    }
    return chosen;
  }

  /** Why no volume can be made for a claim on a node; undefined: it can. */
  refusesToMake(claim: StorageClaim, node: SchedulerNode): 'topology' | 'room' | undefined {
    const made = this.storage.classes.get(claim.className);
    if (!made || !isProvisioned(made) || !isMadeFor(node, made)) return 'topology';
    return hasRoom(this.storage, claim, made, node) ? undefined : 'room';
  }
}

const DOUBT = /how far the volume of claim/i;

/** Whether a reason says that it is not known how far a volume reaches. */
export function isDoubtful(reason: string): boolean {
  return DOUBT.test(reason);
}

/** The smallest first, so that each gets the smallest volume that will do. */
export function bySize(claims: readonly StorageClaim[]): StorageClaim[] {
  return [...claims].sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
}

function keysOf(pod: SchedulerPod): string[] {
  return pod.volumes.claims.map((each) => claimKey(pod.namespace, claimName(each, pod)));
}
