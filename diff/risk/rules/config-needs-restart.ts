import type { WorkloadManifest } from '../../../manifests/workload';
import { isMap } from '../../../model/is-map';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { replacesPods } from '../held';
import { changesOf } from '../kinds';
import { firstNames } from '../plural';
import type { ConfigReader } from '../readers';
import { readersOf } from '../readers';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (level: string, more = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.0
          env: [{ name: LEVEL, valueFrom: { configMapKeyRef: { name: web, key: level } } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { level: ${level}${more} }
`;

export default riskRule({
  id: 'config-needs-restart',
  class: 'restart',
  description: 'a ConfigMap or Secret that changes under pods which read it once, when they start',
  reason:
    'Variables, and files that are mounted with subPath, keep their values for the life of a pod. Pods that start later have the new ones: two versions run beside each other, and the next restart rolls out the change.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically',
  advice: 'put a hash of the content into its name, or restart by hand: kubectl rollout restart',
  example: {
    before: web('info'),
    after: web('debug'),
    finds: ['ConfigMap/shop/web data.level'],
    harmless: web('info', ', other: a'),
  },
  *find(diff) {
    const restarted = new Set(
      changedWorkloads(diff).flatMap((workload) =>
        templateFields(workload).length > 0 && replacesPods(diff, workload) ? [workload.after] : [],
      ),
    );
    for (const change of changesOf(diff, 'ConfigMap', 'Secret')) {
      const { does, before, after } = change;
      // Under another name it is read when pods of the new revision start.
      if (does !== 'changed' || !before || !after || before.name !== after.name) continue;
      const kind = after.kind === 'Secret' ? 'Secret' : 'ConfigMap';
      const readers = readersOf(diff.after, kind, diff.after.namespaceOf(after), after.name).filter(
        ({ workload }) => !restarted.has(workload) && stays(workload),
      );
      if (readers.length === 0) continue;
      for (const field of dataOf(change)) {
        const own = readers.filter((reader) => readsOnce(reader, keyOf(field)));
        const names = [...new Set(own.map(({ workload: { resource } }) => diff.after.idOf(resource)))];
        if (names.length === 0) continue;
        const shown = firstNames(names);
        const reloaded = own.every(({ workload }) => isReloaded(workload));
        yield {
          change,
          field,
          message: reloaded
            ? `pods of ${shown} are restarted by Reloader`
            : `pods of ${shown} keep the old value until they are restarted`,
        };
      }
    }
  },
});

function dataOf({ fields }: ObjectChange): readonly FieldChange[] {
  return fields.filter(({ path: [first] }) => first === 'data' || first === 'stringData' || first === 'binaryData');
}

/** Undefined: all of them. */
function keyOf({ path: [, key] }: FieldChange): string | undefined {
  return isMap(key) || key === undefined ? undefined : key;
}

function readsOnce({ reference: { use, key } }: ConfigReader, changed: string | undefined): boolean {
  if (use === 'envFrom') return true;
  return (use === 'env' || use === 'subPath') && (changed === undefined || key === changed);
}

/** The next run of a Job of a CronJob reads it anew; a Job that runs ends. */
function stays({ resource: { kind } }: WorkloadManifest): boolean {
  return kind !== 'CronJob' && kind !== 'Job' && kind !== 'PodTemplate';
}

function isReloaded({ resource: { annotations } }: WorkloadManifest): boolean {
  return annotations['reloader.stakater.com/auto'] === 'true';
}
