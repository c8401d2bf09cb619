import { record } from '../../../manifests/resource';
import type { ChangeStep } from '../../field-change';
import type { ContainerChange } from '../containers';
import { containerChanges } from '../containers';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { StoreMount } from '../stores';
import { mountsWithStores } from '../stores';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const deployment = (volume: string, image = 'example.com/web:1.4.0') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: '${image}', volumeMounts: [{ name: uploads, mountPath: /uploads }] }]
      volumes: [{ name: uploads, ${volume} }]
`;

export default riskRule({
  id: 'store-becomes-ephemeral',
  class: 'data-loss',
  description: 'a place where a container finds its data that is mounted no more, or from somewhere else',
  reason:
    'What is written to an emptyDir or to the container itself goes with the pod, and what was stored before is not there. The program may begin anew without an error.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#emptydir',
  advice: 'keep the volume where it is mounted, or copy the data to where the program looks for them now',
  example: {
    before: deployment('persistentVolumeClaim: { claimName: uploads }'),
    after: deployment('emptyDir: {}'),
    finds: ['Deployment/shop/web spec.template.spec.volumes[uploads].persistentVolumeClaim'],
    harmless: deployment('persistentVolumeClaim: { claimName: uploads }', 'example.com/web:1.5.0'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      const { change } = workload;
      const isMoved = templateFields(workload).length > 0 || fieldAt(change, ['spec', 'volumeClaimTemplates']);
      if (isMoved) for (const container of containerChanges(workload)) yield* ofContainer(workload, container);
    }
    yield* ofOperators(diff);
  },
});

function* ofContainer({ change, before, after }: WorkloadChange, container: ContainerChange): Iterable<FoundRisk> {
  const now = mountsWithStores(after, container.after);
  const old = mountsWithStores(before, container.before);
  for (const was of old) {
    // What only reads loses nothing that it wrote.
    if (was.store === undefined || was.readOnly) continue;
    const is = now.find(({ at }) => at === was.at);
    const message = whatHappens(
      was,
      is,
      now.find((mount) => mount.store === was.store && !old.some(({ at }) => at === mount.at)),
    );
    if (message === undefined) continue;
    yield { change, field: fieldOf({ change, before, after }, container, was), message };
  }
}

function whatHappens(was: StoreMount, is: StoreMount | undefined, moved: StoreMount | undefined): string | undefined {
  const at = `at ${was.at}`;
  if (!is && moved)
    return `${was.store} is mounted at ${moved.at} and no more at ${was.at}: what is written to ${was.at} is lost with the pod, and the program may not find its data`;
  if (!is) return `${was.store} is not mounted ${at} any more: what is written there is lost with the container`;
  if (is.store === undefined)
    return `${at} is ${is.type} in place of ${was.store}: what is stored is not there, and what is written is lost with the pod`;
  if (is.store !== was.store) return `${at} is ${is.store} in place of ${was.store}: the data may not be there`;
  if (is.subPath === was.subPath) return undefined;
  const folder = (path: string) => (path === '' ? 'the whole volume' : `folder ${path}`);
  return `${at} is ${folder(is.subPath)} of ${was.store} in place of ${folder(was.subPath)}: the data may not be there`;
}

/** The mount, the volume or the claim template that changes. */
function fieldOf({ change, before }: WorkloadChange, { before: container, path }: ContainerChange, was: StoreMount) {
  const mounts = [container.json['volumeMounts']].flat().map(record);
  const written = mounts.find((mount) => String(mount?.['mountPath']).replace(/\/+$/, '') === was.at);
  const mount = fieldAt(change, [...path, 'volumeMounts', { mountPath: written?.['mountPath'] }]);
  const volume: ChangeStep[] = [...before.podSpecPath.map(String), 'volumes', { name: written?.['name'] }];
  return (
    mount ??
    fieldAt(change, [...volume, was.type]) ??
    fieldAt(change, volume) ??
    fieldAt(change, ['spec', 'volumeClaimTemplates'])
  );
}

/** What the operators of Prometheus keep the data of their pods in: without a claim template that is an emptyDir. */
function* ofOperators(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler')) {
    const { does, before, after } = change;
    const claims = ['spec', 'storage', 'volumeClaimTemplate'];
    if (does !== 'changed' || !record(before?.at(claims)) || record(after?.at(claims))) continue;
    yield {
      change,
      field: fieldAt(change, claims),
      message: `its pods keep their data in an emptyDir from now on: what is stored is not there, and what is written is lost with the pod`,
    };
  }
}
