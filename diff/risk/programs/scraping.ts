import { runsProgram } from '../../../manifests/programs';
import type { Json } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import { isLessUrgent, urgencyOf } from '../../../simulate/alerting/urgency';
import { prometheusDuration } from '../../../upstream/prometheus/duration';
import { readContent } from '../../../upstream/prometheus/yaml';
import type { ConfiguredPrometheus, PrometheusFile } from '../../../world/prometheus';
import { configuredPrometheuses, configuredPrometheusOf } from '../../../world/prometheus';
import { changesOf } from '../kinds';
import { byNumber, firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import type { ChangedFile } from './changed-files';
import { changedFiles } from './changed-files';

/** With what it is about. */
type LostInFile = FoundRisk & Pick<Lost, 'job' | 'isOfAlerts'>;

/** What a Prometheus that is configured by files does not measure, tell or send any more. */
export function* scrapingLost(diff: WorldChange): Iterable<LostInFile> {
  if (changesOf(diff, 'ConfigMap', 'Secret').length === 0) return;
  const files = changedFiles(diff);
  if (files.length === 0) return;
  const old = new Map(
    configuredPrometheuses(diff.before).map((each) => [diff.before.idOf(each.workload.resource), each]),
  );
  const read = new Set<ChangedFile>();
  for (const now of configuredPrometheuses(diff.after)) {
    const was = old.get(diff.after.idOf(now.workload.resource));
    if (!was) continue;
    const [before, after] = [was, now].map(filesOf);
    const own = files.filter(
      (file) => before!.some(({ text }) => text === file.before) || after!.some(({ text }) => text === file.after),
    );
    for (const each of own) read.add(each);
    const [first] = own;
    if (!first) continue;
    const placeOf = (text: string) => {
      const { change, field } = own.find((file) => file.before === text) ?? first;
      return { change, field };
    };
    for (const { text, ...found } of lostBetween(settingsOf(before!), settingsOf(after!)))
      yield { ...placeOf(text), ...found };
  }
  // Whose configuration is not among the manifests may read these.
  for (const file of files) {
    const { change, field, before, after, readers } = file;
    if (read.has(file) || before === undefined || after === undefined || !mayBeRead(diff, readers)) continue;
    if (!/^(scrape_configs|groups):/m.test(before)) continue;
    const [was, is] = [before, after].map((text) => settingsOf([{ text, content: readContent(text).content }]));
    for (const { text: _, ...found } of lostBetween(was!, is!)) yield { change, field, ...found };
  }
}

function mayBeRead({ after: world }: WorldChange, readers: ChangedFile['readers']): boolean {
  return (
    readers.length === 0 ||
    readers.some(
      ({ workload, container }) => runsProgram(container, 'prometheus') && !configuredPrometheusOf(world, workload),
    )
  );
}

type ReadFile = Pick<PrometheusFile, 'text' | 'content'>;

function filesOf({ configuration, rules, jobFiles }: ConfiguredPrometheus): readonly ReadFile[] {
  return [configuration, ...rules, ...jobFiles];
}

interface Alert {
  readonly text: string;
  readonly severity: string | undefined;
  /** As it is written. @default - no time */
  readonly for: string | undefined;
}

/** What is read, told and sent, each with the file that says so. */
interface Settings {
  readonly jobs: ReadonlyMap<string, { readonly json: Json; readonly text: string }>;
  readonly alerts: ReadonlyMap<string, Alert>;
  /** Addresses of Alertmanagers, and how many discoveries find others. */
  readonly alertmanagers: ReadonlyMap<string, string>;
  readonly remotes: ReadonlyMap<string, string>;
}

function settingsOf(files: readonly ReadFile[]): Settings {
  const jobs = new Map<string, { json: Json; text: string }>();
  const alerts = new Map<string, Alert>();
  const [alertmanagers, remotes] = [new Map<string, string>(), new Map<string, string>()];
  for (const { text, content: any } of files) {
    const content = record(any) ?? {};
    for (const json of mappings(content['scrape_configs'])) jobs.set(string(json['job_name']) ?? '', { json, text });
    for (const group of list(content['groups']))
      for (const rule of mappings(record(group)?.['rules']))
        if (string(rule['alert']))
          alerts.set(string(rule['alert'])!, {
            ...{ text, for: string(rule['for']) },
            severity: string(record(rule['labels'])?.['severity']),
          });
    for (const entry of mappings(record(content['alerting'])?.['alertmanagers'])) {
      for (const target of targetsOf(entry)) alertmanagers.set(target, text);
      for (const found of discoveriesOf(entry)) alertmanagers.set(`those of ${found}`, text);
    }
    for (const entry of mappings(content['remote_write'])) remotes.set(String(entry['url']), text);
  }
  return { jobs, alerts, alertmanagers, remotes };
}

function targetsOf(job: Json): string[] {
  return mappings(job['static_configs']).flatMap(({ targets }) => list(targets).map(String));
}

function discoveriesOf(job: Json): string[] {
  return Object.keys(job).filter((key) => /_sd_configs$/.test(key) && list(job[key]).length > 0);
}

interface Lost {
  /** The job that is read no more, or finds less. */
  readonly job?: string;
  /** Whether alerts are there no more. */
  readonly isOfAlerts?: true;
  readonly message: string;
  /** @default - that something else reads the metrics */
  readonly advice?: string;
  /** The file that said so before. */
  readonly text: string;
}

function* lostBetween(was: Settings, is: Settings): Iterable<Lost> {
  const same = new Map([...is.jobs].map(([name, { json }]) => [jobText(json), name]));
  for (const [name, { json, text }] of was.jobs) {
    const now = is.jobs.get(name);
    const other = same.get(jobText(json));
    if (!now)
      yield {
        text,
        ...(other === undefined || was.jobs.has(other) ? { job: name } : {}),
        message:
          other === undefined || was.jobs.has(other)
            ? `the metrics of job ${name} are read no more`
            : `job ${name} is called ${other}: whatever asks for job="${name}" finds nothing any more`,
      };
    else yield* targetsLost(name, json, now.json, is, text);
  }
  const gone = [...was.alerts].filter(([name]) => !is.alerts.has(name));
  if (gone.length > 0)
    yield {
      text: gone[0]![1].text,
      isOfAlerts: true,
      message: `nobody is told any more by ${firstNames(gone.map(([name]) => name))}`,
      advice: TOLD,
    };
  for (const [name, { severity, text, for: time }] of was.alerts) {
    const now = is.alerts.get(name);
    if (!now) continue;
    for (const found of [severityLowered(name, severity, now.severity), toldLater(name, time, now.for)])
      if (found) yield { text, ...found };
  }
  const untold = [...was.alertmanagers].filter(([name]) => !is.alertmanagers.has(name));
  if (untold.length > 0)
    yield {
      text: untold[0]![1],
      advice: TOLD,
      message:
        is.alertmanagers.size === 0
          ? 'it sends its alerts to no Alertmanager any more: nobody is told of any'
          : `it sends its alerts to ${firstNames(untold.map(([name]) => name))} no more`,
    };
  for (const [url, text] of was.remotes)
    if (!is.remotes.has(url)) yield { text, message: `it sends what it measures to ${url} no more` };
}

/** What is said of an alert that asks for less than it did; undefined where it does not. */
export function severityLowered(name: string, was: string | undefined, is: string | undefined) {
  const now = is === undefined ? 'info' : urgencyOf(is);
  if (was === undefined || !isLessUrgent(now, urgencyOf(was))) return undefined;
  return {
    message: `${name} has severity ${is ?? 'none'} in place of ${was}: whoever was told at once may be told later, or not at all`,
    advice: 'make sure that nobody has to act at once on it: strata alerts',
  };
}

/** What is said of an alert that has to hold for longer before anybody is told; undefined where it does not. */
export function toldLater(name: string, was: string | undefined, is: string | undefined) {
  const [old, now] = [was, is].map((text) => prometheusDuration(text ?? '0s'));
  if (old === undefined || now === undefined || now <= old) return undefined;
  return {
    message: `${name} has to hold for ${is} in place of ${was ?? 'no time'} before anybody is told`,
    advice: 'make sure that what it tells of may last so long: strata alerts',
  };
}

const TOLD = 'make sure that somebody is told by other means: strata alerts';

function jobText({ job_name: _, ...json }: Json): string {
  return JSON.stringify(json);
}

/** What a job that stays does not find any more, as far as it says whom it asks. */
function* targetsLost(name: string, was: Json, is: Json, { jobs }: Settings, text: string): Iterable<Lost> {
  const everywhere = new Set([...jobs.values()].flatMap(({ json }) => targetsOf(json)));
  const gone = targetsOf(was).filter((target) => !everywhere.has(target));
  if (gone.length > 0)
    yield {
      text,
      job: name,
      message: `job ${name} does not ask ${firstNames(gone)} any more: ${byNumber(gone.length, 'its', 'their')} metrics are read no more`,
    };
  const kinds = discoveriesOf(was).filter((kind) => !discoveriesOf(is).includes(kind));
  if (kinds.length > 0)
    yield { text, job: name, message: `job ${name} finds nobody by ${kinds.join(' and ')} any more` };
}
