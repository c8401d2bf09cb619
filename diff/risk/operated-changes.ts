import type { Resource } from '../../manifests/resource';
import { number, record } from '../../manifests/resource';
import { isOperated, OPERATED_KINDS } from '../../world/operated';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { changesOf } from './kinds';
import type { WorldChange } from './risk';

/** An object of the Prometheus operator that stays, and of which the operator keeps pods. */
export interface OperatedChange {
  readonly change: ObjectChange;
  readonly before: Resource;
  readonly after: Resource;
}

/** Those that the operator acts on: of one that is paused it lets everything stand. */
export function operatedChanges(diff: WorldChange): OperatedChange[] {
  return changesOf(diff, ...OPERATED_KINDS).flatMap((change) => {
    const { does, before, after } = change;
    const acts = does === 'changed' && before && after && isOperated(after) && after.at(['spec', 'paused']) !== true;
    return acts ? [{ change, before, after }] : [];
  });
}

/** What the operator writes into the configuration alone, which is read anew without a restart (pkg/prometheus/promcfg.go, pkg/alertmanager/amcfg.go). */
const CONFIGURED =
  /^(.*Selector|scrapeInterval|scrapeTimeout|evaluationInterval|externalLabels|prometheusExternalLabelName|replicaExternalLabelName|remoteWrite|remoteRead|alerting|additional(Scrape|AlertRelabel|AlertManager)Configs|arbitraryFSAccessThroughSMs|override\w+|ignoreNamespaceSelectors|enforced\w+|sampleLimit|targetLimit|label\w*Limit|bodySizeLimit|keepDroppedTargets|scrapeProtocols|scrapeClasses|podTargetLabels|excludedFromEnforcement|prometheusRulesExcludedFromEnforce|tracingConfig|ruleQueryOffset|alertmanagerConfiguration|alertmanagerConfigMatcherStrategy|configSecret)$/;
/** What is of the StatefulSet and not of its pods. */
const OF_THE_SET = new Set([
  'replicas',
  'shards',
  'storage',
  'paused',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
  'updateStrategy',
  ...['podManagementPolicy', 'serviceName'],
]);
/** What cannot be changed of a StatefulSet: the operator deletes it, waits for its pods to be gone, and makes it again. */
const REBUILDING = new Set(['podManagementPolicy', 'serviceName']);

/** The changes of an object that give its pods another template; `nodeSelector` is of pods too. */
export function podFieldsOf({ change: { fields } }: OperatedChange): FieldChange[] {
  return fields.filter(({ path: [part, name] }) => {
    const field = String(name);
    const isConfigured = CONFIGURED.test(field) && field !== 'nodeSelector';
    return part === 'spec' && name !== undefined && !isConfigured && !OF_THE_SET.has(field);
  });
}

/** The changes that make the operator delete the StatefulSet with all of its pods, and make it again. */
export function rebuildingFieldsOf({ change: { fields } }: OperatedChange): FieldChange[] {
  return fields.filter(
    ({ path: [part, name, inner] }) =>
      part === 'spec' &&
      (REBUILDING.has(String(name)) ||
        // An emptyDir is a volume of the pod; claims are a template of the set.
        (name === 'storage' && (inner === undefined || inner === 'volumeClaimTemplate'))),
  );
}

/** How many pods there are, in how many shards. */
export function sizeOfOperated({ object }: Resource): { readonly replicas: number; readonly shards: number } {
  const spec = record(object['spec']) ?? {};
  return { replicas: number(spec['replicas']) ?? 1, shards: number(spec['shards']) ?? 1 };
}
