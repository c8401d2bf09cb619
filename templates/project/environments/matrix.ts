import { matrixOf, target } from 'strata';
import { disruptionBudgets, networkPolicies } from 'strata/features';
import { kind } from '../clusters/kind';
import { webSettings } from '../workloads/web';
import { dev } from './dev';
import { prod } from './prod';

/** Every environment on every cluster: a target with its features, or `excluded(environment, cluster, 'why')`. */
export const matrix = matrixOf(
  [webSettings],

  target(dev, kind, [networkPolicies, disruptionBudgets]),
  target(prod, kind, [networkPolicies, disruptionBudgets]),
);
