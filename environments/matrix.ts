import { because, excluded, matrixOf, onPool, target } from 'strata';
import {
  alerting,
  autoscaling,
  disruptionBudgets,
  grafana,
  kubeStateMetrics,
  loadGenerator,
  metricsServer,
  networkPolicies,
  nodeExporter,
  prometheus,
  uptimeKuma,
  workloadZoo,
  workQueue,
  zoneSpread,
} from 'strata/features';
import { cloud } from '../clusters/cloud';
import { kind } from '../clusters/kind';
import { shared } from '../clusters/shared';
import { components } from '../constructs/app/components';
import { dev } from './dev';
import { prod } from './prod';
import { staging } from './staging';

/** Where the nodes are ours to look into. */
const watched = [prometheus, nodeExporter, kubeStateMetrics, grafana];
const rehearsed = [prometheus, autoscaling, networkPolicies, disruptionBudgets, zoneSpread];

/** The shared cluster brings the Prometheus operator. */
const operated = { form: because('operator' as const, 'the operator is there, and loads rules without a restart') };

/** Every combination that exists, and why the others do not: which features, never their numbers. */
export const matrix = matrixOf(
  components,

  target(dev, kind, [metricsServer, ...watched, autoscaling, networkPolicies, uptimeKuma, workloadZoo, loadGenerator], {
    settings: {
      workloadZoo: { batchPlacement: because(onPool(kind, 'batch'), 'batch work must not push the app aside') },
    },
  }),
  target(dev, shared, [prometheus, networkPolicies, uptimeKuma, workloadZoo]),

  target(staging, shared, [...rehearsed, kubeStateMetrics, alerting, grafana], { settings: { prometheus: operated } }),
  target(staging, cloud, [...rehearsed, workQueue], {
    settings: {
      web: { placement: because(onPool(cloud, 'spot'), 'a lost spot node is a rehearsal, and costs a third') },
    },
  }),

  target(prod, shared, [...rehearsed, kubeStateMetrics, alerting, grafana], { settings: { prometheus: operated } }),
  target(prod, cloud, rehearsed, {
    settings: {
      autoscaling: { max: because(12, 'it takes the traffic of prod@shared too while that is away') },
      zoneSpread: { strength: because('required', 'two pods in one zone would be lost together') },
      redis: { storageClass: because('fast', 'the flush of the log each second waits for the disk') },
    },
  }),

  excluded(staging, kind, 'it would rehearse nothing: no gateway, no load balancer, no secrets from a store'),
  excluded(prod, kind, 'one machine, and its disk goes with the container'),
);
