import type { RiskRule } from '../risk';
import appliedInPlace from './applied-in-place';
import claimRemoved from './claim-removed';
import crdRemoved from './crd-removed';
import flowOpens from './flow-opens';
import immutableField from './immutable-field';
import metadataChanged from './metadata-changed';
import namespaceRemoved from './namespace-removed';
import podTemplateChanged from './pod-template-changed';
import reclaimLoosened from './reclaim-loosened';
import redisPersistence from './redis-persistence';
import replicasChanged from './replicas-changed';
import retentionShortened from './retention-shortened';
import secretRemoved from './secret-removed';
import statefulScaleDown from './stateful-scale-down';
import statefulSetRemoved from './stateful-set-removed';
import storeBecomesEphemeral from './store-becomes-ephemeral';
import volumeRemoved from './volume-removed';

/** Every rule, by the alphabet. */
export const rules: readonly RiskRule[] = [
  appliedInPlace,
  claimRemoved,
  crdRemoved,
  flowOpens,
  immutableField,
  metadataChanged,
  namespaceRemoved,
  podTemplateChanged,
  reclaimLoosened,
  redisPersistence,
  replicasChanged,
  retentionShortened,
  secretRemoved,
  statefulScaleDown,
  statefulSetRemoved,
  storeBecomesEphemeral,
  volumeRemoved,
];
