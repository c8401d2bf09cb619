import type { RiskRule } from '../risk';
import appliedInPlace from './applied-in-place';
import autoscalerRemoved from './autoscaler-removed';
import budgetBlocks from './budget-blocks';
import budgetLoosened from './budget-loosened';
import claimRemoved from './claim-removed';
import configNeedsRestart from './config-needs-restart';
import crdRemoved from './crd-removed';
import flowCloses from './flow-closes';
import flowOpens from './flow-opens';
import graceShortened from './grace-shortened';
import immutableField from './immutable-field';
import memoryLimitLowered from './memory-limit-lowered';
import metadataChanged from './metadata-changed';
import namespaceRemoved from './namespace-removed';
import podTemplateChanged from './pod-template-changed';
import podsFitNowhere from './pods-fit-nowhere';
import priorityLowered from './priority-lowered';
import probeLoosened from './probe-loosened';
import reclaimLoosened from './reclaim-loosened';
import redisPersistence from './redis-persistence';
import redundancyLost from './redundancy-lost';
import replicasChanged from './replicas-changed';
import retentionShortened from './retention-shortened';
import rolloutInterrupts from './rollout-interrupts';
import rolloutStalls from './rollout-stalls';
import routeRemoved from './route-removed';
import secretRemoved from './secret-removed';
import serviceCut from './service-cut';
import statefulScaleDown from './stateful-scale-down';
import statefulSetRemoved from './stateful-set-removed';
import storeBecomesEphemeral from './store-becomes-ephemeral';
import strategyLoosened from './strategy-loosened';
import volumeRemoved from './volume-removed';
import workloadRemoved from './workload-removed';

/** Every rule, by the alphabet. */
export const rules: readonly RiskRule[] = [
  appliedInPlace,
  autoscalerRemoved,
  budgetBlocks,
  budgetLoosened,
  claimRemoved,
  configNeedsRestart,
  crdRemoved,
  flowCloses,
  flowOpens,
  graceShortened,
  immutableField,
  memoryLimitLowered,
  metadataChanged,
  namespaceRemoved,
  podTemplateChanged,
  podsFitNowhere,
  priorityLowered,
  probeLoosened,
  reclaimLoosened,
  redisPersistence,
  redundancyLost,
  replicasChanged,
  retentionShortened,
  rolloutInterrupts,
  rolloutStalls,
  routeRemoved,
  secretRemoved,
  serviceCut,
  statefulScaleDown,
  statefulSetRemoved,
  storeBecomesEphemeral,
  strategyLoosened,
  volumeRemoved,
  workloadRemoved,
];
