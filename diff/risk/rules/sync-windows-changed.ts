import type { Resource } from '../../../manifests/resource';
import { mappings, string } from '../../../manifests/resource';
import { generatedApplications } from '../../../world/application-sets';
import { applicationOf, applicationsOf, isTemplated } from '../../../world/argo';
import type { WindowSubject } from '../../../world/sync-windows';
import { BY_HAND, BY_ITSELF, subjectOf, subjectsNamed, syncTimes, WINDOW_YEAR } from '../../../world/sync-windows';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { changesAt, fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const project = (windows: string) => `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: shop, namespace: argocd }
spec:
  sourceRepos: ['https://git.example.com/shop']
  syncWindows: [${windows}]
`;
const NIGHT = "kind: allow, schedule: '0 22 * * *', duration: 6h, applications: ['*']";

export default riskRule({
  id: 'sync-windows-changed',
  class: 'disruption',
  description: 'windows of an AppProject in which its Applications are synced at other times than before',
  reason:
    'A window keeps changes away from the times at which they hurt most. Where it is closed, nothing is synced: repairs wait, too, unless manualSync lets somebody ask for them.',
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows/',
  advice: 'look at what is open when: argocd proj windows list, and keep a way for repairs by hand',
  example: {
    before: project(`{ ${NIGHT} }`),
    after: project(`{ ${NIGHT.replace('6h', '12h')} }`),
    finds: ['AppProject/argocd/shop spec.syncWindows'],
    harmless: project(`{ ${NIGHT}, description: by night }`),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'AppProject')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after || after.group !== 'argoproj.io') continue;
      if (changesAt(change, ['spec', 'syncWindows'])) yield* ofWindows(diff, change, before, after);
    }
  },
});

function* ofWindows(
  { after: world }: WorldChange,
  change: ObjectChange,
  before: Resource,
  after: Resource,
): Iterable<FoundRisk> {
  const known = subjectsIn(world, after.name);
  const subjects = known.length > 0 ? known : [...subjectsNamed(before), ...subjectsNamed(after)];
  const field = fieldAt(change, ['spec', 'syncWindows']);
  const isWeekly = [before, after].every(areWeekly);
  const told = new Map<string, { readonly found: FoundRisk; readonly names: string[] }>();
  for (const subject of subjects) {
    const [was, is] = [syncTimes(before, subject), syncTimes(after, subject)];
    for (const found of differences(was, is, isWeekly)) {
      const same = told.get(found.message);
      if (same) same.names.push(subject.name);
      else told.set(found.message, { found: { ...found, change, field }, names: [subject.name] });
    }
  }
  for (const { found, names } of told.values()) {
    const who = known.length > 0 ? `Application ${firstNames([...new Set(names)])}` : 'an Application that it is for';
    yield { ...found, message: `${who}: ${found.message}` };
  }
}

/** The Applications of a project that are among the manifests. */
function subjectsIn(world: World, project: string): readonly WindowSubject[] {
  const made = world.of('ApplicationSet').flatMap(generatedApplications);
  return [...applicationsOf(world), ...made.flatMap(({ resource }) => applicationOf(resource) ?? [])]
    .filter(({ resource, spec }) => resource.kind === 'Application' && string(spec['project']) === project)
    .map(subjectOf)
    .filter(({ name }) => !isTemplated(name));
}

/** Whether each week is like the others, as far as time zones leave that. */
function areWeekly(project: Resource): boolean {
  return mappings(project.at(['spec', 'syncWindows'])).every(({ schedule }) =>
    /^\S+\s+\S+\s+[*?]\s+[*?]\s+\S+$/.test((string(schedule) ?? '').trim()),
  );
}

function* differences(was: Uint8Array, is: Uint8Array, isWeekly: boolean): Iterable<Omit<FoundRisk, 'change'>> {
  for (const [bit, how] of [
    [BY_ITSELF, 'by itself'],
    [BY_HAND, 'when somebody asks for it'],
  ] as const) {
    const opened = timesOf(is, was, bit, isWeekly);
    const closed = timesOf(was, is, bit, isWeekly);
    const isNever = closed !== undefined && !is.some((minute) => (minute & bit) !== 0);
    if (opened !== undefined) yield { message: `Argo CD syncs it ${how} also at times at which it did not: ${opened}` };
    if (isNever)
      yield { message: `Argo CD never syncs it ${how} any more`, advice: 'leave a time at which it is synced' };
    else if (closed !== undefined)
      yield {
        class: 'in-place',
        message: `Argo CD does not sync it ${how} at times at which it did: ${closed}`,
      };
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `42 hours a week, such as Sat 08:00 UTC`: the minutes of one year that the other does not have; undefined where there are none. */
function timesOf(of: Uint8Array, without: Uint8Array, bit: number, isWeekly: boolean): string | undefined {
  const isOnly = (minute: number) => (of[minute]! & bit) !== 0 && (without[minute]! & bit) === 0;
  let count = 0;
  let first: number | undefined;
  for (let minute = 0; minute < of.length; minute++)
    if (isOnly(minute)) {
      count++;
      // Where it begins, not where the year does.
      if (first === undefined && minute > 0 && !isOnly(minute - 1)) first = minute;
    }
  if (count === 0) return undefined;
  const hours = (count / of.length) * 168;
  const amount = `${hours < 10 ? Number(hours.toFixed(1)) : Math.round(hours)} hours a week`;
  if (first === undefined) return amount;
  const at = new Date(Date.UTC(WINDOW_YEAR, 0, 1, 0, first));
  const day = isWeekly ? DAYS[at.getUTCDay()] : `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
  return `${amount}, such as ${day} ${at.toISOString().slice(11, 16)} UTC`;
}
