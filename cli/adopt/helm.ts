import { basename, join } from 'node:path';
import type { AdoptedSource, BuiltObject, Overlay, ReadSource } from '../../adopt/source';
import { label } from '../../adopt/words';
import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { isNamespaced } from '../../model/namespaced';
import { differenceText, objectDifferences } from '../../model/object-differences';
import { lookupIn } from './lookup';
import { objectsIn } from './objects';
import { printed } from './programs';
import { type ValuesFile, valuesFilesGiven, valuesFilesIn } from './values-files';

/** How a chart is installed. */
export interface Installation {
  readonly release?: string | undefined;
  readonly namespace?: string | undefined;
  /** Files of values, each an environment. @default - those that stand in the chart */
  readonly values?: readonly string[] | undefined;
  /** The version of Kubernetes. */
  readonly kubernetes: KubernetesVersion;
}

interface Chart {
  readonly kubernetes: KubernetesVersion;
  readonly path: string;
  readonly release: string;
  readonly namespace?: string;
}

/** Of what `helm test` runs: it is no part of an installation. */
const TEST = /^\s*test(-success|-failure)?\s*$/;

/** A chart: each further file of values is an environment, else the chart as it is. */
export function helmSource(path: string, installation: Installation): ReadSource {
  const { release: chart = label(basename(path), 'chart'), namespace, values = [], kubernetes } = installation;
  const at: Chart = { path, kubernetes, release: chart, ...(namespace === undefined ? {} : { namespace }) };
  const kind = `the chart ${chart}, for Kubernetes ${kubernetes}`;
  const files = values.length > 0 ? valuesFilesGiven(values) : valuesFilesIn(path);
  const overlays = files.map((file) => overlayOf(file.name, file.from, stable(at, file)));
  const standard = () => rendered(at, undefined);
  if (overlays.length === 0)
    return {
      kind,
      components: [],
      overlays: [overlayOf('default', 'values.yaml', stable(at, undefined))],
    };
  return { kind, components: [], overlays, ...referenceOf(standard) };
}

/** What the chart renders with its own values, where they are enough. */
function referenceOf(read: () => BuiltObject[]): Pick<AdoptedSource, 'reference'> {
  try {
    return { reference: read() };
  } catch (error) {
    if (error instanceof StrataError) return {};
    throw error;
  }
}

function overlayOf(name: string, from: string, objects: readonly BuiltObject[]): Overlay {
  return { name, from, objects, prefix: '', suffix: '', reasonFor: () => from };
}

/** The objects, if they are the same each time. */
function stable(chart: Chart, values: ValuesFile | undefined): BuiltObject[] {
  const first = rendered(chart, values);
  refuseLookup(chart, values);
  const second = rendered(chart, values);
  const [difference] = objectDifferences(
    ...([first, second].map((all) => all.map(({ object }) => object)) as [
      BuiltObject['object'][],
      BuiltObject['object'][],
    ]),
  );
  if (difference)
    throw new StrataError(
      chart.path,
      `the chart renders something else each time (${differenceText(difference)}), so that nothing can be compared`,
      ['give the value that it makes up: most charts take it from their values'],
    );
  return first;
}

/** What `helm template` prints for a chart that stands at `path`. */
function templateOf({ release, namespace, kubernetes }: Chart, path: string, values: ValuesFile | undefined) {
  const where = namespace === undefined ? [] : ['--namespace', namespace];
  const given = values === undefined ? [] : ['--values', values.isElsewhere ? values.path : join(path, values.path)];
  const version = ['--kube-version', `${kubernetes}.0`];
  return printed('helm', ['template', release, path, '--include-crds', ...version, ...where, ...given]);
}

/** Refuses a chart that asks the cluster what is there: the cluster of an installation answers otherwise than none. */
function refuseLookup(chart: Chart, values: ValuesFile | undefined): void {
  const template = lookupIn(chart.path, (copy) => {
    const ran = templateOf(chart, copy, values);
    return ran !== 'not installed' && 'failed' in ran ? ran.said : undefined;
  });
  if (template !== undefined)
    throw new StrataError(
      chart.path,
      `${template} asks the cluster for an object (lookup), so that it renders something else there than here`,
      [
        'give the value that it looks for, so that it need not ask',
        'take the object out of the chart, and write it as YAML',
      ],
    );
}

function rendered(chart: Chart, values: ValuesFile | undefined): BuiltObject[] {
  const { path, release, namespace } = chart;
  const ran = templateOf(chart, path, values);
  if (ran === 'not installed')
    throw new StrataError('strata adopt', 'this is a Helm chart, and helm is not installed', [
      'install helm: https://helm.sh/docs/intro/install',
    ]);
  if ('failed' in ran)
    throw new StrataError(path, `helm cannot render it: ${ran.failed}`, [
      `mend what it names: helm template ${release} ${path}`,
    ]);
  return ran.output.split(/^---$/m).flatMap((text) => {
    const from = /^# Source: [^/]+\/(.+)$/m.exec(text)?.[1] ?? 'templates';
    return objectsIn({ file: from, text })
      .filter((object) => !TEST.test(object.metadata.annotations?.['helm.sh/hook'] ?? ''))
      .map((object) => ({ object: installed(object, namespace), name: object.metadata.name, hashed: false, from }));
  });
}

/** The object as `helm install --namespace` makes it: templates leave the namespace to Helm. */
function installed(object: KubernetesObject, namespace: string | undefined): KubernetesObject {
  if (namespace === undefined || object.metadata.namespace !== undefined || !isNamespaced(object)) return object;
  const { name, ...more } = object.metadata;
  return { ...object, metadata: { name, namespace, ...more } };
}
