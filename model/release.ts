import { StrataError } from './errors';
import { TAGGED_IMAGE } from './images';
import type { Duration } from './quantity';
import { durationProblem, seconds, wholeProblem } from './quantity';
import { checkReason } from './reason';
import type { Setting } from './setting';
import { value } from './setting';

/** How a new version of a service takes the place of the one before. */
export type ReleaseForm = Recreate | Rolling | BlueGreen;

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
export function blueGreen(how: Omit<BlueGreen, 'way'>): BlueGreen {
  return { way: 'blueGreen', ...how };
}

/** How a service is released. @default rolling */
export function release(): Setting<ReleaseForm> {
  return value<ReleaseForm>(rolling(), releaseProblem);
}

/** Seconds after which Kubernetes says that a rollout without progress has failed. */
const GIVEN_UP_AFTER = 600;

const FIELDS: Readonly<Record<ReleaseForm['way'], readonly string[]>> = {
  recreate: ['because'],
  rolling: ['surge', 'unavailable', 'settle', 'giveUpAfter'],
  blueGreen: ['live', 'blue', 'green'],
};

/** What is wrong with a release, as the end of "is … "; undefined where nothing is. */
function releaseProblem(given: unknown): string | undefined {
  const { way, ...fields } = fieldsOf(given);
  if (way !== 'recreate' && way !== 'rolling' && way !== 'blueGreen')
    return 'not a release: recreate({ … }), rolling({ … }) or blueGreen({ … })';
  const other = Object.keys(fields).find((field) => !FIELDS[way].includes(field));
  if (other !== undefined) return `wrong: ${way} has no ${other}, only ${FIELDS[way].join(', ')}`;
  if (way === 'rolling') return rollingProblem(fields);
  if (way === 'blueGreen') return blueGreenProblem(fields);
  return typeof fields['because'] === 'string' && fields['because'].trim() !== ''
    ? undefined
    : 'wrong: recreate serves nobody for a while, and does not say why: give it because';
}

function rollingProblem({ surge, unavailable, settle, giveUpAfter }: Fields): string | undefined {
  const parts: [string, string | undefined][] = [
    ['surge', optional(surge, shareProblem)],
    ['unavailable', optional(unavailable, shareProblem)],
    ['settle', optional(settle, durationProblem)],
    ['giveUpAfter', optional(giveUpAfter, durationProblem)],
  ];
  const wrong = parts.find(([, problem]) => problem !== undefined);
  if (wrong) return `wrong: its ${wrong[0]} is ${wrong[1]}`;
  if (isNone(surge) && isNone(unavailable))
    return 'wrong: surge and unavailable are both 0, so no pod could ever be replaced';
  const [settled, end] = [settle, giveUpAfter].map((span) =>
    span === undefined ? undefined : seconds(span as Duration),
  );
  // The API server refuses it: a pod could never count before the rollout is given up.
  if (settled !== undefined && settled >= (end ?? GIVEN_UP_AFTER))
    return `wrong: settle (${String(settle)}) is not shorter than giveUpAfter (${String(giveUpAfter ?? '10m')})`;
  return undefined;
}

function blueGreenProblem({ live, blue, green }: Fields): string | undefined {
  if (live !== 'blue' && live !== 'green')
    return `wrong: its live is ${JSON.stringify(live)}, which is not blue or green`;
  const wrong = [['blue', optional(blue, versionProblem)] as const, ['green', versionProblem(green)] as const].find(
    ([, problem]) => problem !== undefined,
  );
  return wrong && `wrong: its ${wrong[0]} is ${wrong[1]}`;
}

function versionProblem(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return 'not a version: { image } and perhaps replicas';
  const { image, replicas, ...others } = fieldsOf(given);
  const [other] = Object.keys(others);
  if (other !== undefined) return `not a version: ${other} is not one of image, replicas`;
  if (image !== undefined && !(typeof image === 'string' && TAGGED_IMAGE.test(image)))
    return 'a version whose image has no tag';
  return replicas === undefined
    ? undefined
    : optional(wholeProblem(replicas, 0), (problem) => `a version whose replicas is ${String(problem)}`);
}

/** What keeps a value from being a number of pods or a share of them, as the end of "is …"; undefined where it is one. */
export function shareProblem(given: unknown): string | undefined {
  const isShare = typeof given === 'string' && /^(\d{1,2}|100)%$/.test(given);
  return isShare || wholeProblem(given, 0) === undefined ? undefined : "not a number of pods or a share such as '25%'";
}

function isNone(share: unknown): boolean {
  return share === 0 || share === '0%';
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(given: unknown): Fields {
  return { ...(given as Fields | null | undefined) };
}

function optional(given: unknown, problem: (value: unknown) => string | undefined): string | undefined {
  return given === undefined ? undefined : problem(given);
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
