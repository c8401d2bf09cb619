import type { Path, Resource } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { configuredPrometheusOf } from '../../world/prometheus';
import type { World } from '../../world/world';
import type { CalledAddress } from './called-addresses';
import { calledByCommand, calledByFile, definesGroup, mayBeAddress } from './called-addresses';
import type { ConfigText } from './configured-flows';
import { configTextsOf } from './configured-flows';

/** An address that a workload's environment, arguments or mounted configuration names. */
export interface ConfiguredAddress {
  readonly workload: WorkloadManifest;
  /** In lower case, without the dot at the end. */
  readonly host: string;
  readonly port: number | undefined;
  /** Whether the port is written, or follows from the scheme. */
  readonly isPortWritten: boolean;
  /** The port by its name, where a record of type SRV is looked up: `_grpc._tcp.store`. @default - none is named */
  readonly portName?: string | undefined;
  /** `http`; undefined for `host:port` and variables such as REDIS_HOST. */
  readonly scheme: string | undefined;
  /** `redis:6379`, as it is written. */
  readonly text: string;
  /** The variable or the flag; empty where neither is known. */
  readonly name: string;
  readonly isFile: boolean;
  /** What makes it an address, whatever it is called. @default - its scheme or its name at most */
  readonly place?: CalledAddress['place'] | undefined;
  readonly resource: Resource;
  readonly path: Path;
}

/** Schemes of URLs that a client connects to, with the port that they mean. */
const SCHEMES: ReadonlyMap<string, number | undefined> = new Map(
  Object.entries({
    ...{ http: 80, https: 443, ws: 80, wss: 443, ldap: 389, ldaps: 636, smtp: 25, tcp: undefined, grpc: undefined },
    ...{ redis: 6379, rediss: 6379, postgres: 5432, postgresql: 5432, mysql: 3306, mariadb: 3306, mongodb: 27017 },
    ...{ amqp: 5672, amqps: 5671, nats: 4222, kafka: 9092, mqtt: 1883, memcached: 11211, bolt: 7687, neo4j: 7687 },
  }),
);

const HOST = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';

/** What is named for another purpose than to be connected to: identifiers, origins, names of one's own. */
const NOT_CALLED =
  /ORIGIN|CORS|ALLOW|REDIRECT|CALLBACK|ISSUER|AUDIENCE|XMLNS|SCHEMA|NO_PROXY|PUBLIC|EXTERNAL|ADVERTISE|LISTEN|BIND/i;

/** All addresses in a workload's configuration. Files of Prometheus are read by other checks. */
export const configuredAddresses = memo((world: World, workload: WorkloadManifest): readonly ConfiguredAddress[] => {
  const aliases = new Set(list(workload.podSpec['hostAliases']).flatMap((alias) => list(record(alias)?.['hostnames'])));
  const prometheus = configuredPrometheusOf(world, workload)?.configuration.text;
  const found = new Map<string, ConfiguredAddress>();
  const add = (setting: ConfigText, address: Written) => {
    if (aliases.has(address.host) || NOT_CALLED.test(address.name)) return;
    const { resource, path } = setting.origin ?? setting;
    const key = `${path.join('.')} ${address.text}`;
    const known = found.get(key);
    if (!known || (!known.place && address.place))
      found.set(key, { ...known, ...address, workload, isFile: setting.isFile, resource, path });
  };
  for (const { settings } of configTextsOf(world, workload)) {
    const named = new Map(settings.flatMap((setting, i) => flagsOf(setting, settings[i - 1])));
    for (const setting of settings) {
      if (setting.value === prometheus || setting.value.length > 100_000) continue;
      for (const address of inText(setting)) add(setting, address);
    }
    for (const [name, setting] of named)
      for (const address of inPair(name, setting.value, named)) add(setting, address);
    for (const [setting, address] of inCommands(settings)) add(setting, address);
  }
  return [...found.values()];
});

type Written = Omit<ConfiguredAddress, 'workload' | 'isFile' | 'resource' | 'path'>;

function* inText(setting: ConfigText): Iterable<Written> {
  const [, flag, rest] = FLAG.exec(setting.value) ?? [];
  const name = setting.name || (flag ?? '');
  const value = setting.isFile ? setting.value.replace(/^\s*(?:#|\/\/|;).*$/gm, '') : setting.value;
  const called = setting.isFile ? [...calledByFile(value)] : [];
  for (const [, scheme = '', authority = ''] of value.matchAll(
    /\b([a-z][a-z0-9+.-]{1,20}):\/\/([^\s/?#"'`<>{}|\\^,;)\]]{1,500}(?:,[^\s/?#"'`<>{}|\\^;)\]:,]+:\d+)*)/gi,
  )) {
    const known = scheme.toLowerCase().replace(/\+(?!srv).*$/, '');
    if (!SCHEMES.has(known)) continue;
    for (const part of authority.slice(authority.lastIndexOf('@') + 1).split(',')) {
      const [, host, port] = new RegExp(`^(${HOST})\\.?(?::(\\d{1,5}))?$`, 'i').exec(part) ?? [];
      // A group of servers that the file itself names.
      if (host !== undefined && !(setting.isFile && definesGroup(value, host)))
        yield {
          host: host.toLowerCase(),
          port: port === undefined ? SCHEMES.get(known) : Number(port),
          isPortWritten: port !== undefined,
          scheme: known,
          text: part,
          name,
        };
    }
  }
  for (const { host, port, text, name: said, place } of called)
    yield { host, port, isPortWritten: port !== undefined, scheme: undefined, text, name: said, place };
  if (setting.isFile) return;
  yield* lookedUp(value, name);
  const whole = setting.name ? value : (rest ?? '');
  const plain = new RegExp(`(?<![\\w.@:/+-])(${HOST}):(\\d{1,5})(?![\\w.:-])`, 'g');
  for (const [text, host = '', port] of value.matchAll(plain)) {
    const isAll = whole.split(',').includes(text) && Number(port) >= 1024 && name !== '' && mayBeAddress(name);
    const place = isAll ? ('value' as const) : undefined;
    yield { host, port: Number(port), isPortWritten: true, scheme: undefined, text, name, place };
  }
}

/** What Thanos and others look up themselves: `dns+store:10901`, `dnssrv+_grpc._tcp.store.shop.svc` (its `pkg/discovery/dns`). */
function* lookedUp(value: string, name: string): Iterable<Written> {
  const lookups = new RegExp(
    `\\bdns(?:srv(?:noa)?)?\\+(?:_([\\w-]+)\\._(?:tcp|udp)\\.)?(${HOST})\\.?(?::(\\d{1,5}))?`,
    'gi',
  );
  for (const [text, portName, host = '', port] of value.matchAll(lookups)) {
    const number = port === undefined ? undefined : Number(port);
    yield {
      host: host.toLowerCase(),
      port: number,
      portName,
      isPortWritten: number !== undefined,
      scheme: 'tcp',
      text,
      name,
    };
  }
}

const FLAG = /^--?([A-Za-z][\w.-]*)=(.*)$/s;

/** What a variable or a flag is set to, by its name: `--redis-host=redis`, and `--redis-host` before `redis`. */
function flagsOf(setting: ConfigText, previous: ConfigText | undefined): (readonly [string, ConfigText])[] {
  if (setting.isFile) return [];
  if (setting.name !== '') return [[setting.name, setting]];
  const [, flag, value] = FLAG.exec(setting.value) ?? [];
  if (flag !== undefined) return [[flag, { ...setting, value: value ?? '' }]];
  const [, before] = /^--([A-Za-z][\w.-]*)$/.exec(previous?.value ?? '') ?? [];
  return before === undefined ? [] : [[before, setting]];
}

/** What programs such as nc are told to connect to: in a script, or in the words of a command. */
function* inCommands(settings: readonly ConfigText[]): Iterable<readonly [ConfigText, Written]> {
  const words = settings.filter(({ name, isFile }) => name === '' && !isFile);
  const scripts = words.filter(({ value }) => /\s/.test(value));
  const lines: (readonly [string, (text: string) => ConfigText | undefined])[] =
    scripts.length > 0
      ? scripts.map((script) => [script.value, () => script])
      : [
          [
            words.map(({ value }) => value).join(' '),
            (text) => words.find(({ value }) => value === text || value.endsWith(`=${text}`)),
          ],
        ];
  for (const [line, ownerOf] of lines)
    for (const { host, port, text, name, place } of calledByCommand(line)) {
      const owner = ownerOf(text) ?? ownerOf(host) ?? words.find(({ value }) => value.includes(host));
      if (owner) yield [owner, { host, port, isPortWritten: port !== undefined, scheme: undefined, text, name, place }];
    }
}

/** `REDIS_HOST`, with `REDIS_PORT` where there is one; the same of flags. */
function* inPair(name: string, value: string, named: ReadonlyMap<string, ConfigText>): Iterable<Written> {
  const [, stem, between = ''] = /^(.+?)([._-]?)HOST(?:NAME)?$/i.exec(name) ?? [];
  if (stem === undefined || !new RegExp(`^${HOST}$`).test(value)) return;
  const port = [`${stem}${between}PORT`, `${stem}_PORT`, `${stem}PORT`, `${stem}${between}port`]
    .map((other) => named.get(other)?.value)
    .find(Boolean);
  const number = port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : undefined;
  yield { host: value, port: number, isPortWritten: number !== undefined, scheme: undefined, text: value, name };
}
