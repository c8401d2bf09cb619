import type { Path, Resource } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { configuredPrometheusOf } from '../../world/prometheus';
import type { World } from '../../world/world';
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
  /** `http`; undefined for `host:port` and variables such as REDIS_HOST. */
  readonly scheme: string | undefined;
  /** `redis:6379`, as it is written. */
  readonly text: string;
  /** The variable or the flag; empty where neither is known. */
  readonly name: string;
  readonly isFile: boolean;
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
  for (const { settings } of configTextsOf(world, workload)) {
    const named = new Map(settings.map((setting) => [setting.name, setting]));
    for (const setting of settings) {
      if (setting.value === prometheus || setting.value.length > 100_000) continue;
      for (const address of [...inText(setting), ...inPair(setting, named)]) {
        if (aliases.has(address.host) || NOT_CALLED.test(address.name)) continue;
        const { resource, path } = setting.origin ?? setting;
        const key = `${path.join('.')} ${address.text}`;
        if (!found.has(key)) found.set(key, { ...address, workload, isFile: setting.isFile, resource, path });
      }
    }
  }
  return [...found.values()];
});

type Written = Omit<ConfiguredAddress, 'workload' | 'isFile' | 'resource' | 'path'>;

function* inText(setting: ConfigText): Iterable<Written> {
  const [, flag] = /^--?([A-Za-z][\w.-]*)=/.exec(setting.value) ?? [];
  const name = setting.name || (flag ?? '');
  const value = setting.isFile ? setting.value.replace(/^\s*(?:#|\/\/|;).*$/gm, '') : setting.value;
  for (const [, scheme = '', authority = ''] of value.matchAll(
    /\b([a-z][a-z0-9+.-]{1,20}):\/\/([^\s/?#"'`<>{}|\\^,;)\]]{1,500}(?:,[^\s/?#"'`<>{}|\\^;)\]:,]+:\d+)*)/gi,
  )) {
    const known = scheme.toLowerCase().replace(/\+(?!srv).*$/, '');
    if (!SCHEMES.has(known)) continue;
    for (const part of authority.slice(authority.lastIndexOf('@') + 1).split(',')) {
      const [, host, port] = new RegExp(`^(${HOST})\\.?(?::(\\d{1,5}))?$`, 'i').exec(part) ?? [];
      if (host !== undefined)
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
  if (setting.isFile) return;
  const plain = new RegExp(`(?<![\\w.@:/-])(${HOST}):(\\d{1,5})(?![\\w.:-])`, 'g');
  for (const [text, host = '', port] of value.matchAll(plain))
    yield { host, port: Number(port), isPortWritten: true, scheme: undefined, text, name };
}

/** `REDIS_HOST`, with `REDIS_PORT` where there is one. */
function* inPair({ name, value }: ConfigText, named: ReadonlyMap<string, ConfigText>): Iterable<Written> {
  const stem = /^(.+?)_?HOST(?:NAME)?$/i.exec(name)?.[1];
  if (stem === undefined || !new RegExp(`^${HOST}$`).test(value)) return;
  const port = [`${stem}_PORT`, `${stem}PORT`, `${stem}_port`].map((other) => named.get(other)?.value).find(Boolean);
  const number = port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : undefined;
  yield { host: value, port: number, isPortWritten: number !== undefined, scheme: undefined, text: value, name };
}
