import type { ReportedFinding } from '../../checks/finding';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { pointing } from './places';

export interface Surroundings {
  readonly facts?: string;
  readonly declared?: string;
  /** The render before. */
  readonly previous?: string;
  /** Whether the manifests are all there is: `--complete`. */
  readonly complete?: boolean;
}

export function resources(text: string, file = 'manifests.yaml') {
  const { resources, unreadable } = readSources([{ file, text }]);
  expect(unreadable).toEqual([]);
  return resources;
}

export function worldOf(manifests: string, { facts, declared, previous, complete = false }: Surroundings = {}): World {
  return new World(
    resources(manifests),
    new Facts(facts === undefined ? [] : resources(facts), undefined, [], complete),
    declared === undefined ? (complete ? [] : undefined) : resources(declared),
    previous === undefined ? undefined : resources(previous),
  );
}

/** What one check says of manifests; each finding points at what it shows. */
export function said(id: string, manifests: string, surroundings?: Surroundings): ReportedFinding[] {
  const check = checks.find((candidate) => candidate.id === id);
  if (!check) throw new Error(`there is no check ${id}`);
  return runChecks(worldOf(manifests, surroundings), [pointing(check)]);
}

/** `fail spec.ports[0].targetPort`, for what one check says. */
export function verdicts(id: string, manifests: string, surroundings?: Surroundings): string[] {
  return said(id, manifests, surroundings).map(({ verdict, path }) => `${verdict} ${path}`);
}

/** `fail Deployment/shop/web spec.replicas = 1`, for what one check reports: verdict, object, field and value. */
export function findings(id: string, manifests: string, surroundings?: Surroundings): string[] {
  return said(id, manifests, surroundings).map(
    ({ verdict, object, path, value }) => `${verdict} ${object} ${path} = ${JSON.stringify(value)}`,
  );
}

/** The messages of one check. */
export function messages(id: string, manifests: string, surroundings?: Surroundings): string[] {
  return said(id, manifests, surroundings).map(({ message }) => message);
}

/** Several manifests as one text. */
export const all = (...manifests: readonly string[]) => manifests.join('\n---\n');

export const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';

/** A Deployment (or another kind with a template) of namespace shop; more of the spec, of the pod and of the container in flow style. */
export function workload({
  name = 'web',
  kind = 'Deployment',
  labels = `app: ${name}`,
  spec = '',
  pod = '',
  container = '',
  containers = '',
}: Readonly<
  Partial<Record<'name' | 'kind' | 'labels' | 'spec' | 'pod' | 'container' | 'containers', string>>
> = {}): string {
  const version = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  return `
apiVersion: ${version}
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
  ${spec}
  ${kind === 'Job' ? '' : `selector: { matchLabels: { ${labels} } }`}
  template:
    metadata: { labels: { ${labels} } }
    spec: { ${pod ? `${pod}, ` : ''}containers: [${containers || `{ name: main, image: 'shop/${name}:1.0.0'${container ? `, ${container}` : ''} }`}] }`;
}

export const service = (spec: string, name = 'web') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
export const configMap = (name: string, data: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop }, data: { ${data} } }`;
