import type { Rule } from '../rule';
import { apps } from './apps';
import { autoscaling } from './autoscaling';
import { cluster } from './cluster';
import { containers } from './containers';
import { core } from './core';
import { meta } from './meta';
import { networking } from './networking';
import { pod } from './pod';
import { security } from './security';
import { volumes } from './volumes';

/** What API servers ask beyond their OpenAPI documents, by the struct that it is asked of. */
export const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    ...meta,
    ...pod,
    ...containers,
    ...security,
    ...volumes,
    ...core,
    ...apps,
    ...networking,
    ...autoscaling,
    ...cluster,
  }),
);
