import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string } from '../manifests/resource';
import { configuredAlertmanagers, operatorObjects } from './alertmanager';
import type { World } from './world';

/** Whom an Alertmanager tells, as its configuration file says or would say. */
export interface NotificationConfiguration {
  readonly by: Resource;
  /** Where it is written: a file, or the AlertmanagerConfig. */
  readonly stated: { readonly resource: Resource; readonly path: Path };
  readonly content: Json;
}

/**
 * The configuration of every Alertmanager: its file, or the AlertmanagerConfig that its object names for all alerts. One that is selected
 * holds for its own namespace, and is not among these.
 */
export function notificationConfigurations(world: World): readonly NotificationConfiguration[] {
  const files = configuredAlertmanagers(world).flatMap(({ by, file }) => {
    const content = record(file.content);
    return content ? [{ by, stated: file, content }] : [];
  });
  const objects = operatorObjects(world, 'Alertmanager').flatMap((by) => {
    const name = string(by.at(['spec', 'alertmanagerConfiguration', 'name']));
    const found = operatorObjects(world, 'AlertmanagerConfig').find(
      (object) => object.name === name && world.namespaceOf(object) === world.namespaceOf(by),
    );
    return found
      ? [
          {
            by,
            stated: { resource: found, path: ['spec'] },
            content: fileOf(record(found.object['spec']) ?? {}),
          },
        ]
      : [];
  });
  return [...objects, ...files];
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
