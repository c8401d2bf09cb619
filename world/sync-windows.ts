import type { Json, Resource } from '../manifests/resource';
import { list, mappings, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import { goDuration } from '../upstream/argo-rollouts/duration';
import { scheduleTimes, timeZoneProblem } from '../upstream/kubernetes/cron';
import { zoneOffset } from '../upstream/kubernetes/zone-shifts';
import type { Application } from './argo';
import { matchesGlob } from './argo';

/** The year whose minutes are looked at: it has each day that a schedule can name. In UTC. */
export const WINDOW_YEAR = 2028;
const START = Date.UTC(WINDOW_YEAR, 0, 1);
const MINUTES = (Date.UTC(WINDOW_YEAR + 1, 0, 1) - START) / 60_000;

/** Whether Argo CD syncs an Application in a minute of the year: by itself, and when somebody asks for it. */
export const BY_ITSELF = 1;
export const BY_HAND = 2;

/** Whom a window is for, as far as an Application says it. */
export interface WindowSubject {
  readonly name: string;
  readonly namespace: string;
  /** The name and the address of the cluster; one is enough. */
  readonly clusters: readonly string[];
}

/** An Application as a window sees it. */
export function subjectOf({ resource, spec }: Application): WindowSubject {
  const { namespace, name, server } = record(spec['destination']) ?? {};
  return { name: resource.name, namespace: string(namespace) ?? '', clusters: [name, server].flatMap(nonEmpty) };
}

/** Applications such as the windows of a project name: one for each window, where none are known. */
export function subjectsNamed(project: Resource): readonly WindowSubject[] {
  return windowsOf(project).map((window) => {
    const one = (field: string) => list(window[field]).flatMap(nonEmpty)[0]?.replace(/[*?]+/g, 'x');
    const cluster = one('clusters');
    return {
      name: one('applications') ?? '',
      namespace: one('namespaces') ?? '',
      clusters: cluster === undefined ? [] : [cluster],
    };
  });
}

function nonEmpty(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' ? [value] : [];
}

function windowsOf(project: Resource): readonly Json[] {
  return mappings(project.at(['spec', 'syncWindows']));
}

/** Each minute of the year, as `BY_ITSELF` and `BY_HAND` (CanSync of pkg/apis/application/v1alpha1/types.go). */
export function syncTimes(project: Resource, subject: WindowSubject): Uint8Array {
  return timesUnder(
    project,
    windowsOf(project)
      .map((window) => Number(isFor(window, subject)))
      .join(''),
  );
}

/** Applications are many, and those that the same windows are for are synced at the same times. `chosen`: a 1 for each window that counts. */
const timesUnder = memo((project: Resource, chosen: string): Uint8Array => {
  const windows = windowsOf(project).filter((_, i) => chosen[i] === '1');
  const times = new Uint8Array(MINUTES).fill(BY_ITSELF | BY_HAND);
  const open = windows.map(openMinutes);
  // One that cannot be read keeps everything from being synced.
  if (open.some((each) => each === undefined)) return times.fill(0);
  for (let minute = 0; minute < MINUTES; minute++) {
    const active = windows.filter((_, i) => open[i]![minute] === 1);
    const denying = active.filter(({ kind }) => kind === 'deny');
    const isAllowed = active.some(({ kind }) => kind === 'allow');
    const closed = windows.filter(({ kind }, i) => kind === 'allow' && open[i]![minute] === 0);
    const holding = denying.length > 0 ? denying : isAllowed ? [] : closed;
    if (holding.length > 0) times[minute] = holding.every(({ manualSync }) => manualSync === true) ? BY_HAND : 0;
  }
  return times;
});

/** Whether a window is for an Application (SyncWindows.Matches). */
function isFor(window: Json, { name, namespace, clusters }: WindowSubject): boolean {
  const any = (field: string, values: readonly string[]) => {
    const patterns = list(window[field]).flatMap(nonEmpty);
    if (patterns.length === 0) return undefined;
    return patterns.some((pattern) => values.some((value) => matchesGlob(pattern, value) !== false));
  };
  const said = [any('applications', [name]), any('clusters', clusters), any('namespaces', [namespace])];
  return window['andOperator'] === true
    ? said.some((each) => each === true) && said.every((each) => each !== false)
    : said.some((each) => each === true);
}

/** In which minutes of the year a window is open; undefined where its schedule or its duration cannot be read. */
function openMinutes({ schedule, duration, timeZone }: Json): Uint8Array | undefined {
  const text = string(schedule) ?? '';
  const times = text.startsWith('@') ? undefined : scheduleTimes(text);
  const lasts = goDuration(string(duration) ?? '');
  if (!times || lasts === undefined) return undefined;
  const length = Math.round(lasts / 60);
  const zone = string(timeZone) ?? '';
  // An unknown one is taken as UTC, as Argo CD does.
  const offset = timeZoneProblem(zone) === undefined ? zoneOffset(zone) : () => 0;
  const open = new Uint8Array(MINUTES);
  const days = MINUTES / 1440;
  const before = Math.ceil(length / 1440) + 1;
  // What begins before the year reaches into it.
  for (let day = -before; day <= days; day++) {
    const at = new Date(START + day * 86_400_000);
    if (!times.isOn(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate())) continue;
    const ahead = offset(at.getTime()) / 60_000;
    for (const minute of times.minutes) {
      const start = day * 1440 + minute - ahead;
      open.fill(1, Math.min(MINUTES, Math.max(0, start)), Math.min(MINUTES, Math.max(0, start + length)));
    }
  }
  return open;
}
