import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, record, string, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { memo } from '../../../model/memo';
import { addTo } from '../../../model/multimap';
import { nearest } from '../../../model/near';
import type { ScrapeFlow } from '../../../simulate/network/scrapes';
import { scrapesOf } from '../../../simulate/network/scrapes';
import { alertingRulesOf } from '../../../world/alerting-rules';
import { operatorObjects } from '../../../world/alertmanager';
import { discoveryJobs, foundBy } from '../../../world/discovery-jobs';
import { monitorsOf, servicesOfMonitor, workloadsOfMonitor } from '../../../world/monitors';
import { scrapesOfComponents } from '../../../world/scrape-rights';
import type { ServiceView } from '../../../world/services';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf, isKept } from '../kinds';
import { operatedChanges } from '../operated-changes';
import { fieldAt } from '../paths';
import { perhaps } from '../perhaps';
import { byNumber, firstNames, firstTexts } from '../plural';
import { scrapingLost, severityLowered, toldLater } from '../programs/scraping';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { Deselected } from '../selections';
import { deselected, isUnselected, selectorsMoved } from '../selections';
import { mayHoldOthers } from '../unseen';

const monitor = (endpoints: string, labels = 'a: b') => `
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { selector: { matchLabels: { app: web } }, endpoints: [${endpoints}] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: admin, port: 81 }] }
`;

export default riskRule({
  id: 'scrape-lost',
  class: 'disruption',
  description:
    'metrics that nobody reads any more, a series that nothing records, or an alert that is removed, told later or sent to nobody: by monitors and rules of the operator and whoever selects them, or in the files of a Prometheus',
  reason:
    'Alerts about what is not measured do not fire, and nobody is told that they cannot. Dashboards and autoscalers by these metrics stand still.',
  source: 'https://prometheus-operator.dev/docs/developer/getting-started/#deploying-a-sample-application',
  advice: 'make sure that something else reads the metrics, or that no alert needs them: strata alerts',
  example: {
    before: monitor('{ port: http }, { port: admin }'),
    after: monitor('{ port: http }'),
    finds: ['ServiceMonitor/shop/web spec.endpoints'],
    harmless: monitor('{ port: admin }, { port: http }', 'a: b'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig'))
      if (change.before?.group === 'monitoring.coreos.com') yield* ofMonitor(diff, change);
    yield* ofTargets(diff);
    yield* ofSelections(diff);
    yield* ofAlertmanagers(diff);
    for (const change of changesOf(diff, 'PrometheusRule')) yield* ofRecords(diff, change);
    const told = new Set<ObjectChange>();
    for (const found of [
      ...ofFiles(diff),
      ...changesOf(diff, 'PrometheusRule', 'ConfigMap').flatMap((change) => [...ofRules(diff, change)]),
    ]) {
      told.add(found.change);
      yield found;
    }
    for (const change of changesOf(diff, 'PrometheusRule'))
      if (change.before?.group === 'monitoring.coreos.com' && change.after) yield* lessUrgent(change);
    for (const { job, isOfAlerts, ...found } of scrapingLost(diff)) {
      // What is scraped or told still, in whatever form, is not lost with a job or a file; what is lost of it stands above.
      const isJudged = isOfAlerts
        ? told.has(found.change)
        : job !== undefined && (told.has(found.change) || isFollowed(diff, found.change, job));
      if (!isJudged) yield found;
    }
  },
});

function* ofMonitor(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!before || (!after && isKept(before)) || (!after && isFoundStill(diff, before))) return;
  if (after && isUnread(diff, before, after)) return;
  const lost = lostBy(diff, before, after);
  if (lost === undefined) return;
  const field = ['selector', 'namespaceSelector', 'endpoints', 'podMetricsEndpoints', 'targets', 'staticConfigs']
    .map((name) => fieldAt(change, ['spec', name]))
    .find(Boolean);
  const missed = after ? selectorMissed(diff, after) : '';
  yield { change, field: after ? field : undefined, message: `the metrics of ${lost} are read no more${missed}` };
}

/** Whether nobody reads an object afterwards: it was not selected before either, or is not any more, which is told of whatever makes it so. */
function isUnread(diff: WorldChange, before: Resource, after: Resource): boolean {
  return (
    (isUnselected(diff.before, before) && isUnselected(diff.after, after)) ||
    deselected(diff).some((each) => each.isCertain && each.before === before)
  );
}

/** Monitors and rules that stay and that nobody selects any more, of whatever makes it so. */
function* ofSelections(diff: WorldChange): Iterable<FoundRisk> {
  const found = new Map<string, { readonly of: Deselected; readonly texts: string[] }>();
  for (const each of deselected(diff)) {
    const text =
      each.before.kind === 'PrometheusRule' ? rulesLostBy(diff, each) : metricsLostBy(diff, each.before, each.after);
    if (text === undefined) continue;
    const who = `${diff.before.idOf(each.by)} ${each.isCertain ? 'selects' : 'may select'}`;
    const key = `${each.change.id} ${who}`;
    const own = found.get(key) ?? { of: each, texts: [] };
    found.set(key, own);
    own.texts.push(`${who} ${diff.before.idOf(each.before)} no more: ${text}`);
  }
  for (const { of, texts } of found.values())
    yield {
      change: of.change,
      field: of.field,
      message: firstTexts(texts),
      advice: 'keep the labels that the selector asks for, or change both together: strata alerts',
    };
  for (const { change, field, kind } of selectorsMoved(diff))
    if (kind !== 'AlertmanagerConfig' && mayHoldOthers(diff.before, change.namespace))
      yield {
        change,
        field,
        message: `it may select a ${kind} no more that is not among the manifests: ${kind === 'PrometheusRule' ? 'nobody evaluates its rules then' : 'nobody reads its metrics then'}`,
        advice: `give every ${kind} the labels that the selector asks for first`,
      };
}

function metricsLostBy(diff: WorldChange, before: Resource, after: Resource): string | undefined {
  const isOfTargets = before.kind === 'ServiceMonitor' || before.kind === 'PodMonitor';
  const lost = isOfTargets ? lostBy(diff, before, undefined, after) : `${before.kind} ${before.name}`;
  return lost && `the metrics of ${lost} are read no more`;
}

/** What a rule object says that nobody selects any more, and no other does. */
function rulesLostBy({ after }: WorldChange, { before }: Deselected): string | undefined {
  const others = operatorObjects(after, 'PrometheusRule').filter((each) => !isUnselected(after, each));
  const [alerts, records] = (['alert', 'record'] as const).map((field) => {
    const now = new Set(others.flatMap((each) => namesIn(each, field)));
    return [...new Set(namesIn(before, field))].filter((name) => !now.has(name));
  });
  const texts = [
    ...(alerts!.length > 0 ? [`nobody is told any more by ${firstNames(alerts!)}`] : []),
    ...(records!.length > 0
      ? [`${firstNames(records!)} ${byNumber(records!.length, 'is', 'are')} recorded no more`]
      : []),
  ];
  return texts.length > 0 ? texts.join(', and ') : undefined;
}

function namesIn(object: Resource, field: 'alert' | 'record'): string[] {
  return list(object.at(['spec', 'groups'])).flatMap((group) =>
    mappings(record(group)?.['rules']).flatMap((rule) => string(rule[field]) ?? []),
  );
}

/** Services and workloads that change, and that monitors which stay as they are find no more, or not by that port. */
function* ofTargets(diff: WorldChange): Iterable<FoundRisk> {
  for (const kind of ['ServiceMonitor', 'PodMonitor'] as const) {
    if (monitorsOf(diff.before, kind).length === 0) continue;
    const targets = new Map(
      diff.changes.flatMap((change) => {
        const { does, before } = change;
        const isTarget = kind === 'PodMonitor' || (before?.kind === 'Service' && before.group === '');
        return does === 'changed' && before && isTarget ? [[diff.before.idOf(before), change] as const] : [];
      }),
    );
    if (targets.size === 0) continue;
    const changed = new Set(changesOf(diff, kind).map(({ before }) => before));
    const now = new Set(monitorsOf(diff.after, kind).flatMap((each) => readBy(diff.after, each)));
    const lost = new Map<ObjectChange, { readonly monitors: Set<string>; readonly ports: Set<string> }>();
    for (const monitor of monitorsOf(diff.before, kind)) {
      // Of a monitor that changes itself the loss is told there.
      if (changed.has(monitor)) continue;
      for (const each of targetsOf(diff.before, monitor)) {
        const change = targets.get(diff.before.idOf(each.resource));
        if (!change) continue;
        for (const port of portsReadOf(monitor, each)) {
          if (now.has(readText(diff.after.idOf(change.after!), port))) continue;
          const own = lost.get(change) ?? { monitors: new Set(), ports: new Set() };
          lost.set(change, own);
          own.monitors.add(`${diff.before.idOf(monitor)}`);
          own.ports.add(port);
        }
      }
    }
    for (const [change, { monitors, ports }] of lost)
      yield {
        change,
        field: fieldAt(change, ['metadata', 'labels']) ?? change.fields.find(({ path }) => path.includes('labels')),
        message: `${firstNames([...monitors])} ${byNumber(monitors.size, 'finds', 'find')} its port ${[...ports].join(', ')} no more: its metrics are read no more`,
        advice: `keep the labels that the monitor selects by, and the name of the port: or change the monitor with it`,
      };
  }
}

/** What its selector was meant to be, where it selects nothing. */
function selectorMissed({ after: world }: WorldChange, monitor: Resource): string {
  const selector = record(monitor.at(['spec', 'selector']));
  const labels = strings(selector?.['matchLabels']);
  const isOfServices = monitor.kind === 'ServiceMonitor';
  if (Object.keys(labels).length === 0 || (!isOfServices && monitor.kind !== 'PodMonitor')) return '';
  if ((isOfServices ? servicesOfMonitor(world, monitor) : workloadsOfMonitor(world, monitor)).length > 0) return '';
  const namespace = world.namespaceOf(monitor);
  const others = isOfServices
    ? world
        .of('Service')
        .filter((service) => world.namespaceOf(service) === namespace)
        .map((service) => service.labels)
    : world.workloadsIn(namespace).map(({ podLabels }) => podLabels);
  const meant = Object.entries(labels).flatMap(([key, value]) => {
    const known = others.flatMap((own) => own[key] ?? []);
    const near = known.includes(value) ? undefined : nearest(value, known);
    return near === undefined ? [] : [`${key}=${near}`];
  });
  const asked = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return `, as its selector finds nothing (${asked.join(', ')})${perhaps(...meant)}`;
}

/** Whose metrics a monitor reads no more; undefined where it reads them still, or another one that is selected does. `unread`: it is there, and nobody selects it. */
function lostBy(
  diff: WorldChange,
  before: Resource,
  after: Resource | undefined,
  unread: Resource | undefined = undefined,
): string | undefined {
  if (before.kind !== 'ServiceMonitor' && before.kind !== 'PodMonitor')
    return after ? undefined : `${before.kind} ${before.name}`;
  const [was, is] = [
    readBy(diff.before, before),
    new Set(
      monitorsOf(diff.after, before.kind).flatMap((each) =>
        each === unread || isUnselected(diff.after, each) ? [] : readBy(diff.after, each),
      ),
    ),
  ];
  const lost = was.filter((each) => !is.has(each) && !isReadByFile(diff, before, each));
  if (lost.length > 0) return firstNames(lost);
  if (was.length > 0) return undefined;
  // Where nothing that it selects is here, what it says has to do.
  const namespace = diff.before.namespaceOf(before);
  if (targetsOf(diff.before, before).length > 0 || !mayHoldOthers(diff.before, namespace)) return undefined;
  if (!after) return `what it selects, which is not among the manifests,`;
  const ports = (resource: Resource) => endpointsOf(resource).map(portOf);
  const gone = ports(before).filter((port) => !ports(after).includes(port));
  if (gone.length > 0) return `port ${gone.join(', ')} of what it selects, which is not among the manifests,`;
  const same = ['selector', 'namespaceSelector'].every(
    (field) => JSON.stringify(before.at(['spec', field])) === JSON.stringify(after.at(['spec', field])),
  );
  return same ? undefined : 'what it selected, which is not among the manifests,';
}

/** Whether all that an object that goes makes Prometheus find, or ask a component of the cluster for, is found and asked for by another form. */
function isFoundStill(diff: WorldChange, object: Resource): boolean {
  const found = foundIn(diff.before).get(object) ?? [];
  const now = new Set([...foundIn(diff.after).values()].flat());
  return found.length > 0 && found.every((each) => now.has(each));
}

/** By the file or object that states it. */
const foundIn = memo((world: World): ReadonlyMap<Resource, readonly string[]> => {
  const found = new Map<Resource, string[]>();
  for (const job of discoveryJobs(world)) {
    const text = foundBy(job);
    if (text !== undefined) addTo(found, job.resource, text);
  }
  for (const { resource, of, url } of scrapesOfComponents(world)) addTo(found, resource, `${of} ${url}`);
  return found;
});

/**
 * Whether a Prometheus that is configured by files reads from now on what a monitor read of a Service or of pods, `Service/shop/web port http`; or
 * there is nothing any more to read.
 */
function isReadByFile(diff: WorldChange, monitor: Resource, text: string): boolean {
  const own = scrapesOf(diff.before).filter(
    ({ resource, path }) =>
      resource === monitor &&
      targetsOf(diff.before, monitor).some(
        (target) =>
          readText(diff.before.idOf(target.resource), portOf(record(monitor.at(path)) ?? {})) === text &&
          ('podSpec' in target || target.workloads.length > 0),
      ),
  );
  const now = readNow(diff.after);
  return own.length > 0 && own.every((scrape) => isGone(diff, scrape) || now.has(pageOf(diff.before, scrape)));
}

/** Whether the pods that are scraped are there no more: what comes in their place is scraped as the manifests say of that. */
function isGone({ before, after }: WorldChange, { target }: ScrapeFlow): boolean {
  const id = before.idOf(target.workload.resource);
  return ![...after.workloads, ...after.operated].some(({ resource }) => after.idOf(resource) === id);
}

/** The pages that files say to read. */
const readNow = memo(
  (world: World): ReadonlySet<string> =>
    new Set(
      scrapesOf(world)
        .filter(({ resource }) => resource.group !== 'monitoring.coreos.com')
        .map((scrape) => pageOf(world, scrape)),
    ),
);

/** `Deployment/shop/web port 8080/metrics`. */
function pageOf(world: World, { target, metricsPath }: ScrapeFlow): string {
  return `${world.idOf(target.workload.resource)} port ${target.number}${metricsPath ?? '/metrics'}`;
}

/** Discoveries of a file that are in no other form: of components, and of what is not among the manifests. */
function jobsGone({ before, after }: WorldChange, change: ObjectChange): string[] {
  const now = new Set([...foundIn(after).values()].flat());
  const names = new Set(discoveryJobs(after).map(({ name }) => name));
  const components = [...scrapesOfComponents(before)].filter(({ resource }) => resource === change.before);
  const isOfComponent = new Set(components.map(({ by }) => by));
  const scraped = new Set(scrapesOf(before).map(({ jobName }) => jobName));
  return [
    ...components.flatMap(({ of, url }) => (now.has(`${of} ${url}`) ? [] : [`the ${of} at ${url}`])),
    ...discoveryJobs(before).flatMap((job) => {
      const text = job.resource === change.before && !isOfComponent.has(job.by) ? foundBy(job) : undefined;
      const isTold = text === undefined || now.has(text) || names.has(job.name) || scraped.has(job.name);
      return isTold ? [] : [`what ${job.by} finds`];
    }),
  ];
}

/** Files of a Prometheus that go, or that name what they scraped no more; what nobody reads then, monitors included. */
function* ofFiles(diff: WorldChange): Iterable<FoundRisk> {
  const files = changesOf(diff, 'ConfigMap', 'Secret');
  if (files.length === 0) return;
  const now = new Set(scrapesOf(diff.after).map((scrape) => pageOf(diff.after, scrape)));
  for (const change of files) {
    const lost = scrapesOf(diff.before).filter(
      (scrape) => scrape.resource === change.before && !isGone(diff, scrape) && !now.has(pageOf(diff.before, scrape)),
    );
    const pages = [...new Set(lost.map((scrape) => pageOf(diff.before, scrape).replace(/\/metrics$/, '')))];
    const all = [...pages, ...jobsGone(diff, change)];
    if (all.length === 0 || isKept(change.before!)) continue;
    const [at] = lost.map(({ path }) => path);
    yield {
      change,
      field: change.after ? fieldAt(change, (at ?? ['data']).map(String)) : undefined,
      message: `the metrics of ${firstNames(all)} are read no more`,
    };
  }
}

/** `Service/shop/web port http` */
function readBy(world: World, monitor: Resource): string[] {
  return targetsOf(world, monitor).flatMap((target) =>
    portsReadOf(monitor, target).map((port) => readText(world.idOf(target.resource), port)),
  );
}

type Target = ServiceView | WorkloadManifest;

function targetsOf(world: World, monitor: Resource): readonly Target[] {
  return monitor.kind === 'ServiceMonitor' ? servicesOfMonitor(world, monitor) : workloadsOfMonitor(world, monitor);
}

/** The ports of what it finds that a monitor reads. Those that it names have to be there by that name; of others nobody knows. */
function portsReadOf(monitor: Resource, target: Target): string[] {
  const names = new Set(target.ports.map(({ name }) => name));
  // What an operator makes has ports that nobody declares here.
  if (target.ports.length === 0) return endpointsOf(monitor).map(portOf);
  return endpointsOf(monitor)
    .filter(({ port }) => string(port) === undefined || names.has(string(port)))
    .map(portOf);
}

function readText(id: string, port: string): string {
  return `${id} port ${port}`;
}

function endpointsOf(monitor: Resource): readonly Json[] {
  return mappings(monitor.at(['spec', monitor.kind === 'ServiceMonitor' ? 'endpoints' : 'podMetricsEndpoints']));
}

function portOf({ port, targetPort, portNumber, path }: Json): string {
  return `${String(port ?? targetPort ?? portNumber ?? '')}${path === undefined || path === '/metrics' ? '' : String(path)}`;
}

function* ofRules(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before } = change;
  if (!before || (!change.after && isKept(before))) return;
  const stated = alertingRulesOf(diff.before).filter(({ resource }) => resource === before);
  if (stated.length === 0) return;
  // Another object, or a file of rules, may have taken one over.
  const [was, is] = [countsOfAlerts(diff.before), countsOfAlerts(diff.after)];
  const gone = [...new Set(stated.map(({ name }) => name))].filter((name) => (is.get(name) ?? 0) < was.get(name)!);
  const own = new Set(
    alertingRulesOf(diff.after).flatMap(({ resource, name }) => (resource === change.after ? [name] : [])),
  );
  const lost = gone.filter((name) => !own.has(name));
  if (lost.length === 0) return;
  yield {
    change,
    field: change.after
      ? fieldAt(change, before.kind === 'ConfigMap' ? stated[0]!.path.map(String) : ['spec', 'groups'])
      : undefined,
    message: `nobody is told any more by ${firstNames(lost)}`,
  };
}

/** Whom a Prometheus of the operator sends its alerts to no more. */
function* ofAlertmanagers(diff: WorldChange): Iterable<FoundRisk> {
  for (const { change, before, after } of operatedChanges(diff)) {
    if (change.kind !== 'Prometheus' && change.kind !== 'ThanosRuler') continue;
    // More may be named in a Secret.
    const [was, is] = [before, after].map((each) => alertmanagersOf(diff, each));
    const gone = was!.filter((each) => !is!.includes(each));
    const field = ['alerting', 'additionalAlertManagerConfigs', 'alertmanagersUrl', 'alertmanagersConfig']
      .map((name) => fieldAt(change, ['spec', name]))
      .find(Boolean);
    if (gone.length > 0)
      yield {
        change,
        field,
        message:
          is!.length === 0
            ? 'it sends its alerts to no Alertmanager any more: nobody is told of any'
            : `it sends its alerts to ${firstNames(gone)} no more`,
        advice: 'make sure that somebody is told by other means: strata alerts',
      };
  }
}

function alertmanagersOf({ before: world }: WorldChange, by: Resource): string[] {
  const secret = (field: string) => {
    const own = record(by.at(['spec', field]));
    return own ? [`those of Secret ${String(own['name'])}`] : [];
  };
  return [
    ...mappings(by.at(['spec', 'alerting', 'alertmanagers'])).map(
      ({ namespace, name }) => `Alertmanager ${String(namespace ?? world.namespaceOf(by))}/${String(name)}`,
    ),
    ...list(by.at(['spec', 'alertmanagersUrl'])).map(String),
    ...secret('additionalAlertManagerConfigs'),
    ...secret('alertmanagersConfig'),
  ];
}

/** Series that a rule object recorded, and that nothing records any more. */
function* ofRecords({ after: world }: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (before?.group !== 'monitoring.coreos.com' || (!after && isKept(before))) return;
  const now = new Set(
    operatorObjects(world, 'PrometheusRule')
      .filter((each) => each === after || !isUnselected(world, each))
      .flatMap((each) => namesIn(each, 'record')),
  );
  const gone = [...new Set(namesIn(before, 'record'))].filter(
    (name) => !now.has(name) && !isRecordedByFile(world, name),
  );
  if (gone.length > 0)
    yield {
      change,
      field: after && fieldAt(change, ['spec', 'groups']),
      message: `${firstNames(gone)} ${byNumber(gone.length, 'is', 'are')} recorded no more: what asks for ${byNumber(gone.length, 'it', 'them')} finds nothing`,
      advice: 'make sure that no alert, dashboard or autoscaler asks for it: strata alerts',
    };
}

function isRecordedByFile(world: World, name: string): boolean {
  return world
    .of('ConfigMap')
    .some((each) =>
      Object.values(strings(each.at(['data']))).some((text) => text.includes('record:') && text.includes(name)),
    );
}

/** Alerts that ask for less than they did, of the same name. */
function* lessUrgent(change: ObjectChange): Iterable<FoundRisk> {
  const alertsOf = (rules: Resource | undefined) =>
    new Map(
      list(rules?.at(['spec', 'groups'])).flatMap((group) =>
        mappings(record(group)?.['rules']).flatMap((rule) => {
          const name = string(rule['alert']);
          const own = { severity: string(record(rule['labels'])?.['severity']), for: string(rule['for']) };
          return name === undefined ? [] : [[name, own] as const];
        }),
      ),
    );
  const now = alertsOf(change.after);
  for (const [name, was] of alertsOf(change.before)) {
    const is = now.get(name);
    if (!is) continue;
    for (const found of [severityLowered(name, was.severity, is.severity), toldLater(name, was.for, is.for)])
      if (found) yield { change, field: fieldAt(change, ['spec', 'groups']), ...found };
  }
}

/** Whether it is known what a job of a file scrapes: then what becomes of that decides, and not the job. */
function isFollowed({ before }: WorldChange, change: ObjectChange, job: string): boolean {
  return scrapesOf(before).some(({ resource, jobName }) => resource === change.before && jobName === job);
}

const countsOfAlerts = memo((world: World): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { name } of alertingRulesOf(world)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
});
