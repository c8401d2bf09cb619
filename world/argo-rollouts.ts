import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { routesNamedBy, servicesNamedBy } from '../model/rollout-writes';
import { workloadNamed } from './autoscalers';
import { knownIn } from './known';
import type { World } from './world';

/** Every Rollout of Argo that is judged. */
export function argoRolloutsOf(world: World): readonly Resource[] {
  return world.of('Rollout').filter(({ group }) => group === 'argoproj.io');
}

const BLUE_GREEN: Path = ['spec', 'strategy', 'blueGreen'];
const CANARY: Path = ['spec', 'strategy', 'canary'];
const ROUTING: Path = [...CANARY, 'trafficRouting'];

/** An object that a Rollout names. */
export interface RolloutReference {
  readonly kind: string;
  readonly name: string;
  /** Empty for the cluster's own. */
  readonly namespace: string;
  readonly path: Path;
}

/** The Services that a Rollout switches or shares requests between, by the field that names them. */
export function servicesOfRollout(world: World, rollout: Resource): RolloutReference[] {
  const own = world.namespaceOf(rollout);
  return servicesNamedBy(rollout.object as Json, own).map((each) => ({ ...each, namespace: each.namespace ?? own }));
}

/** The Ingresses that a Rollout routes by, each with the Service that has to be a backend of it. */
export function ingressesOfRollout(
  world: World,
  rollout: Resource,
): (RolloutReference & { readonly service: string })[] {
  const stable = string(rollout.at([...CANARY, 'stableService'])) ?? '';
  return (['nginx', 'alb'] as const).flatMap((router) => {
    const [one, several] = router === 'nginx' ? ['stableIngress', 'stableIngresses'] : ['ingress', 'ingresses'];
    const at = [...ROUTING, router];
    const many = list(rollout.at([...at, several]));
    const service = (router === 'alb' && string(rollout.at([...at, 'rootService']))) || stable;
    const paths = many.length > 0 ? many.map((_, i) => [...at, several, i]) : [[...at, one]];
    return paths.flatMap((path) => named(world, rollout, 'Ingress', path)).map((found) => ({ ...found, service }));
  });
}

/** An object into which the controller writes how requests are shared. */
export interface WeightedRoute extends RolloutReference {
  readonly group: string;
  /** Names of the routes in it that are meant. @default - all */
  readonly routes: readonly string[];
}

/** The routes whose weights the controller writes: VirtualServices, TraefikServices, and routes of the Gateway API. */
export function weightedRoutesOf(world: World, rollout: Resource): WeightedRoute[] {
  const own = world.namespaceOf(rollout);
  return routesNamedBy(rollout.object as Json, own).map((each) => ({ ...each, namespace: each.namespace ?? own }));
}

/** The group whose TraefikServices the controller looks for unless it is told another one: that of Traefik 2 (utils/defaults, 1.9). */
const DEFAULT_TRAEFIK_GROUP = 'traefik.containo.us';

/** The group whose TraefikServices the controller looks for, by the flags of its container; undefined where it is neither judged nor declared. */
export const traefikGroupOfRollouts = memo((world: World): string | undefined => {
  const workloads = [
    ...world.workloads,
    ...world.external.flatMap((resource) => WorkloadManifest.of(resource, world.namespaceOf(resource)) ?? []),
  ];
  for (const { running } of workloads)
    for (const { json } of running) {
      if (!/(^|\/)argo-rollouts(:|@|$)/.test(string(json['image']) ?? '')) continue;
      const args = [...list(json['command']), ...list(json['args'])].map(String);
      const at = args.findIndex((arg) => /^--?traefik-api-group(=|$)/.test(arg));
      return at < 0 ? DEFAULT_TRAEFIK_GROUP : (args[at]!.split('=')[1] ?? args[at + 1] ?? '');
    }
  return undefined;
});

/** An analysis that a Rollout runs. */
export interface RolloutAnalysis {
  readonly path: Path;
  /** It runs beside the steps, and ends with them. */
  readonly isBackground: boolean;
  readonly args: readonly Json[];
  readonly templates: readonly RolloutReference[];
}

export function analysesOf(world: World, rollout: Resource): RolloutAnalysis[] {
  const paths: readonly (readonly [Path, boolean])[] = [
    [[...BLUE_GREEN, 'prePromotionAnalysis'], false],
    [[...BLUE_GREEN, 'postPromotionAnalysis'], false],
    ...list(rollout.at([...CANARY, 'steps'])).map((_, i) => [[...CANARY, 'steps', i, 'analysis'], false] as const),
    [[...CANARY, 'analysis'], true],
  ];
  return paths.flatMap(([path, isBackground]) => {
    const analysis = record(rollout.at(path));
    if (!analysis) return [];
    const templates = templatesIn(world.namespaceOf(rollout), analysis, path);
    return [{ path, isBackground, args: mappings(analysis['args']), templates }];
  });
}

/** The templates that an analysis or a template names. */
export function templatesIn(namespace: string, of: Json, at: Path): RolloutReference[] {
  return list(of['templates']).flatMap((entry, i): RolloutReference[] => {
    const template = record(entry);
    const name = string(template?.['templateName']);
    const isOfCluster = template?.['clusterScope'] === true;
    return name
      ? [
          {
            kind: isOfCluster ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate',
            name,
            namespace: isOfCluster ? '' : namespace,
            path: [...at, 'templates', i, 'templateName'],
          },
        ]
      : [];
  });
}

/** The templates of the analyses that an experiment of a Rollout's steps runs. */
export function experimentTemplatesOf(world: World, rollout: Resource): RolloutReference[] {
  return list(rollout.at([...CANARY, 'steps'])).flatMap((_, i) => {
    const at = [...CANARY, 'steps', i, 'experiment'];
    return list(rollout.at([...at, 'analyses'])).flatMap((entry, j): RolloutReference[] => {
      const analysis = record(entry);
      const name = string(analysis?.['templateName']);
      const isOfCluster = analysis?.['clusterScope'] === true;
      const kind = isOfCluster ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
      const namespace = isOfCluster ? '' : world.namespaceOf(rollout);
      return name ? [{ kind, name, namespace, path: [...at, 'analyses', j, 'templateName'] }] : [];
    });
  });
}

/** A template that is known, judged or declared. */
export function templateNamed(world: World, { kind, namespace, name }: RolloutReference): Resource | undefined {
  return knownIn(world, kind, namespace).find((template) => template.name === name);
}

/** The labels of a Rollout's pods; undefined where its workload is not known. */
export function podLabelsOfRollout(world: World, rollout: Resource): Labels | undefined {
  const ref = record(rollout.at(['spec', 'workloadRef']));
  if (!ref) return strings(rollout.at(['spec', 'template', 'metadata', 'labels']));
  const [kind, name] = [string(ref['kind']) ?? 'Deployment', string(ref['name']) ?? ''];
  const workload = workloadNamed(world, kind, world.namespaceOf(rollout), name)?.resource;
  return workload && strings(workload.at(['spec', 'template', 'metadata', 'labels']));
}

function named(world: World, rollout: Resource, kind: string, path: Path): RolloutReference[] {
  const name = string(rollout.at(path));
  return name ? [{ kind, name, namespace: world.namespaceOf(rollout), path }] : [];
}
