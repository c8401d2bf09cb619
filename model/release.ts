import { StrataError } from './errors';
import type { Duration } from './quantity';
import { checkReason } from './reason';

/** How a new version of a service takes the place of the one before. */
export type ReleaseForm = Recreate | Rolling | BlueGreen | Canary | Ab | Mirror | ControlledRelease;

/** A release that a controller in the cluster carries out: a commit changes the image, and the rest follows. */
export type ControlledRelease = ControlledCanary | ControlledBlueGreen;

/** A release that commits carry out, one after another. */
export type CommittedRelease = Exclude<ReleaseForm, ControlledRelease>;

/** All old pods end before the first new one starts. */
export interface Recreate {
  readonly way: 'recreate';
  /** Why nobody may be served meanwhile. */
  readonly because: string;
}

/** Pods are replaced some at a time, and serve beside each other until all are new. */
export interface Rolling {
  readonly way: 'rolling';
  /** Pods more than asked for while it goes on: a number, or a share of them, rounded up. @default - 1; 0 where each node or zone takes just one pod */
  readonly surge?: PodShare;
  /** Pods fewer than asked for while it goes on: a number, or a share of them, rounded down. @default - 0; 1 where surge is 0 */
  readonly unavailable?: PodShare;
  /** How long a new pod must have been ready before it counts. @default - it counts at once */
  readonly settle?: Duration;
  /** How long it may make no progress before it is said to have failed; nothing goes back by itself. @default '10m' */
  readonly giveUpAfter?: Duration;
}

/** Two versions stand beside each other, and one of them gets all requests: the change to the other, and back, is one field of one Service. */
export interface BlueGreen {
  readonly way: 'blueGreen';
  /** The version that gets the requests. */
  readonly live: Color;
  /** The version of the service's own names. @default - as the service's own settings say */
  readonly blue?: ServiceVersion;
  readonly green: ServiceVersion;
}

/** A share of all requests from outside goes to the next version, and grows from commit to commit. */
export interface Canary {
  readonly way: 'canary';
  readonly next: ServiceVersion;
  /** The shares in the order in which they are given, and what is waited for after each. */
  readonly steps: readonly ReleaseStep[];
  /** Percent of the requests that go to the next version now: 0 while its pods start, the share of a step, or 100. @default 0 */
  readonly at?: number;
  /**
   * A client stays with the version that it met first, by a cookie: shares are then of new clients, and a version whose share becomes 0 loses
   * its clients all the same. @default - each request may meet another version
   */
  readonly sticky?: Sticky;
}

/** The cookie that says which version a client met. */
export interface Sticky {
  /** Its name. @default - `<service>-version` */
  readonly cookie?: string;
  /** How long a client keeps it. @default - as long as its browser runs */
  readonly for?: Duration;
}

/** What a canary does in turn: a share of the requests, a time in which it is watched, or a stop until somebody goes on. */
export type ReleaseStep = { readonly share: number } | { readonly watch: Duration } | { readonly hold: true };

/** Argo Rollouts gives what a commit changes a share of the requests, and more of them step by step. */
export interface ControlledCanary {
  readonly way: 'canary';
  readonly by: 'argo-rollouts';
  /** The shares in the order in which they are given, and what is waited for after each. All requests come after the last. */
  readonly steps: readonly ReleaseStep[];
  /** What is measured for the time of each `watch`. @default - nothing: a watch only waits */
  readonly judge?: Judge;
}

/** Argo Rollouts starts what a commit changes beside what runs, and then lets the Service lead to it. */
export interface ControlledBlueGreen {
  readonly way: 'blueGreen';
  readonly by: 'argo-rollouts';
  /** When the next version gets the requests: when somebody says so (`kubectl argo rollouts promote`), or once its pods are ready. @default 'by-hand' */
  readonly switches?: 'by-hand' | 'when-ready';
  /** How long the pods of the version before stay: connections that are open end there, and going back needs no new pods. At least 30s. @default '1m' */
  readonly keepOld?: Duration;
  /** What is measured after the switch, and for how long. Where it fails, the Service leads back. @default - nothing */
  readonly judge?: Judge & { readonly watch: Duration };
}

/** What a controller measures of the next version; without an answer it stops and waits for somebody, and takes nothing back. */
export interface Judge {
  /** Percent of failing requests to the next version above which it is taken back at once. */
  readonly failing: number;
  /** How often, and over which time, that is measured: four scrapes at least. @default '2m' */
  readonly every?: Duration;
}

/** Those requests alone go to the next version that a header or a cookie says it of. */
export interface Ab {
  readonly way: 'ab';
  readonly next: ServiceVersion;
  readonly when: RequestMatch;
}

/** Whose requests go to a version: a header of this name has this value, or a cookie has. */
export interface RequestMatch {
  readonly by: 'header' | 'cookie';
  readonly name: string;
  readonly value: string;
}

/** The next version gets copies of requests, and nobody gets its answers. */
export interface Mirror {
  readonly way: 'mirror';
  readonly next: ServiceVersion;
  /**
   * Percent of the requests that are copied; 0 while its pods start, and before it goes: Traefik answers 404 for a second to everybody where a route
   * and what makes its copies come in one moment. @default 100
   */
  readonly share?: number;
  /** The methods that are copied. @default - all */
  readonly methods?: readonly Method[];
  /**
   * What the copies write to: `own`, state of the next version's own; or `shared` with the reason why nothing is wrong when a request is
   * carried out twice.
   */
  readonly state: 'own' | { readonly shared: string };
}

export const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export type Color = 'blue' | 'green';

/** What one version has of its own. */
export interface ServiceVersion {
  /** @default - the service's own */
  readonly image?: string;
  /** Pods, while no autoscaler owns the number. @default - the service's own */
  readonly replicas?: number;
}

/** A number of pods, or a share of those that are asked for. */
export type PodShare = number | `${number}%`;

/** Stops all pods of the old version before the first of the new one starts, for programs that cannot run twice. Nobody is served meanwhile. */
export function recreate(how: Omit<Recreate, 'way'>): Recreate {
  checkReason('recreate, because', how.because);
  return { way: 'recreate', ...how };
}

/** Replaces some pods at a time; both versions serve until all pods are new. */
export function rolling(how: Omit<Rolling, 'way'> = {}): Rolling {
  return { way: 'rolling', ...how };
}

/**
 * Runs two versions beside each other, of which `live` gets all requests. A release is two commits: give the idle version the new image, and
 * when its pods are ready, make it live. The way back is the second one reverted. Connections that are open stay where they are.
 */
export function blueGreen(how: Omit<BlueGreen, 'way'>): BlueGreen;
/** Lets Argo Rollouts do it: a release is one commit, which changes the image; somebody, or readiness, says when the Service leads to it. */
export function blueGreen(how: Omit<ControlledBlueGreen, 'way'>): ControlledBlueGreen;
export function blueGreen(
  how: Omit<BlueGreen, 'way'> | Omit<ControlledBlueGreen, 'way'>,
): BlueGreen | ControlledBlueGreen {
  return { way: 'blueGreen', ...how };
}

/**
 * Gives a share of all requests from outside to the next version, and more of them with each step. Without a route that deals out shares,
 * it is a share of the pods.
 */
export function canary(how: Omit<Canary, 'way'>): Canary;
/** Lets Argo Rollouts do it: a release is one commit, which changes the image; its controller goes through the steps, and back. */
export function canary(how: Omit<ControlledCanary, 'way'>): ControlledCanary;
export function canary(how: Omit<Canary, 'way'> | Omit<ControlledCanary, 'way'>): Canary | ControlledCanary {
  return { way: 'canary', ...how };
}

/** Whether a controller in the cluster carries it out. */
export function isControlled(release: ReleaseForm): release is ControlledRelease {
  return 'by' in release;
}

/** A step of a canary: this share of the requests goes to the next version. Percent, 1 to 99. */
export function share(percent: number): ReleaseStep {
  return { share: percent };
}

/** A step of a canary: whoever carries it out watches for so long. */
export function watch(time: Duration): ReleaseStep {
  return { watch: time };
}

/** A step of a canary: nothing goes on until somebody says so. */
export function hold(): ReleaseStep {
  return { hold: true };
}

/** Gives those requests to the next version of which a header or a cookie says it. */
export function ab(how: Omit<Ab, 'way'>): Ab {
  return { way: 'ab', ...how };
}

/** Requests that have a header of this name with just this value. Names of headers have no case. */
export function header(name: string, value: string): RequestMatch {
  return { by: 'header', name, value };
}

/** Requests that bring a cookie of this name with just this value. */
export function cookie(name: string, value: string): RequestMatch {
  return { by: 'cookie', name, value };
}

/** Sends copies of requests to the next version. Nobody gets its answers; what it writes is there all the same. */
export function mirror(how: Omit<Mirror, 'way'>): Mirror {
  return { way: 'mirror', ...how };
}

/** Pods more and fewer, as Kubernetes takes them: a share is rounded up for those that come, and down for those that go. */
export function checkStep(place: string, replicas: number, surge: PodShare, unavailable: PodShare): void {
  const part = (share: PodShare, round: (pods: number) => number) =>
    typeof share === 'number' ? share : round((Number(share.slice(0, -1)) * replicas) / 100);
  if (replicas === 0 || part(surge, Math.ceil) > 0 || part(unavailable, Math.floor) > 0) return;
  throw new StrataError(
    place,
    `replaces pods with surge ${surge} and unavailable ${unavailable}, which of ${replicas} pods is none: Kubernetes then takes one pod away`,
    ['give surge at least 1', 'give unavailable at least 1, and say so'],
  );
}

/** The shares of a canary, in order. Percent. */
export function stepShares(steps: readonly ReleaseStep[]): number[] {
  return steps.flatMap((step) => ('share' in step ? [step.share] : []));
}
