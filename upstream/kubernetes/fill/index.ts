import { CLUSTER } from './cluster';
import { CONTAINERS } from './containers';
import { CORE } from './core';
import type { Filling } from './filling';
import { PODS } from './pods';
import { WORKLOAD_KINDS } from './workloads';

/** What API servers fill in, by the name of the struct. */
export const FILLINGS: ReadonlyMap<string, Filling> = new Map(
  Object.entries({ ...CONTAINERS, ...PODS, ...WORKLOAD_KINDS, ...CORE, ...CLUSTER }),
);
