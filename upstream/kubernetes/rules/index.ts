import type { Rule } from '../rule';
import { admissionRules } from './admission';
import { appsRules } from './apps';
import { autoscalingRules } from './autoscaling';
import { clusterRules } from './cluster';
import { containerRules } from './containers';
import { coreRules } from './core';
import { metaRules } from './meta';
import { networkingRules } from './networking';
import { podRules } from './pod';
import { securityRules } from './security';
import { volumeRules } from './volumes';

/** What API servers ask beyond their OpenAPI documents, by the struct that it is asked of. */
export const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    ...metaRules,
    ...podRules,
    ...containerRules,
    ...securityRules,
    ...volumeRules,
    ...coreRules,
    ...appsRules,
    ...networkingRules,
    ...autoscalingRules,
    ...clusterRules,
    ...admissionRules,
  }),
);
