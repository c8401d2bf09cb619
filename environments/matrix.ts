import { cloud } from '../clusters/cloud';
import { kind } from '../clusters/kind';
import { shared } from '../clusters/shared';
import {
  autoscaling,
  disruptionBudgets,
  metricsServer,
  networkPolicies,
  prometheus,
  uptimeKuma,
  workloadZoo,
  zoneSpread,
} from '../features';
import { because } from '../model/layers';
import { excluded, Matrix, target } from '../model/matrix';
import { onPool } from '../model/placement-check';
import { dev } from './dev';
import { prod } from './prod';
import { staging } from './staging';

/** Every combination that exists, and why the others do not. */
export const matrix = new Matrix(
  target(dev, kind, [
    metricsServer(),
    prometheus({ retention: '2d', volume: '1Gi' }),
    autoscaling({ min: 1, max: 4 }),
    networkPolicies(),
    uptimeKuma(),
    workloadZoo({ batchPlacement: onPool(kind, 'batch') }),
  ]),
  target(dev, shared, [prometheus({ retention: '2d' }), networkPolicies(), workloadZoo()]),

  target(staging, shared, [
    prometheus(),
    autoscaling({ max: 4 }),
    networkPolicies(),
    disruptionBudgets(),
    zoneSpread(),
  ]),
  target(
    staging,
    cloud,
    [prometheus(), autoscaling({ max: 4 }), networkPolicies(), disruptionBudgets(), zoneSpread()],
    {
      web: { placement: because(onPool(cloud, 'spot'), 'a lost spot node is a rehearsal, and costs a third') },
    },
  ),

  target(prod, shared, [
    prometheus({ retention: '30d', volume: '20Gi' }),
    autoscaling({ min: 3, max: 8 }),
    networkPolicies(),
    disruptionBudgets(),
    zoneSpread(),
  ]),
  target(
    prod,
    cloud,
    [
      prometheus({ retention: '30d', volume: '20Gi' }),
      autoscaling({ min: 3, max: 12 }),
      networkPolicies(),
      disruptionBudgets(),
      zoneSpread({ strength: 'required' }),
    ],
    {
      redis: { storageClass: because('fast', 'the flush of the log each second waits for the disk') },
    },
  ),

  excluded(staging, kind, 'it would rehearse nothing: no gateway, no load balancer, no secrets from a store'),
  excluded(prod, kind, 'one machine, and its disk goes with the container'),
);
