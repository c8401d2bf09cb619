import type { RiskRule } from '../risk';
import appliedInPlace from './applied-in-place';
import flowOpens from './flow-opens';
import immutableField from './immutable-field';
import metadataChanged from './metadata-changed';
import podTemplateChanged from './pod-template-changed';
import replicasChanged from './replicas-changed';

/** Every rule, by the alphabet. */
export const rules: readonly RiskRule[] = [
  appliedInPlace,
  flowOpens,
  immutableField,
  metadataChanged,
  podTemplateChanged,
  replicasChanged,
];
