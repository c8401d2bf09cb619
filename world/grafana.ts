import { containerOf } from '../manifests/programs';
import type { Json } from '../manifests/resource';
import { mappings, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import type { MountedFile } from './configuration-files';
import { mountedFiles } from './configuration-files';
import type { MountedVolume } from './mounts';
import { mountsOf } from './mounts';
import type { World } from './world';

/** A Grafana of the manifests, and what it reads when it starts. */
export interface ProvisionedGrafana {
  readonly workload: WorkloadManifest;
  readonly container: Container;
  /** Whether its image is Grafana's own, which brings no dashboards. */
  readonly isStock: boolean;
  /** The folder that it reads `datasources` and `dashboards` of. */
  readonly folder: string;
  /** Files by the path at which it sees them. */
  readonly files: ReadonlyMap<string, MountedFile>;
  readonly mounts: readonly MountedVolume[];
  /** Whether another container of the pod may write what it reads, such as a sidecar that gathers ConfigMaps. */
  readonly isHelped: boolean;
  /** Whether what people make by hand outlives the pod. */
  readonly isLasting: boolean;
}

/** Every Grafana whose pods are among the manifests. */
export const provisionedGrafanas = memo((world: World): readonly ProvisionedGrafana[] =>
  world.workloads.flatMap((workload): ProvisionedGrafana[] => {
    const container = containerOf(workload.running, 'grafana');
    if (!container) return [];
    const image = string(container.json['image']) ?? '';
    const variables = mappings(container.json['env']);
    const mounts = mountsOf(workload, container);
    const isOf = (field: string) =>
      mounts.some(({ volume }) => volume !== undefined && record(volume[field]) !== undefined);
    return [
      {
        workload,
        container,
        isStock: /(^|\/)grafana\/grafana(-oss|-enterprise)?(:|@|$)/.test(image),
        folder: variableIn(variables, 'GF_PATHS_PROVISIONING')?.replace(/\/+$/, '') ?? '/etc/grafana/provisioning',
        files: new Map(mountedFiles(world, workload, container)),
        mounts,
        isHelped: workload.containers.length > 1 && isOf('emptyDir'),
        isLasting:
          isOf('persistentVolumeClaim') ||
          // A claim that is made for the pod is no volume of the template.
          mounts.some(({ volume }) => volume === undefined) ||
          variables.some(({ name }) => String(name).startsWith('GF_DATABASE_')),
      },
    ];
  }),
);

function variableIn(variables: readonly Json[], name: string): string | undefined {
  return string(variables.find((each) => each['name'] === name)?.['value']);
}

/** The sources of data that are provisioned by files, as they stand there. */
export function dataSourcesOf({ files, folder }: ProvisionedGrafana): readonly Json[] {
  return [...files]
    .filter(([path]) => isInFolder(path, `${folder}/datasources`) && /\.ya?ml$/.test(path))
    .flatMap(([, { content }]) => mappings(record(content)?.['datasources']));
}

/** The folders that dashboards are read of. */
export function dashboardFolders({ files, folder }: ProvisionedGrafana): readonly {
  readonly file: MountedFile;
  readonly path: string;
}[] {
  return [...files]
    .filter(([path]) => isInFolder(path, `${folder}/dashboards`) && /\.ya?ml$/.test(path))
    .flatMap(([, file]) =>
      mappings(record(file.content)?.['providers']).flatMap((provider) => {
        const path = string(record(provider['options'])?.['path']);
        return path && (string(provider['type']) ?? 'file') === 'file'
          ? [{ file, path: path.replace(/\/+$/, '') }]
          : [];
      }),
    );
}

/** Whether a path is that of a folder, or of something in it. */
export function isInFolder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
