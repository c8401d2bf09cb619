import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import type { StatedAlert } from '../../world/alerting-rules';
import { alertingRulesOf } from '../../world/alerting-rules';
import { operatorObjects } from '../../world/alertmanager';
import { notificationConfigurations } from '../../world/notification-configuration';
import { operatedBy } from '../../world/operated-pods';
import { selectionsOfObject } from '../../world/operator-selection';
import type { ConfiguredPrometheus, PrometheusFile } from '../../world/prometheus';
import { configuredPrometheuses } from '../../world/prometheus';
import { alertmanagersNamed } from '../../world/prometheus-alertmanagers';
import { prometheusTargets } from '../../world/prometheus-targets';
import type { PodPort } from '../../world/services';
import { serviceByHost } from '../../world/services';
import type { World } from '../../world/world';
import type { AlertStory, ToldBy } from '../alerting/alerts';
import { alertStories } from '../alerting/alerts';
import { networkOf } from '../network/network';
import type { Link } from './link';
import { breaks, unknown } from './link';
import { flowProblem, linksOfExpression } from './series-links';
import { areStopped, isStopped } from './stopped';

/** The alerts of a name: what each reads, which Prometheus loads it, which Alertmanager hears of it, and who is told. */
export function linksOfAlert(world: World, name: string): Link[] {
  const stories = alertStories(world).filter((story) => story.name === name);
  return alertingRulesOf(world)
    .filter((alert) => alert.name === name)
    .map((alert) => {
      const story = stories.find(
        ({ rule, expr }) => rule === world.idOf(alert.resource) && expr === string(alert.rule['expr']),
      );
      return alertLink(world, alert, story);
    });
}

function alertLink(world: World, alert: StatedAlert, story: AlertStory | undefined): Link {
  const { name, rule, resource, path } = alert;
  const loading = loadersOf(world, alert);
  return {
    text: `alert ${name}${story?.severity === undefined ? '' : `, severity ${story.severity}`}`,
    at: { resource, path },
    names: [name],
    links: [
      ...linksOfExpression(world, string(rule['expr']) ?? ''),
      ...loading.map((loader) => loaderLink(world, loader, story)),
    ],
    ...(loading.length > 0 ? {} : unloaded(world, alert)),
  };
}

/** A file of rules that a Prometheus sees and that its `rule_files` do not match is meant for it. */
function unloaded(world: World, { resource, path }: StatedAlert): Pick<Link, 'problem'> {
  const seeing = configuredPrometheuses(world).find(({ unread }) =>
    unread.some((file) => isFileOf(file, resource, path)),
  );
  return seeing
    ? breaks(`${world.idOf(seeing.workload.resource)} sees the file, and its rule_files match others: nobody loads it`)
    : unknown('no Prometheus here loads it');
}

function isFileOf(file: PrometheusFile, resource: Resource, path: Path): boolean {
  return file.resource === resource && file.path.join() === path.join();
}

/** A Prometheus that evaluates a rule, and whom it tells of alerts. */
interface Loader {
  readonly resource: Resource;
  readonly is: 'yes' | 'no' | 'unknown';
  readonly why: string;
  readonly pods: readonly WorkloadManifest[];
  readonly tells: readonly Told[];
  /** It finds Alertmanagers by a discovery that is not followed here. */
  readonly discovers: boolean;
}

/** An address that alerts are sent to. */
interface Told {
  readonly text: string;
  readonly at: NonNullable<Link['at']>;
  /** Where it leads; undefined where it leads to nothing that is known. */
  readonly pods: readonly PodPort[] | undefined;
}

function loadersOf(world: World, { resource, path }: StatedAlert): readonly Loader[] {
  const selecting = selectionsOfObject(world, resource)
    .filter(({ by }) => by.kind === 'Prometheus')
    .map(
      ({ by, is, why }): Loader => ({
        ...{ resource: by, is, why, pods: operatedBy(world, by) },
        tells: toldBy(world, by),
        discovers: false,
      }),
    );
  const reading = configuredPrometheuses(world)
    .filter(({ rules }) => rules.some((file) => isFileOf(file, resource, path)))
    .map((prometheus): Loader => {
      const { workload, configuration } = prometheus;
      const told = list(record(record(configuration.content)?.['alerting'])?.['alertmanagers']);
      const tells = toldByFile(world, prometheus);
      const discovers = tells.length === 0 && told.length > 0;
      return { resource: workload.resource, is: 'yes', why: '', pods: [workload], tells, discovers };
    });
  return [...selecting, ...reading];
}

function toldByFile(world: World, prometheus: ConfiguredPrometheus): Told[] {
  const { namespace } = prometheus.workload;
  return [...prometheusTargets(prometheus)]
    .filter(({ use }) => use === 'alerts')
    .map(({ file, host, port, text }) => ({
      text,
      at: file,
      pods: port === undefined ? undefined : serviceByHost(world, host, namespace)?.reachedBy(port),
    }));
}

function toldBy(world: World, by: Resource): Told[] {
  return alertmanagersNamed(world, by).map(({ namespace, name, path, service, targets }) => ({
    text: `Service ${namespace}/${name}`,
    at: { resource: by, path },
    pods: service ? targets : undefined,
  }));
}

function loaderLink(
  world: World,
  { resource, is, why, pods, tells, discovers }: Loader,
  story: AlertStory | undefined,
): Link {
  const id = world.idOf(resource);
  if (is !== 'yes')
    return {
      text: `loaded by ${id}`,
      at: { resource, path: ['spec'] },
      links: [],
      ...(is === 'no' ? breaks(`it ${why}`) : unknown(`it ${why}, and the labels there are not known`)),
    };
  const network = networkOf(world);
  const sources = pods.map((pod) => network.endpointOf(pod));
  return {
    text: `loaded by ${id}`,
    at: { resource, path: [] },
    links: tells.map(({ text, at, pods: to }): Link => {
      const sent = `sent to ${text}`;
      if (!to || to.length === 0)
        return { text: sent, at, links: [], ...unknown('it leads to no pods that are known here') };
      const blocked = to.map(({ workload, number: port }) => flowProblem(world, sources, workload, port, id));
      return {
        text: sent,
        at,
        links: to.flatMap(({ workload }) => alertmanagerLinks(world, workload, story)),
        ...(blocked.find(({ problem }) => problem) ?? {}),
      };
    }),
    ...(discovers
      ? unknown('it finds its Alertmanagers by a discovery that is not followed here')
      : areStopped(world, pods)
        ? breaks('it has replicas: 0, so nobody evaluates it')
        : tells.length > 0
          ? {}
          : breaks('it sends alerts to no Alertmanager: nobody is told')),
  };
}

function alertmanagerLinks(world: World, workload: WorkloadManifest, story: AlertStory | undefined): Link[] {
  const found = notificationConfigurations(world).find(
    ({ by }) => by === workload.resource || operatedBy(world, by).includes(workload),
  );
  const id = world.idOf(workload.resource);
  if (!found) return [unconfigured(world, workload, id)];
  const told = story?.told.find(({ by }) => by === world.idOf(found.by));
  const { stated, content, receivers } = found;
  const isFile = typeof stated.resource.at(stated.path) === 'string';
  // Whatever labels it has.
  const isLost = !told?.isPart && told?.ways.every(({ integrations }) => integrations.length === 0);
  return [
    {
      text: `routed by ${world.idOf(found.by)}`,
      at: isFile || stated.resource === found.by ? stated : { ...stated, path: [...stated.path, 'route'] },
      ...(isFile ? { names: ['route'] } : {}),
      links: (told?.ways ?? []).map((way) =>
        receiverLink(
          receivers.get(way.receiver) ?? stated,
          way,
          told?.inhibitedBy ?? [],
          filesOf(content, way.receiver),
          isLost,
        ),
      ),
      ...(isStopped(world, workload) ? breaks('it has replicas: 0, so nobody is told') : {}),
      ...(told?.isPart && !isStopped(world, workload)
        ? unknown('its own configuration is not here: whom it tells else is not known')
        : {}),
    },
  ];
}

/** Where no configuration of an Alertmanager is known: one that its object names is looked for at that name. */
function unconfigured(world: World, workload: WorkloadManifest, id: string): Link {
  const by = operatorObjects(world, 'Alertmanager').find((each) => operatedBy(world, each).includes(workload));
  const path = ['spec', 'alertmanagerConfiguration', 'name'];
  const name = by && string(by.at(path));
  if (!by || !name)
    return {
      text: id,
      at: { resource: workload.resource, path: [] },
      links: [],
      ...unknown('its configuration is not known here'),
    };
  return {
    text: `${id} told by AlertmanagerConfig ${name}`,
    at: { resource: by, path },
    links: [],
    // Whether it is anywhere is what a check says of the place.
    ...unknown(`AlertmanagerConfig ${name} is not known here`),
  };
}

/** The files from which a receiver takes its addresses and passwords. */
function filesOf(content: Json, receiver: string): string[] {
  const own = mappings(content['receivers']).find(({ name }) => name === receiver) ?? {};
  return Object.values(own)
    .flatMap((integrations) => mappings(integrations))
    .flatMap((integration) => Object.entries(integration))
    .flatMap(([field, value]) => (field.endsWith('_file') && typeof value === 'string' ? [value] : []));
}

function receiverLink(
  at: NonNullable<Link['at']>,
  way: ToldBy,
  inhibitedBy: readonly string[],
  files: readonly string[],
  isLost = false,
): Link {
  const { receiver, integrations, mutedIn, activeIn, when } = way;
  const notes = [
    ...(when === undefined ? [] : [`with ${when}`]),
    ...(activeIn.length > 0 ? [`only in ${activeIn.join(', ')}`] : []),
    ...(mutedIn.length > 0 ? [`never in ${mutedIn.join(', ')}`] : []),
    ...inhibitedBy.map((source) => `not while an alert fires with ${source}`),
  ];
  return {
    text: [`${receiver} told by ${integrations.join(', ') || 'nothing'}`, ...notes].join('; '),
    at,
    names: [receiver, ...files],
    links: [],
    ...(integrations.length > 0
      ? {}
      : when === undefined || isLost
        ? breaks(`receiver ${receiver} has no integrations: nobody is told`)
        : unknown(`receiver ${receiver} has no integrations: nobody is told of alerts with ${when}`)),
  };
}
