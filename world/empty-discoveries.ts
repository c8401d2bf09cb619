import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings } from '../manifests/resource';
import { scalarText } from '../upstream/prometheus/form';
import { relabel } from '../upstream/prometheus/relabel';
import type { DiscoveredObject } from './discovered-targets';
import { discoveredObjects, isElsewhere, labelsOfTarget, namespacesOfDiscovery } from './discovered-targets';
import type { DiscoveryJob } from './discovery-jobs';
import { discoveryJobs } from './discovery-jobs';
import type { MetaLabels } from './discovery-labels';
import { scrapesOfComponents } from './scrape-rights';
import type { World } from './world';

/** A discovery of pods or Services that comes to nothing among the manifests, and at which step. */
export interface EmptyDiscovery {
  readonly resource: Resource;
  /** Of the file, or of the discovery in an object. */
  readonly path: Path;
  /** `job web`, `ScrapeConfig/shop/web`. */
  readonly by: string;
  /** The name of the job in a file; undefined in an object. */
  readonly job: string | undefined;
  readonly role: string;
  /** Where it looks; none: everywhere. */
  readonly namespaces: readonly string[];
  /** Nothing of the role is there, no selector takes anything, or a rule of `relabel_configs` drops the last of it. */
  readonly lostBy: 'namespaces' | 'selectors' | { readonly rule: Json; readonly seen: readonly string[] };
  /** What the selectors ask for, as it is written. */
  readonly selectors: string;
}

/** Every discovery that certainly finds none of the pods and Services here. Whether more stand elsewhere is not asked. */
export function* emptyDiscoveries(world: World): Iterable<EmptyDiscovery> {
  const ofComponents = new Set(
    [...scrapesOfComponents(world)].map(({ resource, by }) => `${world.idOf(resource)} ${by}`),
  );
  for (const stated of discoveryJobs(world))
    if (!ofComponents.has(`${world.idOf(stated.resource)} ${stated.by}`)) yield* emptyIn(world, stated);
}

const ROLES = ['pod', 'service', 'endpoints', 'endpointslice'];

function* emptyIn(world: World, { resource, path, by, name, own, job }: DiscoveryJob): Iterable<EmptyDiscovery> {
  const configs = mappings(job['kubernetes_sd_configs']);
  const left: MetaLabels[] = [];
  const whole: EmptyDiscovery[] = [];
  for (const [i, config] of configs.entries()) {
    const role = scalarText(config['role']) ?? '';
    // What it finds is not known here, so neither is whether the rules leave something of it.
    if (isElsewhere(config) || !ROLES.includes(role)) return;
    const namespaces = namespacesOfDiscovery(config, own);
    const objects = [...discoveredObjects(world, config, own)];
    const taken = objects.filter(({ is }) => is !== 'no');
    if (taken.some(({ isManual }) => isManual)) return;
    const selectors = mappings(config['selectors']).map(textOfSelector).join(' and ');
    const at = name === undefined ? [...path, 'kubernetesSDConfigs', i] : path;
    const one = { resource, path: at, by, job: name, role, namespaces, selectors };
    const step = stepOf(objects, taken, namespaces);
    if (step) yield { ...one, lostBy: step };
    else whole.push({ ...one, lostBy: 'namespaces' });
    left.push(...taken.flatMap(({ ports }) => ports.map(({ labels }) => labelsOfTarget(job, labels))));
  }
  const [first] = whole;
  const rule = first && left.length > 0 ? losingRule(mappings(job['relabel_configs']), left) : undefined;
  if (first && rule) yield { ...first, lostBy: rule };
}

function stepOf(
  objects: readonly DiscoveredObject[],
  taken: readonly DiscoveredObject[],
  namespaces: readonly string[],
): 'namespaces' | 'selectors' | undefined {
  if (objects.length === 0) return namespaces.length > 0 ? 'namespaces' : undefined;
  return taken.length === 0 ? 'selectors' : undefined;
}

function textOfSelector({ label, field }: Json): string {
  return [label, field].map(scalarText).filter(Boolean).join(' and ');
}

/** The rule that drops the last of the targets, with what it looks at. */
function losingRule(
  rules: readonly Json[],
  targets: readonly MetaLabels[],
): { readonly rule: Json; readonly seen: readonly string[] } | undefined {
  const after = (count: number) =>
    targets.flatMap((labels) => {
      const result = relabel(labels, rules.slice(0, count));
      return result === 'dropped' ? [] : [result.labels];
    });
  if (after(rules.length).length > 0) return undefined;
  const count = rules.findIndex((_, i) => after(i + 1).length === 0);
  const rule = rules[count]!;
  const sources = list(rule['source_labels']).map(String);
  const seen = after(count).map((labels) =>
    sources.map((source) => labels.get(source) ?? '').join(scalarText(rule['separator']) ?? ';'),
  );
  return { rule, seen: [...new Set(seen)].sort() };
}
