import { Construct } from 'constructs';
import type { ApplicationSpec } from '../../imports/argoproj.io';
import { Application } from '../../imports/argoproj.io';
import { StrataError } from '../../model/errors';
import { labelProblem } from '../../model/names';
import { COMPARED } from './delivery';

/** What every Application of Argo CD says, wherever its manifests come from. */
export interface ApplicationProps {
  /** @default - the id */
  readonly name?: string;
  /** The namespace that Argo CD runs in. @default 'argocd' */
  readonly argoNamespace?: string;
  /** The AppProject. @default 'default' */
  readonly project?: string;
  /** The cluster, by the name that Argo CD has for it. @default 'in-cluster', the one that Argo CD runs in */
  readonly cluster?: string;
  /** Where objects go that name no namespace. */
  readonly namespace: string;
  /** The namespace is made if it is not there. @default false */
  readonly createNamespace?: boolean;
  /** A new revision is applied without somebody who says so. @default true */
  readonly automated?: boolean;
  /** What is no longer among the manifests is deleted, when everything new is healthy. @default true */
  readonly prune?: boolean;
  /** What somebody changed by hand is changed back. @default true */
  readonly selfHeal?: boolean;
  /** Deleting the Application deletes what it has applied. @default false */
  readonly deletesObjects?: boolean;
}

export interface FolderApplicationProps extends ApplicationProps {
  readonly repoUrl: string;
  /** The folder in the repository. @default '.', its root */
  readonly path?: string;
  /** Branch, tag or commit. @default 'HEAD', the default branch */
  readonly revision?: string;
}

export interface ChartApplicationProps extends ApplicationProps {
  /** The repository of the chart; of an OCI registry without `oci://`. */
  readonly repoUrl: string;
  readonly chart: string;
  /** The version, or a range of versions. */
  readonly version: string;
  /** What the release is called. @default - as the Application */
  readonly releaseName?: string;
  /** Values, laid over those of the chart. @default - none */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** An Application for a folder of a repository. */
export class FolderApplication extends Construct {
  readonly application: Application;

  constructor(scope: Construct, id: string, props: FolderApplicationProps) {
    super(scope, id);
    const { repoUrl, path = '.', revision = 'HEAD' } = props;
    if (path.startsWith('/'))
      throw new StrataError(`application ${id}, path`, `is ${path}, and paths begin at the root of the repository`, [
        `write ${path.replace(/^\/+/, '') || '.'}`,
      ]);
    this.application = applicationIn(this, id, props, { repoUrl, path, targetRevision: revision });
  }
}

/** An Application for a Helm chart. */
export class ChartApplication extends Construct {
  readonly application: Application;

  constructor(scope: Construct, id: string, props: ChartApplicationProps) {
    super(scope, id);
    const { repoUrl, chart, version, releaseName, values } = props;
    if (repoUrl.startsWith('oci://'))
      throw new StrataError(
        `application ${id}, repoUrl`,
        `is ${repoUrl}, and Argo CD names an OCI registry without it`,
        [`write ${repoUrl.slice('oci://'.length)}`],
      );
    if (version.trim() === '')
      throw new StrataError(`application ${id}, version`, 'is empty, and Argo CD syncs no chart without it', [
        'write the version of the chart, or a range of versions',
      ]);
    const helm = {
      ...(releaseName === undefined ? {} : { releaseName }),
      ...(values === undefined ? {} : { valuesObject: values }),
    };
    this.application = applicationIn(this, id, props, {
      ...{ repoUrl, chart, targetRevision: version },
      ...(Object.keys(helm).length > 0 ? { helm } : {}),
    });
  }
}

function applicationIn(
  scope: Construct,
  id: string,
  props: ApplicationProps,
  source: NonNullable<ApplicationSpec['source']>,
): Application {
  const { name = id, argoNamespace = 'argocd', project = 'default', cluster = 'in-cluster', namespace } = props;
  const { automated = true, prune = true, selfHeal = true, createNamespace = false, deletesObjects = false } = props;
  const problem = labelProblem(name);
  if (problem !== undefined)
    throw new StrataError(`application ${id}, name`, `is ${JSON.stringify(name)}, ${problem}`, [
      'give it another name',
    ]);
  return new Application(scope, 'application', {
    metadata: {
      name,
      namespace: argoNamespace,
      annotations: COMPARED,
      ...(deletesObjects ? { finalizers: ['resources-finalizer.argocd.argoproj.io'] } : {}),
    },
    spec: {
      project,
      source,
      destination: { name: cluster, namespace },
      syncPolicy: {
        ...(automated ? { automated: { prune, selfHeal } } : {}),
        syncOptions: ['PruneLast=true', 'ServerSideApply=true', ...(createNamespace ? ['CreateNamespace=true'] : [])],
      },
    },
  });
}
