import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fleet } from '../../../diff/fleet/fleet';
import { fleetOf } from '../../../diff/fleet/fleet-of';
import { targetChange, unchanged } from '../../../diff/target-change';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { resources } from '../../checks/judging';

/** The manifests of one target: what each file says. */
export type Files = ReadonlyMap<string, string>;
/** The manifests of all targets, by their names. */
export type Targets = ReadonlyMap<string, Files>;

const ENVIRONMENTS = {
  dev: { REPLICAS: 'replicas: 1', MIN: '', MAX: '', RETENTION: '2d', METRICS: '10Gi' },
  staging: { REPLICAS: '', MIN: '2', MAX: '4', RETENTION: '7d', METRICS: '20Gi' },
  prod: { REPLICAS: '', MIN: '3', MAX: '12', RETENTION: '30d', METRICS: '100Gi' },
};
const FILES = ['namespace', 'web', 'redis', 'prometheus', 'report', 'network', 'backups', 'delivery'];

const base = (file: string) => readFileSync(join(__dirname, 'base', `${file}.yaml`), 'utf8');

/** The files of a target as the history begins: dev has no autoscaler, and cluster west routes by the Gateway API. */
export function filesOf(environment: keyof typeof ENVIRONMENTS, cluster: string): Files {
  const values: Readonly<Record<string, string>> = {
    ...ENVIRONMENTS[environment],
    ENVIRONMENT: environment,
    CLUSTER: cluster,
    NAMESPACE: `shop-${environment}`,
    HOST: `${environment === 'prod' ? 'shop' : environment}.${cluster}.example.com`,
  };
  const names = [...FILES, cluster === 'west' ? 'route' : 'ingress', ...(environment === 'dev' ? [] : ['scaling'])];
  return new Map(names.map((name) => [name, base(name).replace(/\$([A-Z]+)/g, (_, key: string) => values[key]!)]));
}

/** Three environments on two clusters. */
export const BASE: Targets = new Map(
  (['dev', 'staging', 'prod'] as const).flatMap((environment) =>
    ['east', 'west'].map((cluster) => [`${environment}@${cluster}`, filesOf(environment, cluster)] as const),
  ),
);

/** What becomes of a fleet, as `strata diff` has it. */
export function fleetBetween(before: Targets, after: Targets): Fleet {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return fleetOf(
    names.map((name) => {
      const [was, is] = [before.get(name), after.get(name)];
      return was === is ? unchanged(name) : targetChange(name, was && worldOf(was), is && worldOf(is));
    }),
  );
}

const FACTS = new Facts(resources(base('cluster'), 'cluster.yaml'), '1.35', [], true);

/** Read each time anew: no two worlds share an object. */
function worldOf(files: Files): World {
  return new World(
    [...files].flatMap(([name, text]) => resources(text, `${name}.yaml`)),
    FACTS,
    [],
  );
}
