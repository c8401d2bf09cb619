import type { Json, Path, Resource } from '../../../manifests/resource';
import { mappings, number, record, string, strings } from '../../../manifests/resource';
import { ROLLOUT_HASH } from '../../../model/marks';
import type { RolloutAnalysis, RolloutReference, WeightedRoute } from '../../../world/argo-rollouts';
import {
  analysesOf,
  argoRolloutsOf,
  experimentTemplatesOf,
  ingressesOfRollout,
  podLabelsOfRollout,
  servicesOfRollout,
  templateNamed,
  templatesIn,
  traefikGroupOfRollouts,
  weightedRoutesOf,
} from '../../../world/argo-rollouts';
import { knownIn } from '../../../world/known';
import { stringsIn } from '../../../world/possible-creators';
import { ingressBackendsOf } from '../../../world/routes';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (canary: string, count: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web-canary, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: answers, namespace: shop }
spec:
  args: [{ name: service }]
  metrics:
    - name: answers
      interval: 1m
      ${count}
      provider: { web: { url: 'http://{{args.service}}/health' } }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  strategy:
    canary:
      stableService: web
      canaryService: ${canary}
      steps:
        - setWeight: 20
        - analysis: { templates: [{ templateName: answers }], args: [{ name: service, value: web-canary }] }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', ports: [{ containerPort: 8080 }] }] }
`;

const INVALID =
  'the Rollout is invalid (InvalidSpec): the controller makes no pods of it, and changes none that are there';

export default check({
  id: 'rollout-references',
  group: 'gitops',
  description:
    'what a Rollout of Argo names exists and fits: Services of its pods, routes with both Services, analyses with all arguments and an end',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/specification/',
  fix: "name objects of the Rollout's own namespace, or add them; analyses of the whole cluster need clusterScope: true",
  example: {
    broken: manifests('web-next', ''),
    fails: [
      'Rollout/shop/web spec.strategy.canary.canaryService',
      'Rollout/shop/web spec.strategy.canary.steps[1].analysis.templates[0].templateName',
    ],
    fixed: manifests('web-canary', 'count: 5'),
  },
  *judge(world) {
    for (const rollout of argoRolloutsOf(world)) {
      const workload = record(rollout.at(['spec', 'workloadRef']));
      const name = string(workload?.['name']);
      if (workload && name)
        yield* absent(world, rollout, {
          kind: string(workload['kind']) ?? 'Deployment',
          ...{ name, namespace: world.namespaceOf(rollout), path: ['spec', 'workloadRef', 'name'] },
        });
      for (const service of servicesOfRollout(world, rollout)) yield* judgeService(world, rollout, service);
      for (const ingress of ingressesOfRollout(world, rollout)) yield* judgeIngress(world, rollout, ingress);
      for (const route of weightedRoutesOf(world, rollout)) yield* judgeRoute(world, rollout, route);
      for (const template of experimentTemplatesOf(world, rollout))
        yield* absent(world, rollout, template, 'the Experiment fails at this step, and the release is aborted');
      for (const analysis of analysesOf(world, rollout)) yield* judgeAnalysis(world, rollout, analysis);
    }
  },
});

function* absent(
  world: World,
  rollout: Resource,
  reference: RolloutReference,
  consequence = INVALID,
): Iterable<Finding> {
  const finding = missing(world, { resource: rollout, ...reference }, consequence);
  if (finding) yield finding;
}

function* judgeService(world: World, rollout: Resource, reference: RolloutReference): Iterable<Finding> {
  yield* absent(world, rollout, reference);
  const labels = podLabelsOfRollout(world, rollout);
  const selector = strings(serviceOf(world, reference.namespace, reference.name)?.resource.at(['spec', 'selector']));
  if (!labels) return;
  for (const [key, value] of Object.entries(selector))
    if (key !== ROLLOUT_HASH && labels[key] !== value)
      yield {
        ...{ resource: rollout, path: reference.path, value: reference.name },
        message: `Service ${reference.name} selects ${key}=${value}, which the pods of the Rollout do not have, so ${INVALID}`,
        fix: 'select by labels of the pod template only; the controller adds the version itself',
      };
}

function* judgeIngress(
  world: World,
  rollout: Resource,
  reference: RolloutReference & { readonly service: string },
): Iterable<Finding> {
  yield* absent(world, rollout, reference);
  const ingress = knownIn(world, 'Ingress', reference.namespace).find(({ name }) => name === reference.name);
  const backends = ingress ? ingressBackendsOf(ingress) : [];
  // One without any is reported elsewhere.
  if (backends.length > 0 && reference.service && !backends.some(({ service }) => service === reference.service))
    yield {
      ...{ resource: rollout, path: reference.path, value: reference.name },
      message: `Ingress ${reference.name} has no rule with Service ${reference.service}, so ${INVALID}`,
      fix: 'make the Service of the stable version a backend of the Ingress',
    };
}

function* judgeRoute(world: World, rollout: Resource, reference: WeightedRoute): Iterable<Finding> {
  yield* absent(world, rollout, reference);
  if (reference.kind === 'TraefikService') yield* judgeGroup(world, rollout, reference);
  const route = knownIn(world, reference.kind, reference.namespace).find(({ name }) => name === reference.name);
  // Subsets of one host are told apart by a DestinationRule.
  if (!route || rollout.at(['spec', 'strategy', 'canary', 'trafficRouting', 'istio', 'destinationRule']) != null)
    return;
  const parts = partsOf(route, reference);
  const known = parts.map(({ name }) => name).filter((name) => name !== undefined);
  // The controller looks for these names among rules for HTTP, where the VirtualService has any (validation_references.go, 1.9).
  const isAsked = reference.kind !== 'VirtualService' || Array.isArray(route.at(['spec', 'http']));
  for (const wanted of isAsked ? reference.routes.filter((name) => !known.includes(name)) : [])
    yield {
      ...{ resource: rollout, path: reference.path, value: reference.name },
      message: `${reference.kind} ${reference.name} has no route named ${wanted}, so ${INVALID}`,
      fix: 'name routes of the VirtualService',
    };
  const meant = parts.filter(({ name }) => reference.routes.length === 0 || reference.routes.includes(name ?? ''));
  const services = ['stableService', 'canaryService'].flatMap(
    (field) => string(rollout.at(['spec', 'strategy', 'canary', field])) ?? [],
  );
  if (meant.some(({ backends }) => services.every((service) => backends.includes(service)))) return;
  if (parts.length === 0 || services.length < 2) return;
  yield {
    ...{ resource: rollout, path: reference.path, value: reference.name },
    message: `no rule of ${reference.kind} ${reference.name} leads to both Service ${services.join(' and ')}, so the controller cannot share requests between them`,
    fix: 'name both Services in one rule of the route',
  };
}

/** Whether the controller looks for a TraefikService of the group that it is of: without a flag it is that of Traefik 2. */
function* judgeGroup(world: World, rollout: Resource, { namespace, name, path }: WeightedRoute): Iterable<Finding> {
  const groups = knownIn(world, 'TraefikService', namespace).flatMap((each) => (each.name === name ? each.group : []));
  const told = traefikGroupOfRollouts(world);
  const asked = told ?? 'traefik.containo.us';
  const [group] = groups;
  if (group === undefined || groups.includes(asked)) return;
  const follows = `looks for a TraefikService ${name} of ${asked}, and this one is of ${group}: it finds none, shares no requests, and the release stays at its step`;
  const fix = `start the controller with --traefik-api-group=${group} --traefik-api-version=${group}/v1alpha1, and let it write traefikservices of ${group}`;
  yield {
    ...{ resource: rollout, path, value: name, fix },
    ...(told === undefined
      ? {
          ...{ verdict: 'unknown' as const, settledBy: 'external' as const },
          message: `unless it is told otherwise by a flag, the controller of Argo Rollouts ${follows}; --declare its Deployment`,
        }
      : { message: `the controller of Argo Rollouts ${follows}` }),
  };
}

/** The rules of a route, each with the Services that it leads to. */
function partsOf(
  route: Resource,
  { kind }: WeightedRoute,
): { readonly name: string | undefined; readonly backends: readonly string[] }[] {
  const spec = record(route.at(['spec'])) ?? {};
  const namesIn = (value: unknown) => [...stringsIn(value)].map((text) => text.split('.')[0]!);
  if (kind === 'TraefikService')
    return [{ name: undefined, backends: namesIn(record(spec['weighted'])?.['services']) }];
  const rules = kind === 'VirtualService' ? mappings(spec['http']) : mappings(spec['rules']);
  return rules.map((rule) => ({
    name: string(rule['name']),
    backends: namesIn(kind === 'VirtualService' ? rule['route'] : rule['backendRefs']),
  }));
}

function* judgeAnalysis(world: World, rollout: Resource, analysis: RolloutAnalysis): Iterable<Finding> {
  const given = new Set(analysis.args.map(({ name }) => name));
  const found: { readonly template: Resource; readonly by: RolloutReference }[] = [];
  for (const by of analysis.templates) {
    yield* absent(world, rollout, by);
    for (const template of withNested(world, by)) found.push({ template, by });
  }
  // Templates of one analysis share their arguments: one of them may give the value.
  const args = found.flatMap(({ template }) => mappings(template.at(['spec', 'args'])));
  const isGiven = (name: unknown) =>
    given.has(name) || args.some((arg) => arg['name'] === name && (arg['value'] != null || arg['valueFrom'] != null));
  for (const { template, by } of found) {
    const place = { resource: rollout, path: by.path, value: by.name };
    const what = `${template.kind} ${template.name}`;
    for (const { name } of mappings(template.at(['spec', 'args'])))
      if (!isGiven(name))
        yield {
          ...place,
          message: `${what} needs the argument ${String(name)}, which nobody gives, so ${INVALID}`,
          fix: `give the analysis args: [{ name: ${String(name)}, … }], or the argument of the template a value`,
        };
    for (const metric of mappings(template.at(['spec', 'metrics']))) {
      for (const name of argumentsUsed(metric).filter((used) => !args.some((arg) => arg['name'] === used)))
        yield {
          ...place,
          message: `metric ${String(metric['name'])} of ${what} uses {{args.${name}}}, and the template has no such argument: the analysis cannot be resolved`,
          fix: `add { name: ${name} } to spec.args of the template`,
        };
      if (!analysis.isBackground && isEndless(metric))
        yield {
          ...place,
          message: `metric ${String(metric['name'])} of ${what} has an interval and no count, so it is measured for ever and the analysis never ends: ${INVALID}`,
          fix: 'set count of the metric',
        };
    }
  }
  yield* repeatedMetrics(rollout, analysis, found);
}

function* repeatedMetrics(
  rollout: Resource,
  { path }: RolloutAnalysis,
  found: readonly { readonly template: Resource; readonly by: RolloutReference }[],
): Iterable<Finding> {
  const names = found.flatMap(({ template }) => mappings(template.at(['spec', 'metrics'])).map(({ name }) => name));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  const at: Path = [...path, 'templates'];
  if (twice !== undefined)
    yield {
      ...{ resource: rollout, path: at, value: rollout.at(at) },
      message: `two metrics of these templates are called ${String(twice)}, so ${INVALID}`,
      fix: 'give each metric of an analysis a name of its own',
    };
}

/** A template and those that it names. */
function withNested(world: World, reference: RolloutReference, seen = new Set<Resource>()): Resource[] {
  const template = templateNamed(world, reference);
  if (!template || seen.has(template)) return [];
  seen.add(template);
  const spec = record(template.at(['spec'])) ?? {};
  return [
    template,
    ...templatesIn(reference.namespace, spec, ['spec']).flatMap((inner) => withNested(world, inner, seen)),
  ];
}

/** `{{args.service}}` */
function argumentsUsed(metric: Json): string[] {
  const texts = [...stringsIn(metric)].join('\n');
  return [...new Set([...texts.matchAll(/\{\{\s*args\.([^}\s]+)\s*\}\}/g)].map(([, name]) => name!))];
}

/** Without a count, one measurement is made where no interval is set. A count may be an argument. */
function isEndless({ count, interval }: Json): boolean {
  const times = typeof count === 'string' ? Number(/^\d+$/.test(count) ? count : Number.NaN) : (number(count) ?? 0);
  return times === 0 && typeof interval === 'string' && interval !== '';
}
