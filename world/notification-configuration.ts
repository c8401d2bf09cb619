import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import { configuredAlertmanagers, operatorObjects } from './alertmanager';
import { creatorOf } from './creates';
import { selectionsOfObject } from './operator-selection';
import { possibleCreatorOf } from './possible-creators';
import type { World } from './world';

/** Where something is written. */
interface Place {
  readonly resource: Resource;
  readonly path: Path;
}

/** Whom an Alertmanager tells, as its configuration file says or would say. */
export interface NotificationConfiguration {
  readonly by: Resource;
  /** Where the first route is written: a file, or the AlertmanagerConfig. */
  readonly stated: Place;
  readonly content: Json;
  /** Where each receiver is written, by its name in the file. */
  readonly receivers: ReadonlyMap<string, Place>;
  /** The namespaces of which the operator takes the alerts alone, for AlertmanagerConfigs that are selected. */
  readonly namespaces: readonly string[];
  /** Whether it is known what becomes of alerts that no selected AlertmanagerConfig takes. */
  readonly isWhole: boolean;
}

/** The configuration of every Alertmanager: its file, or what the operator makes of a Secret and of AlertmanagerConfigs that are named or selected. */
export const notificationConfigurations = memo((world: World): readonly NotificationConfiguration[] => {
  const objects = operatorObjects(world, 'Alertmanager');
  const files = configuredAlertmanagers(world).flatMap(({ by, file }) => {
    const content = record(file.content);
    return content ? [{ by, stated: file, content, receivers: receiversOf(file, content) }] : [];
  });
  return [
    ...objects.flatMap(
      (by) =>
        operatedConfiguration(
          world,
          by,
          files.find((file) => file.by === by),
        ) ?? [],
    ),
    ...files.filter(({ by }) => !objects.includes(by)).map((file) => ({ ...file, namespaces: [], isWhole: true })),
  ];
});

type Base = Pick<NotificationConfiguration, 'stated' | 'content' | 'receivers'>;

/** In a file all are one text; in an object each has its place. */
function receiversOf({ resource, path }: Place, content: Json): ReadonlyMap<string, Place> {
  const isFile = typeof resource.at(path) === 'string';
  return new Map(
    mappings(content['receivers']).map((receiver, i) => [
      string(receiver['name']) ?? '',
      { resource, path: isFile ? path : [...path, 'receivers', i] },
    ]),
  );
}

/** The operator's `pkg/alertmanager/amcfg.go` and `operator.go`: the routes of what is selected stand before those of the rest, and go on to them. */
function operatedConfiguration(
  world: World,
  by: Resource,
  file: Base | undefined,
): NotificationConfiguration | undefined {
  const name = string(by.at(['spec', 'alertmanagerConfiguration', 'name']));
  const own = operatorObjects(world, 'AlertmanagerConfig');
  const named = own.find((each) => each.name === name && world.namespaceOf(each) === world.namespaceOf(by));
  const base = name ? named && configurationOf(named, 'as written') : (file ?? defaultOf(world, by));
  const selected = own.filter(
    (each) =>
      each !== named &&
      selectionsOfObject(world, each).some((selection) => selection.by === by && selection.is === 'yes'),
  );
  if (!base && selected.length === 0) return undefined;
  const strategy = string(by.at(['spec', 'alertmanagerConfigMatcherStrategy', 'type']));
  const enforced = (each: Resource) =>
    strategy !== 'None' &&
    (strategy !== 'OnNamespaceExceptForAlertmanagerNamespace' || world.namespaceOf(each) !== world.namespaceOf(by));
  const parts = selected.map((each) => {
    const namespace = world.namespaceOf(each);
    const part = configurationOf(each, namespace);
    const matcher = enforced(each) ? [`"namespace"="${namespace}"`] : [];
    const route = record(part.content['route']) ?? {};
    const inhibiting = mappings(part.content['inhibit_rules']).map((rule) => ({
      ...rule,
      source_matchers: [...list(rule['source_matchers']), ...matcher],
      target_matchers: [...list(rule['target_matchers']), ...matcher],
    }));
    return {
      ...part,
      route: { ...route, matchers: [...list(route['matchers']), ...matcher], continue: true },
      inhibiting,
      hasRoute: each.at(['spec', 'route']) !== undefined,
    };
  });
  const rest = base?.content ?? {};
  const route = record(rest['route']) ?? {};
  const routes = parts.filter(({ hasRoute }) => hasRoute).map((part) => part.route);
  const together = (field: string) => [
    ...mappings(rest[field]),
    ...parts.flatMap(({ content }) => mappings(content[field])),
  ];
  return {
    by,
    stated: base?.stated ?? parts[0]!.stated,
    content: {
      ...rest,
      route: { ...route, routes: [...routes, ...mappings(route['routes'])] },
      receivers: together('receivers'),
      time_intervals: together('time_intervals'),
      inhibit_rules: [...mappings(rest['inhibit_rules']), ...parts.flatMap(({ inhibiting }) => inhibiting)],
    },
    receivers: new Map([...(base?.receivers ?? []), ...parts.flatMap(({ receivers }) => [...receivers])]),
    namespaces: [...new Set(selected.filter(enforced).map((each) => world.namespaceOf(each)))],
    isWhole: base !== undefined,
  };
}

/**
 * What the operator takes where there is no Secret with a configuration: nobody is told. Secrets are kept aside of manifests, so that one which is
 * not here is missing only where somebody said what stands elsewhere.
 */
function defaultOf(world: World, by: Resource): Base | undefined {
  const namespace = world.namespaceOf(by);
  const name = string(by.at(['spec', 'configSecret'])) || `alertmanager-${by.name}`;
  const isAbsent =
    world.declaredExternal !== undefined &&
    world.find('Secret', namespace, name).is === 'absent' &&
    !creatorOf(world, 'Secret', namespace, name) &&
    !possibleCreatorOf(world, 'Secret', namespace, name);
  if (!isAbsent) return undefined;
  const stated = { resource: by, path: ['spec'] };
  return {
    stated,
    content: { route: { receiver: 'null' }, receivers: [{ name: 'null' }] },
    receivers: new Map([['null', stated]]),
  };
}

/** What an AlertmanagerConfig says of its own, whoever selects it. */
export function contentOfAlertmanagerConfig(object: Resource): Json {
  return configurationOf(object, 'as written').content;
}

/** What an AlertmanagerConfig says; of one that is selected the operator writes NAMESPACE/NAME before the names of receivers and intervals. */
function configurationOf(object: Resource, namespace: string): Base {
  const stated = { resource: object, path: ['spec'] };
  const content = fileOf(record(object.object['spec']) ?? {});
  const receivers = receiversOf(stated, content);
  if (namespace === 'as written') return { stated, content, receivers };
  const named = (name: unknown) => (name ? `${namespace}/${object.name}/${String(name)}` : name);
  const renamed = (route: Json): Json => ({
    ...route,
    ...('receiver' in route ? { receiver: named(route['receiver']) } : {}),
    ...Object.fromEntries(
      ['mute_time_intervals', 'active_time_intervals'].flatMap((field) =>
        field in route ? [[field, list(route[field]).map(named)]] : [],
      ),
    ),
    ...('routes' in route ? { routes: mappings(route['routes']).map(renamed) } : {}),
  });
  const all = (field: string) => mappings(content[field]).map((each) => ({ ...each, name: named(each['name']) }));
  return {
    stated,
    content: {
      ...content,
      route: renamed(record(content['route']) ?? {}),
      receivers: all('receivers'),
      time_intervals: all('time_intervals'),
    },
    receivers: new Map([...receivers].map(([name, place]) => [String(named(name)), place])),
  };
}

/** What the operator writes into the file for an AlertmanagerConfig of all alerts. */
function fileOf(spec: Json): Json {
  return {
    route: routeOf(record(spec['route']) ?? {}),
    receivers: mappings(spec['receivers']).map((receiver) =>
      Object.fromEntries(Object.entries(receiver).map(([field, value]) => [snake(field), value])),
    ),
    inhibit_rules: mappings(spec['inhibitRules']).map((rule) => ({
      source_matchers: mappings(rule['sourceMatch']).map(matcherOf),
      target_matchers: mappings(rule['targetMatch']).map(matcherOf),
      equal: list(rule['equal']),
    })),
    time_intervals: mappings(spec['muteTimeIntervals']).map((named) => ({
      name: named['name'],
      time_intervals: mappings(named['timeIntervals']).map((interval) => ({
        ...Object.fromEntries(
          ['weekdays', 'months', 'years'].flatMap((field) => (interval[field] ? [[field, interval[field]]] : [])),
        ),
        ...(interval['times']
          ? {
              times: mappings(interval['times']).map(({ startTime, endTime }) => ({
                start_time: startTime,
                end_time: endTime,
              })),
            }
          : {}),
        ...(interval['daysOfMonth']
          ? {
              days_of_month: mappings(interval['daysOfMonth']).map(
                ({ start, end }) => `${Number(start)}:${Number(end ?? start)}`,
              ),
            }
          : {}),
      })),
    })),
  };
}

function routeOf(route: Json): Json {
  return Object.fromEntries(
    Object.entries(route).map(([field, value]) => [
      snake(field),
      field === 'matchers' ? mappings(value).map(matcherOf) : field === 'routes' ? mappings(value).map(routeOf) : value,
    ]),
  );
}

/** Without a kind of its own it is an equality, or an expression where `regex` says so. */
function matcherOf({ name, matchType, regex, value }: Json): string {
  const operator = string(matchType) || (regex === true ? '=~' : '=');
  return `${JSON.stringify(name)}${operator}${JSON.stringify(value ?? '')}`;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
