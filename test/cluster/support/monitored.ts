import { kind } from '../../../clusters/kind';
import { components } from '../../../constructs/app/components';
import type { PlatformFeature } from '../../../features/feature';
import type { Layer } from '../../../index';
import { because, composition, environment, matrixOf, target } from '../../../index';
import { course } from '../../../platform';
import type { Cluster } from './cluster';
import type { KubernetesObject } from './kubernetes';

export const FORMS = ['minimal', 'discovery', 'operator'] as const;
export type Form = (typeof FORMS)[number];

/** The namespace of the course's app in these tests. */
export const APP = 'course-dev';

/** The course's kind cluster as the tests start it: its kubelets' certificates are signed, and an operator may be there. */
const here = {
  ...kind,
  kubeletCertificates: 'signed' as const,
  prometheusOperator: { kubeletService: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'kubelet' } } },
  // Those of features that the tests do not switch on are no settings there.
  settings: {},
};
type Composition = ReturnType<typeof composition>;
const dev = environment('dev', { ephemeral: true, settings: {} });

/** The course's dev target with Prometheus in one form, which scrapes often. */
export function monitored(form: Form, features: readonly PlatformFeature[], settings: Layer = {}): Composition {
  const one = target(dev, here, features, {
    settings: {
      ...settings,
      prometheus: { form: because(form, 'each form is looked at'), interval: because('5s', 'nobody waits') },
    },
  });
  return composition({ ...course, matrix: matrixOf(components, one) });
}

export function objectsOfTarget({ matrix, compose }: Composition): KubernetesObject[] {
  return compose(matrix.targets()[0]!).flatMap(({ objects }) => objects as readonly KubernetesObject[]);
}

/** The pod of Prometheus in a form. */
export function prometheusPod(form: Form): string {
  return form === 'operator' ? 'prometheus-prometheus-0' : 'prometheus-0';
}

export interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

export interface LoadedRule {
  readonly name: string;
  readonly query: string;
  readonly duration?: number;
  readonly health: string;
  readonly lastError?: string;
}

/** What the Prometheus of a form answers from inside of its pod. */
export class PrometheusApi {
  constructor(
    private readonly cluster: Cluster,
    private readonly pod: string,
  ) {}

  async activeTargets(): Promise<readonly ActiveTarget[]> {
    return ((await this.ask('targets?state=active')) as { activeTargets: ActiveTarget[] }).activeTargets;
  }

  async rules(): Promise<LoadedRule[]> {
    const { groups } = (await this.ask('rules')) as { groups: { rules: LoadedRule[] }[] };
    return groups.flatMap(({ rules }) => rules);
  }

  /** The values of an instant query. */
  async values(query: string): Promise<string[]> {
    const { result } = (await this.ask(`query?query=${encodeURIComponent(query)}`)) as {
      result: { value: [number, string] }[];
    };
    return result.map(({ value }) => value[1]);
  }

  /** The series of an instant query. */
  async series(
    query: string,
  ): Promise<{ readonly metric: Readonly<Record<string, string>>; readonly value: number }[]> {
    const { result } = (await this.ask(`query?query=${encodeURIComponent(query)}`)) as {
      result: { metric: Record<string, string>; value: [number, string] }[];
    };
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  private async ask(path: string): Promise<unknown> {
    const answer = await this.cluster.exec(APP, this.pod, 'wget', '-qO-', `http://localhost:9090/api/v1/${path}`);
    return (JSON.parse(answer) as { data: unknown }).data;
  }
}

/** Applies all that a composition renders, and removes what those before it had and it has not. */
export async function applyInPlaceOf(
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  before: readonly KubernetesObject[],
): Promise<void> {
  const named = ({ kind: of, metadata }: KubernetesObject) => `${of} ${metadata.namespace ?? ''}/${metadata.name}`;
  const wanted = new Set(objects.map(named));
  for (const { kind: of, apiVersion, metadata } of before.filter((object) => !wanted.has(named(object)))) {
    const group = apiVersion.includes('/') ? `.${apiVersion.replace(/^(.*)\/(.*)$/, '$2.$1')}` : '';
    const where = ['-n', metadata.namespace ?? 'default', '--ignore-not-found'];
    await cluster.kubectl('delete', `${of}${group}`, metadata.name, ...where);
  }
  await cluster.tool(['kubectl', 'apply', '--server-side', '--force-conflicts', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  });
}

export function secondsSince(time: number): string {
  return `${((Date.now() - time) / 1000).toFixed(1)} s`;
}
