import { list, mappings, record, string } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import type { ConfiguredAddress } from '../simulate/network/configured-addresses';
import { configuredAddresses } from '../simulate/network/configured-addresses';
import { configTextsOf, configuredNetwork } from '../simulate/network/configured-flows';
import { networkOf } from '../simulate/network/network';
import type { ServiceView } from '../world/services';
import { serviceByHost } from '../world/services';
import type { World } from '../world/world';

/** What two workloads both write to, as far as their configuration says. */
export interface SharedState {
  /** `Redis (redis:6379)`, `PersistentVolumeClaim data`. */
  readonly what: string;
  /** Settings that differ and may keep what they write apart; empty where nothing does. */
  readonly apart: readonly string[];
}

/**
 * The stores and volumes that both workloads reach. A database, key prefix or other name of its own is a state of its own and no finding; other
 * settings that differ may be one. Other programs that both call may have a store behind them, which no manifest tells.
 */
export function sharedState(world: World, one: WorkloadManifest, other: WorkloadManifest): SharedState[] {
  const differing = one === other ? [] : differingSettings(world, one, other);
  if (differing.some(({ name, values }) => namesState(name, values))) return sharedVolumes(one, other);
  const apart = [...new Set(differing.map(({ name }) => name))].sort();
  const known = new Map(storesOf(world, one).map((store) => [store.id, store]));
  const stores = storesOf(world, other).flatMap(({ id, what }) => (known.has(id) ? [{ what, apart }] : []));
  return [...new Map(stores.map((store) => [store.what, store])).values(), ...sharedVolumes(one, other)];
}

// ------------------------------------------------------------------ stores

interface Store {
  /** The same for two workloads that connect to the same one. */
  readonly id: string;
  readonly what: string;
}

/** Programs that keep what is written to them: their schemes, ports, images and what variables call them. */
const STORES: readonly {
  readonly name: string;
  readonly schemes: readonly string[];
  readonly ports: readonly number[];
  readonly images: RegExp;
  readonly variables: RegExp;
}[] = [
  store('Redis', ['redis', 'rediss', 'valkey'], [6379], 'redis|valkey|keydb|dragonfly', 'REDIS|VALKEY'),
  store(
    'PostgreSQL',
    ['postgres', 'postgresql'],
    [5432],
    'postgres|postgresql|timescaledb|pgbouncer',
    'POSTGRES|POSTGRESQL|PG',
  ),
  store('MySQL', ['mysql', 'mariadb'], [3306], 'mysql|mariadb|percona', 'MYSQL|MARIADB'),
  store('MongoDB', ['mongodb', 'mongodb+srv'], [27017], 'mongo|mongodb', 'MONGO|MONGODB'),
  store('RabbitMQ', ['amqp', 'amqps'], [5672, 5671], 'rabbitmq', 'AMQP|RABBIT|RABBITMQ'),
  store('Kafka', ['kafka'], [9092], 'kafka|redpanda', 'KAFKA'),
  store('NATS', ['nats'], [4222], 'nats', 'NATS'),
  store('Memcached', ['memcached'], [11211], 'memcached', 'MEMCACHED|MEMCACHE'),
  store('Elasticsearch', [], [9200], 'elasticsearch|opensearch', 'ELASTICSEARCH|OPENSEARCH'),
  store('Cassandra', [], [9042], 'cassandra|scylla', 'CASSANDRA|SCYLLA'),
  store('Neo4j', ['bolt', 'neo4j'], [7687], 'neo4j', 'NEO4J'),
  store('S3', [], [], 'minio', 'S3|MINIO'),
];

function store(name: string, schemes: readonly string[], ports: readonly number[], images: string, variables: string) {
  return {
    ...{ name, schemes, ports },
    images: new RegExp(`(?:^|/)(?:${images})(?:-ha|-server|-cluster|-alpine)?(?::|@|$)`),
    variables: new RegExp(`(?:^|_)(?:${variables})(?:_|$)`, 'i'),
  };
}

function storesOf(world: World, workload: WorkloadManifest): readonly Store[] {
  return configuredAddresses(world, workload).flatMap((address): Store[] => {
    const service = serviceByHost(world, address.host, workload.namespace);
    const kind = storeKind(address, service);
    if (kind === undefined || isCutOff(world, workload, service)) return [];
    const place = service ? `${service.name}.${service.namespace}` : address.host;
    // Of a Service without a port in the address its only port is meant; elsewhere the usual one.
    const port = address.port ?? service?.ports[0]?.number ?? '';
    return [
      { id: `${kind} ${place}:${port}`, what: `${kind} (${service?.name ?? address.host}${port && `:${port}`})` },
    ];
  });
}

function storeKind({ scheme, port, name }: ConfiguredAddress, service: ServiceView | undefined): string | undefined {
  const images = (service?.workloads ?? []).flatMap(({ containers }) =>
    containers.flatMap(({ role, json }) => (role === 'container' ? [string(json['image']) ?? ''] : [])),
  );
  const byImage = STORES.find((each) => images.some((image) => each.images.test(image)));
  // Pods that are known, and are no store, are none whatever their port is.
  if (byImage || images.length > 0) return byImage?.name;
  return STORES.find(
    (each) =>
      (scheme !== undefined && each.schemes.includes(scheme)) ||
      (port !== undefined && each.ports.includes(port)) ||
      each.variables.test(name),
  )?.name;
}

/** Whether policies keep a workload from all pods of a Service for certain: what cannot be reached is not written. */
function isCutOff(world: World, workload: WorkloadManifest, service: ServiceView | undefined): boolean {
  const network = networkOf(world);
  const flows = configuredNetwork(world, workload).flows.filter((flow) => flow.service === service);
  const targets = flows.flatMap(({ targets, protocol }) => targets.map((target) => ({ target, protocol })));
  return (
    targets.length > 0 &&
    targets.every(
      ({ target, protocol }) =>
        network.verdictOn(network.endpointOf(workload), network.endpointOf(target.workload), target.number, protocol)
          ?.verdict === 'fail',
    )
  );
}

// ------------------------------------------------------------------ settings

interface Differing {
  readonly name: string;
  readonly values: readonly [string | undefined, string | undefined];
}

/** Variables, arguments and files of which the two have other values, but for what only says which version it is. */
function differingSettings(world: World, one: WorkloadManifest, other: WorkloadManifest): Differing[] {
  const [first, second] = [settingsOf(world, one), settingsOf(world, other)];
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((name): Differing[] => {
    const values = [first.get(name), second.get(name)] as const;
    return values[0] === values[1] || SAYS_VERSION.test(name) ? [] : [{ name, values }];
  });
}

/** Variables that tell versions apart and change nothing of what is written. */
const SAYS_VERSION =
  /(?:^|_)(?:VERSION|TAG|COMMIT|SHA|REVISION|RELEASE|BUILD|COLOU?R|TRACK|LOG|LEVEL|POD|HOSTNAME|OTEL|TRACE|PORT)(?:_|$)/i;

function settingsOf(world: World, workload: WorkloadManifest): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const unnamed = new Map<string, string[]>();
  for (const { settings: texts } of configTextsOf(world, workload))
    for (const { name, value, isFile } of texts) {
      if (name !== '') settings.set(name, value);
      else {
        const kind = isFile ? 'a mounted file' : 'an argument';
        unnamed.set(kind, [...(unnamed.get(kind) ?? []), value]);
      }
    }
  for (const [kind, values] of unnamed) settings.set(kind, values.join('\n'));
  // Of Secrets that are not here, which one it is.
  for (const { json } of workload.containers) {
    for (const variable of mappings(json['env'])) {
      const ref = record(
        record(variable['valueFrom'])?.['secretKeyRef'] ?? record(variable['valueFrom'])?.['configMapKeyRef'],
      );
      const name = string(variable['name']);
      if (ref && name !== undefined && !settings.has(name)) settings.set(name, `${ref['name']}/${ref['key']}`);
    }
    for (const source of mappings(json['envFrom'])) {
      const secret = string(record(source['secretRef'])?.['name']);
      if (secret !== undefined && world.find('Secret', workload.namespace, secret).is !== 'present')
        settings.set(`the variables of Secret ${secret}`, secret);
    }
  }
  return settings;
}

/** Names of settings that say where in a store something is written. */
const NAMES_STATE =
  /(?:^|_)(?:PREFIX|KEYSPACE|DB|DATABASE|DBNAME|SCHEMA|VHOST|BUCKET|TOPIC|QUEUE|EXCHANGE|STREAM|INDEX|COLLECTION|TABLE|TENANT)(?:_|$)/i;

/** Whether a setting gives each its own place: by its name, or as another path or query of the same URL. */
function namesState(name: string, [one, other]: Differing['values']): boolean {
  if (one === undefined || other === undefined) return false;
  const place = (url: string) => /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/?#]+)(.*)$/i.exec(url);
  const [first, second] = [place(one), place(other)];
  if (first && second) return first[1] === second[1] && first[2] !== second[2];
  return NAMES_STATE.test(name);
}

// ------------------------------------------------------------------ volumes

function sharedVolumes(one: WorkloadManifest, other: WorkloadManifest): SharedState[] {
  if (one.namespace !== other.namespace) return [];
  const theirs = writableClaims(other);
  return [...writableClaims(one)].flatMap((name) =>
    theirs.has(name) ? [{ what: `PersistentVolumeClaim ${name}`, apart: [] }] : [],
  );
}

/** The claims that a container of the pods mounts to write. Those of a StatefulSet are each pod's own. */
function writableClaims({ podSpec, containers }: WorkloadManifest): ReadonlySet<string> {
  const written = new Set(
    containers.flatMap(({ json }) =>
      mappings(json['volumeMounts']).flatMap((mount) => (mount['readOnly'] === true ? [] : [mount['name']])),
    ),
  );
  return new Set(
    list(podSpec['volumes']).flatMap((value) => {
      const claim = record(record(value)?.['persistentVolumeClaim']);
      const name = string(claim?.['claimName']);
      return name !== undefined && claim?.['readOnly'] !== true && written.has(record(value)?.['name']) ? [name] : [];
    }),
  );
}
