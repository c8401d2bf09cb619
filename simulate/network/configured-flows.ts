import { isIP } from 'node:net';
import type { Path, Resource } from '../../manifests/resource';
import { list, record, string, strings } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { addressesIn, configuredPrometheusOf } from '../../world/prometheus';
import type { PodPort, ServiceView } from '../../world/services';
import { serviceByHost } from '../../world/services';
import type { World } from '../../world/world';

/** A text of a workload's configuration, and the field it stands in. */
export interface ConfigText {
  /** The variable's name; empty for arguments and files. */
  readonly name: string;
  readonly value: string;
  readonly resource: Resource;
  readonly path: Path;
  /** What a program reads as a file. */
  readonly isFile: boolean;
  /** A ConfigMap or Secret that other workloads are given as a whole too, of which this one may use a part only. */
  readonly isShared: boolean;
  /** The value itself, or the key of the ConfigMap or Secret in which it is written. @default - path is all that is known */
  readonly origin?: { readonly resource: Resource; readonly path: Path } | undefined;
}

/** A connection that a workload's own configuration says it will make. */
export interface ConfiguredFlow {
  readonly from: WorkloadManifest;
  readonly service: ServiceView;
  /** The Service's port as the configuration names it. */
  readonly port: number;
  readonly protocol: string;
  /** Where it ends: ports of pods. */
  readonly targets: readonly PodPort[];
  /** `redis.shop:6379`, as it was found. */
  readonly text: string;
  /** False where it stands in configuration that several workloads share. */
  readonly isCertain: boolean;
  readonly resource: Resource;
  readonly path: Path;
}

/** What the configuration of a workload says of the network. */
export interface ConfiguredNetwork {
  readonly flows: readonly ConfiguredFlow[];
  /** A host name that it must look up; undefined where it names none. */
  readonly hostName: { readonly said: string; readonly resource: Resource; readonly path: Path } | undefined;
}

/** The ports that are meant by a URL without one. */
const SCHEME_PORTS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ http: 80, https: 443, ws: 80, wss: 443, ftp: 21, ldap: 389, ldaps: 636 },
    ...{
      redis: 6379,
      rediss: 6379,
      postgres: 5432,
      postgresql: 5432,
      mysql: 3306,
      mongodb: 27017,
      amqp: 5672,
      amqps: 5671,
      nats: 4222,
    },
  }),
);

/** What a workload's environment, arguments and mounted configuration say: `host:port`, URLs, and pairs like `REDIS_HOST` and `REDIS_PORT`. */
export const configuredNetwork = memo((world: World, workload: WorkloadManifest): ConfiguredNetwork => {
  const flows = new Map<string, ConfiguredFlow>();
  let hostName: ConfiguredNetwork['hostName'];
  const aliases = new Set(list(workload.podSpec['hostAliases']).flatMap((alias) => list(record(alias)?.['hostnames'])));

  const found = (setting: ConfigText, host: string, port: number | undefined, how: string) => {
    if (aliases.has(host) || isIP(host) || host === 'localhost') return;
    const service = serviceByHost(world, host, workload.namespace);
    if (service && !setting.isShared) hostName ??= { said: how, resource: setting.resource, path: setting.path };
    if (!service || port === undefined) return;
    // Without pods nothing is reached, and its own address is what it tells others, not what it connects to.
    if (service.workloads.every((target) => target === workload)) return;
    const listed = service.port(port);
    // A port that the Service does not have may be anything but a port: a version, a database. A headless one leads to every port.
    if (
      !listed &&
      !(service.headless && service.workloads.some(({ ports }) => ports.some(({ number }) => number === port)))
    )
      return;
    const protocol = listed?.protocol ?? 'TCP';
    const key = `${service.namespace}/${service.name}:${port}`;
    if (!flows.has(key))
      flows.set(key, {
        from: workload,
        service,
        port,
        protocol,
        targets: service.reachedBy(port, protocol),
        text: how,
        isCertain: !setting.isShared,
        resource: setting.resource,
        path: setting.path,
      });
    else if (!setting.isShared) flows.set(key, { ...flows.get(key)!, isCertain: true });
  };

  const prometheus = configuredPrometheusOf(world, workload)?.configuration;
  for (const { settings } of configTextsOf(world, workload)) {
    const values = new Map(settings.filter(({ name }) => name !== '').map((setting) => [setting.name, setting]));
    for (const setting of settings) {
      // Prometheus' own configuration names what it scrapes: a flow of another kind, but by names that are looked up.
      if (setting.isFile && prometheus?.text === setting.value) {
        for (const { host, port } of addressesIn(prometheus.content)) {
          if (!isIP(host) && host !== 'localhost' && !aliases.has(host))
            hostName ??= { said: `${host}:${port}`, resource: prometheus.resource, path: prometheus.path };
        }
        continue;
      }
      for (const { host, port, how, isUrl } of hostsIn(
        setting.isFile ? setting.value.replace(/^\s*(?:#|\/\/|;).*$/gm, '') : setting.value,
      )) {
        found(setting, host, port, how);
        if (isUrl && !isIP(host) && host.includes('.') && !aliases.has(host) && !setting.isFile && !setting.isShared)
          hostName ??= { said: how, resource: setting.resource, path: setting.path };
      }
      const stem = /^(.*?)_?HOST(?:NAME)?$/i.exec(setting.name)?.[1];
      if (stem !== undefined) {
        const pair = [`${stem}_PORT`, `${stem}PORT`, `${stem}_port`, `${stem}port`]
          .map((name) => values.get(name))
          .find((other) => other && /^\d+$/.test(other.value));
        found(
          setting,
          setting.value,
          pair && Number(pair.value),
          pair
            ? `${setting.name}=${setting.value} with ${pair.name}=${pair.value}`
            : `${setting.name}=${setting.value}`,
        );
      }
    }
  }
  return { flows: [...flows.values()], hostName };
});

interface Host {
  readonly host: string;
  readonly port: number | undefined;
  readonly how: string;
  readonly isUrl: boolean;
}

/** URLs and `host:port` in a text. */
function* hostsIn(value: string): Iterable<Host> {
  if (value.length > 200_000) return;
  // A URL may name several hosts, with or without a user before them.
  for (const [, scheme, authority] of value.matchAll(/\b([a-z][a-z0-9+.-]{1,20}):\/\/([^\s/?#"'`<>{}|\\^]{1,500})/gi)) {
    const hosts = authority!.slice(authority!.lastIndexOf('@') + 1);
    for (const part of hosts.split(',')) {
      const match = /^([a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?)\.?(?::(\d{1,5}))?$/i.exec(part);
      if (match)
        yield {
          host: match[1]!,
          port: match[2] === undefined ? SCHEME_PORTS.get(scheme!.toLowerCase()) : Number(match[2]),
          how: `${scheme}://${part}`,
          isUrl: true,
        };
    }
  }
  for (const [how, host, port] of value.matchAll(
    /(?<![\w.@:/-])([a-z](?:[a-z0-9.-]{0,252}[a-z0-9])?):(\d{1,5})(?![\w.:-])/g,
  ))
    yield { host: host!, port: Number(port), how, isUrl: false };
}

/** The settings of each running container, and of the files that the pod mounts. */
export function configTextsOf(
  world: World,
  workload: WorkloadManifest,
): { readonly settings: readonly ConfigText[] }[] {
  const { resource, namespace } = workload;
  const users = usersOf(world);
  const groups: { settings: ConfigText[] }[] = [];
  for (const container of workload.containers) {
    const settings = new Map<string, ConfigText>();
    list(container.json['envFrom']).forEach((entry, i) => {
      const source = record(entry);
      for (const [kind, field] of [
        ['ConfigMap', 'configMapRef'],
        ['Secret', 'secretRef'],
      ] as const) {
        const name = string(record(source?.[field])?.['name']);
        if (name === undefined) continue;
        const prefix = string(source?.['prefix']) ?? '';
        const isShared = (users.get(`${kind}/${namespace}/${name}`) ?? 0) > 1;
        for (const [key, value] of Object.entries(dataOf(world, kind, namespace, name)))
          settings.set(prefix + key, {
            name: prefix + key,
            value,
            resource,
            path: [...container.path, 'envFrom', i],
            isFile: false,
            isShared,
            origin: originOf(world, kind, namespace, name, key),
          });
      }
    });
    list(container.json['env']).forEach((entry, i) => {
      const variable = record(entry);
      const name = string(variable?.['name']);
      if (!variable || name === undefined) return;
      const value = string(variable['value']) ?? referred(world, namespace, record(variable['valueFrom']));
      // $(OTHER) is replaced by what stands before.
      if (value !== undefined)
        settings.set(name, {
          name,
          value: value.replace(/\$\((\w+)\)/g, (whole, other: string) => settings.get(other)?.value ?? whole),
          resource,
          path: [...container.path, 'env', i],
          isFile: false,
          isShared: false,
          origin:
            typeof variable['value'] === 'string'
              ? { resource, path: [...container.path, 'env', i, 'value'] }
              : referredKey(world, namespace, record(variable['valueFrom'])),
        });
      else settings.delete(name);
    });
    const group = [...settings.values()];
    for (const field of ['command', 'args']) {
      list(container.json[field]).forEach((argument, i) => {
        if (typeof argument === 'string')
          group.push({
            name: '',
            value: argument.replace(/\$\((\w+)\)/g, (whole, other: string) => settings.get(other)?.value ?? whole),
            resource,
            path: [...container.path, field, i],
            isFile: false,
            isShared: false,
          });
      });
    }
    groups.push({ settings: group });
  }
  const files: ConfigText[] = [];
  list(workload.podSpec['volumes']).forEach((entry, i) => {
    const volume = record(entry);
    const path = [...workload.podSpecPath, 'volumes', i];
    const add = (kind: 'ConfigMap' | 'Secret', name: unknown) => {
      if (typeof name === 'string')
        for (const [key, value] of Object.entries(dataOf(world, kind, namespace, name)))
          files.push({
            name: '',
            value,
            resource,
            path,
            isFile: true,
            isShared: (users.get(`${kind}/${namespace}/${name}`) ?? 0) > 1,
            origin: originOf(world, kind, namespace, name, key),
          });
    };
    for (const [kind, name] of mountedBy(volume)) add(kind, name);
  });
  groups.push({ settings: files });
  return groups;
}

function referred(world: World, namespace: string, source: ReturnType<typeof record>): string | undefined {
  for (const [kind, field] of [
    ['ConfigMap', 'configMapKeyRef'],
    ['Secret', 'secretKeyRef'],
  ] as const) {
    const ref = record(source?.[field]);
    const name = string(ref?.['name']);
    if (name !== undefined) return dataOf(world, kind, namespace, name)[string(ref?.['key']) ?? ''];
  }
  return undefined;
}

function referredKey(world: World, namespace: string, source: ReturnType<typeof record>): ConfigText['origin'] {
  const kind = record(source?.['secretKeyRef']) ? 'Secret' : 'ConfigMap';
  const ref = record(source?.['secretKeyRef'] ?? source?.['configMapKeyRef']);
  const [name, key] = [string(ref?.['name']), string(ref?.['key'])];
  return name === undefined || key === undefined ? undefined : originOf(world, kind, namespace, name, key);
}

/** Where a key of a ConfigMap or Secret that is judged stands. */
function originOf(world: World, kind: ConfigKind, namespace: string, name: string, key: string): ConfigText['origin'] {
  const found = world.find(kind, namespace, name);
  if (found.is !== 'present' || world.isExternal(found.resource)) return undefined;
  const field = ['data', 'stringData'].find((place) => found.resource.at([place, key]) !== undefined);
  return field === undefined ? undefined : { resource: found.resource, path: [field, key] };
}

function dataOf(
  world: World,
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
  name: string,
): Readonly<Record<string, string>> {
  const found = world.find(kind, namespace, name);
  if (found.is !== 'present') return {};
  const data = strings(found.resource.at(['data']));
  if (kind === 'ConfigMap') return data;
  return {
    ...Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    ),
    ...strings(found.resource.at(['stringData'])),
  };
}

type ConfigKind = 'ConfigMap' | 'Secret';

/** The ConfigMaps and Secrets of a volume. */
function* mountedBy(volume: ReturnType<typeof record>): Iterable<readonly [ConfigKind, unknown]> {
  for (const source of [volume, ...list(record(volume?.['projected'])?.['sources']).map(record)]) {
    yield ['ConfigMap', record(source?.['configMap'])?.['name']];
    yield ['Secret', record(source?.['secret'])?.['secretName'] ?? record(source?.['secret'])?.['name']];
  }
}

/** By how many workloads each ConfigMap and Secret is taken as a whole. */
const usersOf = memo((world: World): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const workload of world.workloads) {
    const taken = new Set<string>();
    for (const container of workload.containers) {
      for (const source of list(container.json['envFrom']).map(record)) {
        taken.add(`ConfigMap/${workload.namespace}/${string(record(source?.['configMapRef'])?.['name'])}`);
        taken.add(`Secret/${workload.namespace}/${string(record(source?.['secretRef'])?.['name'])}`);
      }
    }
    for (const volume of list(workload.podSpec['volumes']))
      for (const [kind, name] of mountedBy(record(volume))) taken.add(`${kind}/${workload.namespace}/${string(name)}`);
    for (const key of taken) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
});
