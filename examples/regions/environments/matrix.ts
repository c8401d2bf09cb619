import { matrixOf, target } from 'strata';
import { autoscaling, disruptionBudgets, networkPolicies, zoneSpread } from 'strata/features';
import { regions } from '../clusters/regions';
import { pagesSettings } from '../workloads/pages';
import { live, review } from './environments';

export const matrix = matrixOf(
  [pagesSettings],
  ...regions.flatMap((region) => [
    target(review, region, [networkPolicies, disruptionBudgets]),
    target(live, region, [networkPolicies, disruptionBudgets, zoneSpread, autoscaling]),
  ]),
);
