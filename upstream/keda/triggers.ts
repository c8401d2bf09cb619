import { parseQuantity } from '../../manifests/quantity';
import { meantBy, near } from '../../model/near';
import { neverRuns, scheduleProblem, timeZoneProblem } from '../kubernetes/cron';
import { queryOf } from '../prometheus/query';
import { SCALERS } from './scalers';

/** What a trigger says, and what its authentication adds. */
export interface TriggerSettings {
  readonly type: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly metricType: string | undefined;
  /** The parameters of its authentication; `open` where others may be given that are not known. */
  readonly authenticated: ReadonlySet<string> | 'open';
}

/** What KEDA 2.21 refuses of a trigger. */
export interface TriggerProblem {
  /** The key of the metadata, or the field of the trigger. */
  readonly at: { readonly key: string } | { readonly field: 'type' | 'metricType' | 'metadata' };
  readonly reason: string;
}

type Kind = 'text' | 'number' | 'whole' | 'switch';
/** Where a parameter may be given: in the metadata, by a variable of the container (`…FromEnv`), by the authentication. */
type Place = 'm' | 'e' | 'a';

interface Parameter {
  readonly in: readonly Place[];
  readonly kind?: Kind;
  readonly required?: true;
}

const IN_METADATA: Parameter = { in: ['m'] };
const need = (...places: Place[]): Parameter => ({ in: places, required: true });
const may = (...places: Place[]): Parameter => ({ in: places });
const of = (kind: Kind): Parameter => ({ in: ['m'], kind });

/** The parameters of a list in Redis (pkg/scalers/redis_scaler.go). */
const REDIS: Readonly<Record<string, Parameter>> = {
  ...{ address: may('m', 'a', 'e'), addresses: may('m', 'a', 'e') },
  ...{ host: may('m', 'e', 'a'), hosts: may('m', 'e', 'a'), port: may('m', 'e', 'a'), ports: may('m', 'e', 'a') },
  ...{ username: may('m', 'e', 'a'), password: may('m', 'e', 'a'), sentinelUsername: may('m', 'a', 'e') },
  ...{ sentinelPassword: may('m', 'a', 'e'), sentinelMaster: may('m', 'a', 'e'), unsafeSsl: of('switch') },
  ...{ listName: need('m'), listLength: of('whole'), activationListLength: of('whole'), databaseIndex: of('whole') },
  ...{ enableTLS: of('switch'), tls: may('a'), ca: may('a'), cert: may('a'), key: may('a'), keyPassword: may('a') },
};

/** CPU and memory (pkg/scalers/cpu_memory_scaler.go). */
const POD: Readonly<Record<string, Parameter>> = { type: IN_METADATA, value: need('m'), containerName: IN_METADATA };

/** The parameters of the scalers that are known here, as their structs have them (pkg/scalers). */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  rabbitmq: {
    ...{ queueName: need('m'), mode: IN_METADATA, queueLength: of('number'), value: of('number') },
    ...{ activationValue: of('number'), host: need('m', 'a', 'e'), protocol: may('m', 'a'), vhostName: may('m', 'a') },
    ...{ useRegex: of('switch'), excludeUnacknowledged: of('switch'), pageSize: of('whole'), operation: IN_METADATA },
    ...{ timeout: IN_METADATA, username: may('a', 'e'), password: may('a', 'e'), unsafeSsl: of('switch') },
    ...{ ca: may('a'), cert: may('a'), key: may('a'), keyPassword: may('a'), tls: may('a') },
  },
  cron: { start: need('m'), end: need('m'), timezone: need('m'), desiredReplicas: { ...need('m'), kind: 'whole' } },
  cpu: POD,
  memory: POD,
  prometheus: {
    ...{ serverAddress: need('m'), query: need('m'), queryParameters: IN_METADATA },
    ...{ threshold: { ...need('m'), kind: 'number' }, activationThreshold: of('number'), namespace: IN_METADATA },
    ...{ customHeaders: IN_METADATA, ignoreNullValues: of('switch'), unsafeSsl: of('switch'), timeout: IN_METADATA },
    ...{ awsRegion: may('m', 'a'), identityOwner: IN_METADATA, authModes: may('m', 'a') },
  },
  redis: REDIS,
  'redis-cluster': REDIS,
  'redis-sentinel': REDIS,
};

const FROM_ENV = 'FromEnv';

/** What is wrong with a trigger; of types whose parameters are not known here, that it exists at all. */
export function* triggerProblems(trigger: TriggerSettings): Iterable<TriggerProblem> {
  const { type, metricType } = trigger;
  if (!SCALERS.has(type)) {
    yield { at: { field: 'type' }, reason: `KEDA has no scaler ${type}${near(type, [...SCALERS])}` };
    return;
  }
  const isOfPods = type === 'cpu' || type === 'memory';
  if (metricType === 'Utilization' && !isOfPods)
    yield {
      at: { field: 'metricType' },
      reason: `only cpu and memory have the metricType Utilization; ${type} has AverageValue or Value`,
    };
  const parameters = Object.hasOwn(PARAMETERS, type) ? PARAMETERS[type]! : undefined;
  if (!parameters) return;
  const wrong = new Set<string>();
  for (const problem of [
    ...unreadable(trigger, parameters),
    ...misspelt(trigger, parameters),
    ...absent(trigger, parameters),
  ]) {
    if ('key' in problem.at) wrong.add(problem.at.key);
    yield problem;
  }
  const own = OWN_RULES[type]?.(trigger) ?? [];
  for (const problem of own) if (!('key' in problem.at) || !wrong.has(problem.at.key)) yield problem;
}

const FORMS: Readonly<Record<Kind, RegExp>> = {
  text: /^/,
  number: /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/,
  whole: /^-?(0|[1-9]\d*)$/,
  switch: /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/,
};
const FORM_NAMES: Readonly<Record<Kind, string>> = {
  text: 'text',
  number: 'a number',
  whole: 'a whole number',
  switch: 'true or false',
};

/** Values that are not of their type: numbers are read as JSON (setConfigValueHelper in pkg/scalers/scalersconfig). */
function* unreadable(
  { metadata }: TriggerSettings,
  parameters: Readonly<Record<string, Parameter>>,
): Iterable<TriggerProblem> {
  for (const [key, value] of metadata) {
    const kind = Object.hasOwn(parameters, key) ? parameters[key]!.kind : undefined;
    if (kind && !FORMS[kind].test(value)) yield { at: { key }, reason: `${key} ${value} is not ${FORM_NAMES[kind]}` };
  }
}

/** Keys that nobody reads and that are nearly one that is read: KEDA ignores them without a word. */
function* misspelt(
  { metadata }: TriggerSettings,
  parameters: Readonly<Record<string, Parameter>>,
): Iterable<TriggerProblem> {
  const names = Object.keys(parameters);
  for (const key of metadata.keys()) {
    const base = key.endsWith(FROM_ENV) ? key.slice(0, -FROM_ENV.length) : key;
    if (names.includes(base)) continue;
    const meant = meantBy(base, names);
    if (meant !== undefined && !metadata.has(meant))
      yield {
        at: { key },
        reason: `KEDA ignores the key ${key}: it is no parameter of the trigger; did you mean "${meant}${key.slice(base.length)}"?`,
      };
  }
}

/** Whether a key that nobody reads is a misspelling of a parameter, which is said of the key. */
function isMeant(
  { metadata }: TriggerSettings,
  name: string,
  parameters: Readonly<Record<string, Parameter>>,
): boolean {
  const names = Object.keys(parameters);
  return [...metadata.keys()].some((key) => {
    const base = key.endsWith(FROM_ENV) ? key.slice(0, -FROM_ENV.length) : key;
    return !names.includes(base) && meantBy(base, names) === name;
  });
}

/** Whether a parameter is given: `maybe` where an authentication that is not known may give it. */
function given(
  { metadata, authenticated }: TriggerSettings,
  name: string,
  places: readonly Place[],
): 'yes' | 'no' | 'maybe' {
  if (places.includes('m') && metadata.has(name)) return 'yes';
  if (places.includes('e') && metadata.has(`${name}${FROM_ENV}`)) return 'yes';
  if (!places.includes('a')) return 'no';
  if (authenticated === 'open') return 'maybe';
  return authenticated.has(name) ? 'yes' : 'no';
}

function* absent(trigger: TriggerSettings, parameters: Readonly<Record<string, Parameter>>): Iterable<TriggerProblem> {
  const places = (of: readonly Place[], name: string) =>
    [
      ...(of.includes('m') ? [`${name} in the metadata`] : []),
      ...(of.includes('e') ? [`${name}${FROM_ENV}`] : []),
      ...(of.includes('a') ? ['a parameter of the authentication'] : []),
    ].join(', or ');
  for (const [name, { required, in: where }] of Object.entries(parameters)) {
    if (!required || given(trigger, name, where) !== 'no' || isMeant(trigger, name, parameters)) continue;
    const misplaced = trigger.metadata.has(`${name}${FROM_ENV}`) ? `; it is not read from ${name}${FROM_ENV}` : '';
    yield { at: { field: 'metadata' }, reason: `the trigger has no ${name} (${places(where, name)})${misplaced}` };
  }
}

const OWN_RULES: Readonly<Record<string, (trigger: TriggerSettings) => Iterable<TriggerProblem>>> = {
  rabbitmq: ofRabbit,
  cron: ofCron,
  cpu: ofPods,
  memory: ofPods,
  prometheus: ofPrometheus,
  redis: ofRedis,
  'redis-cluster': ofRedis,
  'redis-sentinel': ofRedis,
};

const MODES = [
  'QueueLength',
  'MessageRate',
  'DeliverGetRate',
  'PublishedToDeliveredRatio',
  'ExpectedQueueConsumptionTime',
];

/** The protocol by which a trigger asks RabbitMQ; undefined where an address decides that is not known, or that is wrong. */
export function rabbitProtocol({
  metadata,
  authenticated,
}: Pick<TriggerSettings, 'metadata' | 'authenticated'>): 'amqp' | 'http' | undefined {
  const said = metadata.get('protocol');
  if (said === 'amqp' || said === 'http') return said;
  if (said !== undefined && said !== 'auto') return undefined;
  // The authentication may name the protocol itself.
  if (said === undefined && (authenticated === 'open' || authenticated.has('protocol'))) return undefined;
  const scheme = schemeOf(metadata.get('host') ?? '');
  if (scheme === 'amqp' || scheme === 'amqps') return 'amqp';
  return scheme === 'http' || scheme === 'https' ? 'http' : undefined;
}

function schemeOf(url: string): string {
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** As `Validate` of pkg/scalers/rabbitmq_scaler.go. */
function* ofRabbit(trigger: TriggerSettings): Iterable<TriggerProblem> {
  const { metadata, authenticated } = trigger;
  const said = metadata.get('protocol');
  if (said !== undefined && !['auto', 'amqp', 'http'].includes(said))
    yield { at: { key: 'protocol' }, reason: `the protocol is amqp, http or auto, and not ${said}` };
  const host = metadata.get('host');
  if (host !== undefined) {
    const scheme = schemeOf(host);
    const isAuto =
      said === 'auto' || (said === undefined && authenticated !== 'open' && !authenticated.has('protocol'));
    const known = ['amqp', 'amqps', 'http', 'https'].includes(scheme);
    if (isAuto && !known)
      yield {
        // What may hold a password is not shown.
        at: host.includes('@') ? { field: 'metadata' } : { key: 'host' },
        reason: 'the host is a URL that begins with amqp://, amqps://, http:// or https://',
      };
    else if (known && (said === 'amqp' || said === 'http') && !scheme.startsWith(said))
      yield { at: { key: 'protocol' }, reason: `the protocol is ${said}, and the host is a URL of ${scheme}` };
    if (hasBadPassword(host))
      yield {
        at: { field: 'metadata' },
        reason:
          'the password in the URL of the host has characters that end it or that no URL has: give username and password as parameters of the authentication',
      };
  }
  const [mode, value, length] = [metadata.get('mode'), metadata.get('value'), metadata.get('queueLength')];
  const isZero = (text: string | undefined) => text === undefined || Number(text) === 0;
  if (!isZero(length) && (mode !== undefined || !isZero(value)))
    yield {
      at: { key: 'queueLength' },
      reason: 'queueLength is the older form of mode and value: they cannot stand together',
    };
  else if (isZero(length) && mode === undefined && !isZero(value))
    yield { at: { key: 'value' }, reason: 'a value needs a mode, such as QueueLength' };
  else if (mode !== undefined && isZero(value))
    yield { at: { key: 'mode' }, reason: 'a mode needs a value that is not 0' };
  if (mode !== undefined && !MODES.includes(mode))
    yield { at: { key: 'mode' }, reason: `there is no mode ${mode} (there are: ${MODES.join(', ')})` };
  if (rabbitProtocol(trigger) !== 'amqp') return;
  if (mode !== undefined && mode !== 'QueueLength' && MODES.includes(mode))
    yield {
      at: { key: 'mode' },
      reason: `the mode ${mode} needs the protocol http: over amqp the broker tells the length of a queue alone`,
    };
  for (const key of ['useRegex', 'excludeUnacknowledged'])
    if (/^(1|t)/i.test(metadata.get(key) ?? '')) yield { at: { key }, reason: `${key} needs the protocol http` };
}

/** Whether what stands before the `@` of a URL keeps it from being read (net/url: validUserinfo). */
function hasBadPassword(url: string): boolean {
  const [, rest = ''] = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(.*)$/.exec(url) ?? [];
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const at = authority.lastIndexOf('@');
  if (at >= 0) return !/^(?:[A-Za-z0-9\-._:~!$&'()*+,;=@]|%[0-9A-Fa-f]{2})*$/.test(authority.slice(0, at));
  // `amqp://user:pa/ss@host`: it ends within the password, and what is left of that is no port.
  return rest.includes('@') && /:(?!\d*$)/.test(authority);
}

/** As `Validate` of pkg/scalers/cron_scaler.go. */
function* ofCron({ metadata }: TriggerSettings): Iterable<TriggerProblem> {
  const [start, end] = [metadata.get('start'), metadata.get('end')];
  for (const [key, schedule] of [
    ['start', start],
    ['end', end],
  ] as const) {
    if (schedule === undefined) continue;
    const problem = schedule.startsWith('@') ? 'five fields are needed, and no descriptor' : scheduleProblem(schedule);
    const never = problem === undefined ? neverRuns(schedule) : undefined;
    if (problem !== undefined) yield { at: { key }, reason: `${key} ${schedule} is no schedule: ${problem}` };
    else if (never !== undefined) yield { at: { key }, reason: `${key} ${schedule} never comes: ${never}` };
  }
  if (start !== undefined && start === end) yield { at: { key: 'end' }, reason: 'start and end are the same' };
  const zone = metadata.get('timezone');
  const wrongZone = zone === undefined || zone === 'Local' ? undefined : timeZoneProblem(zone);
  if (wrongZone !== undefined) yield { at: { key: 'timezone' }, reason: wrongZone };
  const pods = metadata.get('desiredReplicas');
  if (pods !== undefined && Number(pods) <= 0)
    yield {
      at: { key: 'desiredReplicas' },
      reason: `desiredReplicas is ${pods}, and a window needs one pod at least: outside of it minReplicaCount holds`,
    };
}

/** As `parseResourceMetadata` of pkg/scalers/cpu_memory_scaler.go. */
function* ofPods({ metadata, metricType }: TriggerSettings): Iterable<TriggerProblem> {
  if (metadata.has('type'))
    yield {
      at: { key: 'type' },
      reason: 'metadata.type is refused from KEDA 2.18 on: the field is metricType, beside the type of the trigger',
    };
  else if (metricType !== 'Utilization' && metricType !== 'AverageValue')
    yield {
      at: { field: 'metricType' },
      reason: `the metricType is Utilization or AverageValue, and ${metricType === undefined ? 'none is set' : `not ${metricType}`}`,
    };
  const value = metadata.get('value');
  if (value === undefined) return;
  if (metricType === 'Utilization' && !/^[+-]?\d+$/.test(value))
    yield {
      at: { key: 'value' },
      reason: `value ${value} is no percentage: a whole number is, without a sign for percent`,
    };
  if (metricType === 'AverageValue' && parseQuantity(value) === undefined)
    yield { at: { key: 'value' }, reason: `value ${value} is no quantity` };
}

function* ofPrometheus({ metadata }: TriggerSettings): Iterable<TriggerProblem> {
  const query = metadata.get('query');
  const wrong = query === undefined ? undefined : queryOf(query).problems.find(({ open }) => !open);
  if (wrong) yield { at: { key: 'query' }, reason: `Prometheus refuses the query: ${wrong.reason}` };
}

/** As `validateRedisAddress` of pkg/scalers/redis_scaler.go. */
function* ofRedis(trigger: TriggerSettings): Iterable<TriggerProblem> {
  const has = (...names: string[]) => {
    const each = names.map((name) => given(trigger, name, ['m', 'e', 'a']));
    return each.includes('yes') ? 'yes' : each.includes('maybe') ? 'maybe' : 'no';
  };
  const pair = [has('host', 'hosts'), has('port', 'ports')];
  if (has('address', 'addresses') === 'no' && pair.includes('no'))
    yield { at: { field: 'metadata' }, reason: 'the trigger has no address (host:port), and no host with a port' };
  const [hosts, ports] = [
    trigger.metadata.get('host') ?? trigger.metadata.get('hosts'),
    trigger.metadata.get('port') ?? trigger.metadata.get('ports'),
  ].map((text) => text?.split(',').length);
  if (hosts !== undefined && ports !== undefined && hosts !== ports)
    yield { at: { field: 'metadata' }, reason: `the trigger has ${hosts} hosts and ${ports} ports` };
}
