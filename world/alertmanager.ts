import { containerOf } from '../manifests/programs';
import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import type { Release } from '../upstream/prometheus/release';
import { versionIn } from '../upstream/prometheus/release';
import type { MountedFile } from './configuration-files';
import { configFileOf, filesIn, mountedFiles } from './configuration-files';
import { releaseOf } from './prometheus-release';
import type { World } from './world';

/** A configuration of an Alertmanager, of a workload or of the operator's object. */
export interface ConfiguredAlertmanager {
  readonly file: MountedFile;
  readonly release: Release;
  readonly by: Resource;
}

/** Every Alertmanager of which the configuration is among the manifests. */
export const configuredAlertmanagers = memo((world: World): readonly ConfiguredAlertmanager[] => [
  ...world.workloads.flatMap((workload) => ofWorkload(world, workload)),
  ...operatorObjects(world, 'Alertmanager').flatMap((resource) => ofObject(world, resource)),
]);

/** Objects of the Prometheus operator. */
export function operatorObjects(world: World, kind: string): readonly Resource[] {
  return world.of(kind).filter(({ group }) => group === 'monitoring.coreos.com');
}

function ofWorkload(world: World, workload: WorkloadManifest): ConfiguredAlertmanager[] {
  const container = containerOf(workload.running, 'alertmanager');
  if (!container) return [];
  const at = configFileOf(container, '/etc/alertmanager/alertmanager.yml');
  const file = new Map(mountedFiles(world, workload, container)).get(at);
  const { version } = releaseOf(container);
  return file ? [{ file, release: version ? { version } : {}, by: workload.resource }] : [];
}

/** The operator reads `alertmanager.yaml` of `configSecret`, or of the Secret `alertmanager-NAME`. */
function ofObject(world: World, resource: Resource): ConfiguredAlertmanager[] {
  const name = string(resource.at(['spec', 'configSecret'])) || `alertmanager-${resource.name}`;
  const secret = world.find('Secret', world.namespaceOf(resource), name);
  const file = secret.is === 'present' ? new Map(filesIn(secret.resource)).get('alertmanager.yaml') : undefined;
  const version = versionIn(string(resource.at(['spec', 'version'])) ?? '');
  return file ? [{ file, release: version ? { version } : {}, by: resource }] : [];
}
