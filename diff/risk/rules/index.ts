import type { RiskRule } from '../risk';
import admissionLoosened from './admission-loosened';
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
import namespaceLevelLowered from './namespace-level-lowered';
import namespaceRemoved from './namespace-removed';
import podTemplateChanged from './pod-template-changed';
import podsFitNowhere from './pods-fit-nowhere';
import priorityLowered from './priority-lowered';
import probeLoosened from './probe-loosened';
import pssLowered from './pss-lowered';
import rbacWidened from './rbac-widened';
import reclaimLoosened from './reclaim-loosened';
import redisPersistence from './redis-persistence';
import redundancyLost from './redundancy-lost';
import replicasChanged from './replicas-changed';
import retentionShortened from './retention-shortened';
import rolloutInterrupts from './rollout-interrupts';
import rolloutStalls from './rollout-stalls';
import routeRemoved from './route-removed';
import secretReadable from './secret-readable';
import secretRemoved from './secret-removed';
import serviceCut from './service-cut';
import statefulScaleDown from './stateful-scale-down';
import statefulSetRemoved from './stateful-set-removed';
import storeBecomesEphemeral from './store-becomes-ephemeral';
import strategyLoosened from './strategy-loosened';
import tokenMounted from './token-mounted';
import volumeRemoved from './volume-removed';
import workloadRemoved from './workload-removed';

/** Every rule, by the alphabet. */
export const rules: readonly RiskRule[] = [
  admissionLoosened,
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
  namespaceLevelLowered,
  namespaceRemoved,
  podTemplateChanged,
  podsFitNowhere,
  priorityLowered,
  probeLoosened,
  pssLowered,
  rbacWidened,
  reclaimLoosened,
  redisPersistence,
  redundancyLost,
  replicasChanged,
  retentionShortened,
  rolloutInterrupts,
  rolloutStalls,
  routeRemoved,
  secretReadable,
  secretRemoved,
  serviceCut,
  statefulScaleDown,
  statefulSetRemoved,
  storeBecomesEphemeral,
  strategyLoosened,
  tokenMounted,
  volumeRemoved,
  workloadRemoved,
];
