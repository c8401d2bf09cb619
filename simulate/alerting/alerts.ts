import type { Json } from '../../manifests/resource';
import { mappings, record, string, strings } from '../../manifests/resource';
import { prometheusDuration } from '../../upstream/prometheus/duration';
import { scalarText } from '../../upstream/prometheus/form';
import { queryOf } from '../../upstream/prometheus/query';
import { resultLabels } from '../../upstream/prometheus/result-labels';
import { untoldLoaders } from '../../world/alert-loaders';
import { alertingRulesOf } from '../../world/alerting-rules';
import type { NotificationConfiguration } from '../../world/notification-configuration';
import { notificationConfigurations } from '../../world/notification-configuration';
import type { World } from '../../world/world';
import { inhibitionsOf } from './inhibition';
import type { AlertLabels } from './label-matching';
import type { AlertWay } from './routing';
import { closedBy, waysOf } from './routing';

/** Whom an Alertmanager tells of an alert. */
export interface ToldBy extends AlertWay {
  /** Kinds of notifications of the receiver, such as `webhook`; none: nobody is told. */
  readonly integrations: readonly string[];
  /** Milliseconds from the condition to the first notification. */
  readonly after: number;
  /** A label that series give, or not, by which it takes this way: `namespace="shop"`. @default - it takes it in any case */
  readonly when?: string | undefined;
  /** Why it is not told at the instant that was asked for. */
  readonly closed?: string | undefined;
}

/** An alert, and what becomes of it. */
export interface AlertStory {
  readonly name: string;
  readonly severity: string | undefined;
  readonly labels: AlertLabels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly expr: string;
  /** How long the condition holds first. Milliseconds. */
  readonly for: number;
  /** Where the rule stands. */
  readonly rule: string;
  /** Who loads it, where none of them names an Alertmanager: nobody is told. @default - whoever loads it may tell one */
  readonly unheardOf?: readonly string[];
  readonly told: readonly {
    readonly by: string;
    readonly ways: readonly ToldBy[];
    readonly inhibitedBy: readonly string[];
    /** Whether more is told by a part of the configuration that is not here. @default false */
    readonly isPart?: boolean;
  }[];
}

/** Every alert of the manifests by name, and whom each Alertmanager tells of it. Labels that come from series are not known here. */
export function alertStories(world: World, at?: Date): readonly AlertStory[] {
  const configurations = notificationConfigurations(world);
  const stories = alertingRulesOf(world).map((alert): AlertStory => {
    const { name, rule, resource } = alert;
    const untold = untoldLoaders(world, alert).map((by) => world.idOf(by));
    const labels = { ...strings(rule['labels']), alertname: name };
    const wait = prometheusDuration(rule['for'] ?? undefined) ?? 0;
    return {
      name,
      severity: labels['severity' as keyof typeof labels],
      labels,
      annotations: strings(rule['annotations']),
      expr: scalarText(rule['expr']) ?? '',
      for: wait,
      rule: world.idOf(resource),
      ...(untold.length > 0 ? { unheardOf: untold } : {}),
      told: (untold.length > 0 ? [] : configurations).map((configuration) => ({
        by: world.idOf(configuration.by),
        ...(configuration.isWhole ? {} : { isPart: true }),
        ways: waysOfAlert(configuration, labels, scalarText(rule['expr']) ?? '').map((way) => ({
          ...way,
          integrations: integrationsOf(configuration.content, way.receiver),
          after: wait + way.groupWait,
          closed: at === undefined ? undefined : closedBy(configuration.content, way, at),
        })),
        inhibitedBy: inhibitionsOf(configuration.content, labels).map(
          ({ source, equal }) =>
            `${source.map((each) => `${each.name}${each.operator}${JSON.stringify(each.value)}`).join(', ')}${equal.length > 0 ? ` of the same ${equal.join(' and ')}` : ''}`,
        ),
      })),
    };
  });
  return stories.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/**
 * The ways of an alert, as far as its rule tells. The operator asks for the namespace of a selected AlertmanagerConfig: series have that label,
 * where nothing aggregates it away, so what is told in each such namespace is among them.
 */
export function waysOfAlert(
  { content, namespaces, isWhole }: NotificationConfiguration,
  labels: AlertLabels,
  expr: string,
): readonly (AlertWay & Pick<ToldBy, 'when'>)[] {
  const known = waysOf(content, labels).filter(({ receiver }) => isWhole || receiver !== '');
  const given = resultLabels(queryOf(expr));
  if (labels['namespace'] !== undefined || (given && !given.has('namespace'))) return known;
  const paths = new Set(known.map(({ path }) => path.join('.')));
  const more = namespaces.flatMap((namespace) =>
    waysOf(content, { ...labels, namespace })
      .filter(({ path }) => !paths.has(path.join('.')))
      .map((way) => ({ ...way, when: `namespace="${namespace}"` })),
  );
  // Who is told where no such route takes it is told elsewhere alone.
  const isFallback = (way: AlertWay) => more.length > 0 && way.path.length === 1;
  return [
    ...more,
    ...known.map((way) =>
      isFallback(way) ? { ...way, when: `another namespace than ${namespaces.join(', ')}` } : way,
    ),
  ];
}

/** Whether somebody is told, at any time. */
export function reachesSomebody({ told }: AlertStory): boolean {
  return told.some(({ ways }) => ways.some(({ integrations }) => integrations.length > 0));
}

/** The kinds of notifications of a receiver. */
export function integrationsOf(configuration: Json, receiver: string): readonly string[] {
  const found = mappings(configuration['receivers']).find(({ name }) => string(name) === receiver);
  return Object.entries(record(found) ?? {}).flatMap(([field, value]) =>
    field.endsWith('_configs') && mappings(value).length > 0 ? [field.slice(0, -'_configs'.length)] : [],
  );
}
