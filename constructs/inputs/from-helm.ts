import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { checkLabel } from '../../model/names';
import { isDefinition } from '../../model/namespaced';
import type { HelmChart } from './chart';
import { readChart } from './chart';
import { outsideOf, withCopy } from './chart-functions';
import { existingPath, nameIn, projectRoot } from './files';
import type { GivenManifest } from './given';
import { givenIn, isFields } from './given';
import { GivenObject } from './given-object';
import { withSyncHooks } from './hooks';
import type { InputProps } from './input';
import { Input } from './input';
import type { Printed } from './program';
import { outputOf } from './program';
import { leftOver } from './without';
import { documentsIn } from './yaml';

export interface FromHelmProps extends InputProps {
  /** The folder or the archive (.tgz) of a chart, relative to the project's root. */
  readonly chart: string;
  /** What the chart must say that it is. @default - whatever it is */
  readonly version?: string;
  /** The version of the cluster: `target.cluster.kubernetes`. */
  readonly kubernetes: KubernetesVersion;
  /** The name of the release. @default - the construct's id */
  readonly release?: string;
  /** @default - those of the chart and of `valuesFiles` */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Files of values, relative to the project's root; what stands later wins, and `values` last. @default - none */
  readonly valuesFiles?: readonly string[];
  /** API versions of the cluster beyond Kubernetes' own and those that definitions at hand bring: `'monitoring.coreos.com/v1'`. @default - none */
  readonly apiVersions?: readonly string[];
  /** `'find nothing'`: the chart may look for objects in the cluster, and finds none with any render. @default - such a chart is refused */
  readonly lookups?: 'find nothing';
}

/** What Helm makes of a chart, by the program `helm`, without a cluster. */
export class FromHelm extends Input {
  constructor(scope: Construct, id: string, props: FromHelmProps) {
    // Hooks that cannot be said are refused, unless they are left out: so that comes first.
    const { without, ...others } = props;
    super(scope, id, others, (place) => {
      const root = projectRoot(scope);
      const chart = readChart(root, place, props.chart, props.version);
      const helm = templating(scope, place, root, chart, { ...props, release: props.release ?? id });
      const outside = outsideOf(chart.files);
      const first = helm();
      if (outside.has('lookup') && props.lookups !== 'find nothing') refuseLookups(chart, helm);
      // Once more: what is made up is another one now, and the time is another one too.
      const second = outside.has('now') ? withCopy(chart.name, chart.files, 'now', helm) : helm();
      return [first, second].map(({ stdout }) => manifestsOf(place, chart, stdout, without ?? []));
    });
  }
}

type Helm = (folder?: string) => Printed;

function templating(
  scope: Construct,
  place: string,
  root: string,
  chart: HelmChart,
  props: FromHelmProps & { readonly release: string },
): Helm {
  checkLabel(`${place}, release`, props.release, 53);
  const namespace = props.namespace?.name ?? Chart.of(scope).namespace;
  if (namespace === undefined)
    throw new StrataError(place, 'names no namespace, and a chart is installed into one', [
      'set namespace: context.namespace, or that of the Chart',
    ]);
  const files = (props.valuesFiles ?? []).map((path) =>
    nameIn(root, existingPath(root, `${place}, valuesFiles`, path)),
  );
  const args = [
    ...['--namespace', namespace, '--kube-version', `${props.kubernetes}.0`, '--include-crds'],
    ...[...apiVersionsAt(scope), ...(props.apiVersions ?? [])].flatMap((version) => ['--api-versions', version]),
    ...[...files, '-'].flatMap((file) => ['--values', file]),
  ];
  const values = valuesText(place, props.values ?? {});
  return (folder = chart.path) => {
    const invocation = ['helm', 'template'] as const;
    const printed = outputOf(chart.path, root, [invocation], [props.release, folder, ...args], values);
    // Helm goes on without the value.
    const ignored = /^.*warning: ((?:cannot overwrite|destination for|skipped value).*)$/im.exec(printed.stderr);
    if (ignored)
      throw new StrataError(`${place}, values`, `a value has another type than the chart's: ${ignored[1]}`, [
        'give it the type that it has in the values.yaml of the chart',
      ]);
    return printed;
  };
}

/** What the definitions at hand bring, as charts ask for it. */
function apiVersionsAt(scope: Construct): string[] {
  const definitions = scope.node.root.node
    .findAll()
    .filter(GivenObject.isGiven)
    .map(({ given }) => given)
    .filter(isDefinition);
  return [...new Set(definitions.flatMap(servedBy))].sort();
}

function servedBy(definition: KubernetesObject): string[] {
  const { group, names, versions } = definition['spec'] as {
    readonly group?: unknown;
    readonly names?: { readonly kind?: unknown };
    readonly versions?: unknown;
  };
  if (!Array.isArray(versions)) return [];
  return versions
    .filter((version) => isFields(version) && version['served'] === true)
    .flatMap(({ name }: { readonly name?: unknown }) => [`${group}/${name}`, `${group}/${name}/${names?.kind}`]);
}

/** As a file that Helm reads; what JSON does not hold is refused. */
function valuesText(place: string, values: unknown): string {
  if (!isFields(values))
    throw new StrataError(`${place}, values`, `is ${JSON.stringify(values)}, and must be a map`, [
      'write values: { replicaCount: 2 }',
    ]);
  const text = JSON.stringify(values, (key, value: unknown) => {
    const isOdd =
      typeof value === 'function' ||
      typeof value === 'symbol' ||
      typeof value === 'bigint' ||
      (typeof value === 'number' && !Number.isFinite(value));
    if (!isOdd) return value;
    throw new StrataError(`${place}, values`, `${key} is a ${typeof value} that a file of values cannot hold`, [
      'make it a string, a number, a list or a map',
    ]);
  });
  return `${text}\n`;
}

function refuseLookups(chart: HelmChart, helm: Helm): void {
  try {
    withCopy(chart.name, chart.files, 'lookup', helm);
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    const at = [...error.found.matchAll(/template: (\S+?:\d+):\d+/g)].at(-1)?.[1];
    throw new StrataError(
      at === undefined ? chart.path : `${chart.path}, ${at}`,
      'reads the cluster (lookup), and a render has none: it would find nothing each time',
      [
        'set the values with which it needs not look, such as the name of a Secret that exists',
        "say that nothing is what it should find: lookups: 'find nothing'",
      ],
    );
  }
}

/** The objects, with the template that each comes from. */
function manifestsOf(place: string, chart: HelmChart, output: string, without: readonly string[]): GivenManifest[] {
  const lines = output.split('\n');
  const documents = documentsIn(chart.path, output, { lastWins: true }).map(({ value, line }) => {
    const source = /^# Source: [^/]+\/(.*)$/.exec(lines[line - 2] ?? '')?.[1];
    return { value, place: source === undefined ? chart.path : `${chart.path}, ${source}` };
  });
  return withSyncHooks([...leftOver(place, givenIn(documents), without)]);
}
