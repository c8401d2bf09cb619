import type { Json, Path } from '../../manifests/resource';
import { list, mappings, number, Resource, record, string, strings } from '../../manifests/resource';
import { near } from '../../model/near';
import { problemsAt } from '../kubernetes/validate';
import { goDuration } from './duration';

/** What the controller of Argo Rollouts has against a Rollout. */
export interface RolloutProblem {
  readonly path: Path;
  readonly value: unknown;
  /** Without the name of the field: `is 130, and a weight is 0 to 100`. */
  readonly message: string;
  /** The API server drops the field, and the controller never sees it. @default - the controller refuses the Rollout */
  readonly isDropped?: true;
}

/** The minor version of Kubernetes whose validation of pods Argo Rollouts 1.9 has built in. */
const KUBERNETES = 34;
const STRATEGY = ['spec', 'strategy'];
const DEADLINE = 600;
const HISTORY = 10;

/**
 * Why Argo Rollouts 1.9 takes a Rollout for invalid, though its CustomResourceDefinition admits it. Source: ValidateRollout and the checks of how
 * traffic is routed in pkg/apis/rollouts/validation. What names other objects is not looked at, nor the type of any value.
 */
export function rolloutProblems({ object }: Resource): RolloutProblem[] {
  return [...problemsOf(record(object['spec']) ?? {}, object)];
}

function* problemsOf(spec: Json, rollout: Json): Iterable<RolloutProblem> {
  yield* notNegative(
    spec,
    ['spec'],
    ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'],
  );
  const workloadRef = record(spec['workloadRef']);
  const metadata = record(record(spec['template'])?.['metadata']);
  if (!workloadRef) {
    if (spec['selector'] == null) yield { path: ['spec', 'selector'], value: undefined, message: 'is missing' };
    yield* podProblems(spec);
  } else yield* podProblems(spec).filter(({ path }) => path[1] === 'selector' && path.length > 2);
  if (
    workloadRef &&
    Object.keys({ ...strings(metadata?.['labels']), ...strings(metadata?.['annotations']) }).length > 0
  )
    yield {
      ...{ path: ['spec', 'template'], value: spec['template'] },
      message: 'stands beside workloadRef, and only one of them may be there',
    };
  const deadline = number(spec['progressDeadlineSeconds']) ?? DEADLINE;
  const settle = number(spec['minReadySeconds']) ?? 0;
  if (deadline <= settle)
    yield {
      ...{ path: ['spec', 'progressDeadlineSeconds'], value: spec['progressDeadlineSeconds'] },
      message: `is ${deadline}, which is not more than minReadySeconds (${settle}): no pod could count before it is given up`,
    };
  yield* strategyProblems(spec, rollout);
}

function* notNegative(of: Json, path: Path, fields: readonly string[]): Iterable<RolloutProblem> {
  for (const field of fields)
    if ((number(of[field]) ?? 0) < 0)
      yield { path: [...path, field], value: of[field], message: `is ${String(of[field])}, and must not be negative` };
}

/** As those of a ReplicaSet with this selector and this template. */
function podProblems(spec: Json): RolloutProblem[] {
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rollout', namespace: 'default' },
    spec: { selector: spec['selector'] ?? {}, template: spec['template'] ?? {} },
  };
  const problems = problemsAt(new Resource(set, { file: '', text: '' }, 0), KUBERNETES) ?? [];
  return problems
    .filter(({ topic, depends, later }) => topic !== 'unknown-field' && depends === undefined && !later)
    .filter(({ path }) => spec['selector'] != null || path[1] !== 'selector')
    .map(({ path, value, message }) => ({ path, value, message }));
}

/** The fields of the structs that say how a version is released, in 1.9. */
const FIELDS = {
  strategy: 'blueGreen canary',
  blueGreen:
    'activeService previewService previewReplicaCount autoPromotionEnabled autoPromotionSeconds maxUnavailable scaleDownDelaySeconds scaleDownDelayRevisionLimit prePromotionAnalysis antiAffinity postPromotionAnalysis previewMetadata activeMetadata abortScaleDownDelaySeconds',
  canary:
    'canaryService stableService steps trafficRouting maxUnavailable maxSurge analysis antiAffinity canaryMetadata stableMetadata scaleDownDelaySeconds scaleDownDelayRevisionLimit abortScaleDownDelaySeconds dynamicStableScale pingPong minPodsPerReplicaSet replicaProgressThreshold',
  trafficRouting: 'istio nginx alb smi ambassador appMesh traefik managedRoutes apisix plugins maxTrafficWeight',
  step: 'setWeight pause experiment analysis setCanaryScale setHeaderRoute setMirrorRoute plugin',
} as const;

/** Fields that no Rollout has. */
function* unknownFields(of: Json, struct: keyof typeof FIELDS, at: Path): Iterable<RolloutProblem> {
  const known = FIELDS[struct].split(' ');
  for (const field of Object.keys(of).filter((name) => !known.includes(name)))
    yield {
      ...{ path: [...at, field], value: of[field], isDropped: true },
      message: `is no field of ${struct === 'step' ? 'a step' : struct}, so the API server drops it without a word${near(field, known)}`,
    };
}

function* strategyProblems(spec: Json, rollout: Json): Iterable<RolloutProblem> {
  const strategy = record(spec['strategy']) ?? {};
  yield* unknownFields(strategy, 'strategy', STRATEGY);
  const [blueGreen, canary] = [record(strategy['blueGreen']), record(strategy['canary'])];
  if (blueGreen && canary)
    yield {
      path: STRATEGY,
      value: spec['strategy'],
      message: 'has both blueGreen and canary, and only one may be there',
    };
  else if (blueGreen) yield* blueGreenProblems(blueGreen, spec);
  else if (canary) yield* canaryProblems(canary, rollout);
  else yield { path: STRATEGY, value: spec['strategy'], message: 'has neither blueGreen nor canary' };
}

function* blueGreenProblems(blueGreen: Json, spec: Json): Iterable<RolloutProblem> {
  const at = [...STRATEGY, 'blueGreen'];
  yield* unknownFields(blueGreen, 'blueGreen', at);
  const [active, preview] = [nameIn(blueGreen, 'activeService'), nameIn(blueGreen, 'previewService')];
  if (active === preview)
    yield {
      ...{ path: [...at, 'activeService'], value: blueGreen['activeService'] },
      message: active === '' ? 'is missing' : `is ${active}, as previewService is: two Services are needed`,
    };
  const history = number(spec['revisionHistoryLimit']) ?? HISTORY;
  const kept = number(blueGreen['scaleDownDelayRevisionLimit']);
  if (kept !== undefined && history < kept)
    yield {
      ...{ path: [...at, 'scaleDownDelayRevisionLimit'], value: kept },
      message: `is ${kept}, and revisionHistoryLimit keeps only ${history}`,
    };
  yield* antiAffinityProblems(blueGreen, at);
}

/** Ways to route traffic that need the names of both Services. */
const WITH_SERVICES = ['smi', 'apisix', 'ambassador', 'nginx', 'appMesh', 'traefik'];

function* canaryProblems(canary: Json, rollout: Json): Iterable<RolloutProblem> {
  const at = [...STRATEGY, 'canary'];
  const routing = record(canary['trafficRouting']);
  yield* unknownFields(canary, 'canary', at);
  if (routing) yield* unknownFields(routing, 'trafficRouting', [...at, 'trafficRouting']);
  const [stable, next] = [nameIn(canary, 'stableService'), nameIn(canary, 'canaryService')];
  if (pods(canary['maxSurge']) === 0 && pods(canary['maxUnavailable']) === 0)
    yield {
      ...{ path: [...at, 'maxSurge'], value: canary['maxSurge'] },
      message: 'and maxUnavailable are both 0, so no pod could ever be replaced',
    };
  if (stable !== '' && stable === next)
    yield {
      ...{ path: [...at, 'stableService'], value: stable },
      message: `is ${stable}, as canaryService is: two Services are needed`,
    };
  const pingPong = record(canary['pingPong']);
  if (pingPong) yield* pingPongProblems(pingPong, routing, at);
  if (routing && needsServices(routing, pingPong !== undefined))
    for (const [field, name] of [
      ['stableService', stable],
      ['canaryService', next],
    ] as const)
      if (name === '')
        yield {
          ...{ path: [...at, field], value: canary[field] },
          message: 'is missing, and traffic is routed between stableService and canaryService',
        };
  yield* scaleProblems(canary, routing, at);
  if (routing) yield* routerProblems(routing, [...at, 'trafficRouting']);
  for (const [i, step] of list(canary['steps']).entries())
    yield* stepProblems(record(step) ?? {}, [...at, 'steps', i], { routing, rollout });
  yield* antiAffinityProblems(canary, at);
}

function needsServices(routing: Json, hasPingPong: boolean): boolean {
  const istio = record(routing['istio']);
  return (
    WITH_SERVICES.some((router) => record(routing[router])) ||
    (!hasPingPong &&
      (record(routing['alb']) !== undefined || (istio !== undefined && !record(istio['destinationRule']))))
  );
}

function* pingPongProblems(pingPong: Json, routing: Json | undefined, at: Path): Iterable<RolloutProblem> {
  const path = [...at, 'pingPong'];
  const [ping, pong] = [nameIn(pingPong, 'pingService'), nameIn(pingPong, 'pongService')];
  if (routing && !record(routing['alb']) && !record(routing['istio']))
    yield { path, value: pingPong, message: 'works with trafficRouting by alb or istio only' };
  for (const [field, name] of [
    ['pingService', ping],
    ['pongService', pong],
  ] as const)
    if (name === '') yield { path: [...path, field], value: pingPong[field], message: 'is missing' };
  if (ping !== '' && ping === pong)
    yield {
      path: [...path, 'pingService'],
      value: ping,
      message: `is ${ping}, as pongService is: two Services are needed`,
    };
  const alb = record(routing?.['alb']);
  if (alb && nameIn(alb, 'rootService') === '')
    yield {
      ...{ path: [...at, 'trafficRouting', 'alb', 'rootService'], value: alb['rootService'] },
      message: 'is missing, and pingPong with alb needs it',
    };
}

function* scaleProblems(canary: Json, routing: Json | undefined, at: Path): Iterable<RolloutProblem> {
  const delay = number(canary['scaleDownDelaySeconds']);
  const isDynamic = canary['dynamicStableScale'] === true;
  const without = 'only works with trafficRouting';
  if (!routing && delay !== undefined) yield { path: [...at, 'scaleDownDelaySeconds'], value: delay, message: without };
  if (!routing && isDynamic) yield { path: [...at, 'dynamicStableScale'], value: true, message: without };
  if (routing && delay !== undefined && isDynamic)
    yield { path: [...at, 'dynamicStableScale'], value: true, message: 'does not work with scaleDownDelaySeconds' };
  const most = number(routing?.['maxTrafficWeight']);
  if (routing && most !== undefined && !record(routing['nginx']) && pluginsOf(routing) === 0)
    yield {
      ...{ path: [...at, 'trafficRouting', 'maxTrafficWeight'], value: most },
      message: 'works with nginx and plugins only',
    };
}

/** What the controller looks at when it collects the objects that a router names. */
function* routerProblems(routing: Json, at: Path): Iterable<RolloutProblem> {
  for (const [router, one, several] of [
    ['nginx', 'stableIngress', 'stableIngresses'],
    ['alb', 'ingress', 'ingresses'],
    ['istio', 'virtualService', 'virtualServices'],
  ] as const) {
    const of = record(routing[router]);
    if (!of) continue;
    const isOne = router === 'istio' ? record(of[one]) !== undefined : nameIn(of, one) !== '';
    // An empty list counts, too.
    const isSeveral = Array.isArray(of[several]);
    if (isOne === isSeveral)
      yield {
        ...{ path: [...at, router], value: of },
        message: isOne
          ? `has both ${one} and ${several}, and only one may be there`
          : `has neither ${one} nor ${several}`,
      };
  }
}

/** What a step may be, each alone. Of the last four, one step may have several with each other and with one of the first. */
const EXCLUSIVE = ['setWeight', 'pause', 'experiment', 'analysis'];
const STEPS = [...EXCLUSIVE, 'setCanaryScale', 'setHeaderRoute', 'setMirrorRoute', 'plugin'];

interface StepContext {
  readonly routing: Json | undefined;
  readonly rollout: Json;
}

function* stepProblems(step: Json, at: Path, { routing, rollout }: StepContext): Iterable<RolloutProblem> {
  yield* unknownFields(step, 'step', at);
  const has = (field: string) => (field === 'setWeight' ? number(step[field]) : record(step[field])) !== undefined;
  const exclusive = EXCLUSIVE.filter(has);
  if (exclusive.length > 1)
    yield { path: at, value: step, message: `has ${exclusive.join(' and ')}, and a step is one of them` };
  if (!STEPS.some(has)) yield { path: at, value: step, message: `is none of ${STEPS.join(', ')}` };
  const most = number(routing?.['maxTrafficWeight']) ?? 100;
  const weight = number(step['setWeight']);
  if (weight !== undefined && (weight < 0 || weight > most))
    yield { path: [...at, 'setWeight'], value: weight, message: `is ${weight}, and a weight is 0 to ${most}` };
  const { duration } = record(step['pause']) ?? {};
  if (duration != null && secondsOf(duration) < 0)
    yield {
      ...{ path: [...at, 'pause', 'duration'], value: duration },
      message: `is ${String(duration)}, which is no duration such as 30, 10m or 1h30m`,
    };
  if (has('setCanaryScale') && !routing)
    yield { path: [...at, 'setCanaryScale'], value: step['setCanaryScale'], message: 'only works with trafficRouting' };
  yield* headerRouteProblems(step, [...at, 'setHeaderRoute'], routing);
  yield* mirrorRouteProblems(step, [...at, 'setMirrorRoute'], routing);
  for (const [i, template] of mappings(record(step['experiment'])?.['templates']).entries())
    if (number(template['weight']) !== undefined && !sharesWithExperiments(routing))
      yield {
        ...{ path: [...at, 'experiment', 'templates', i, 'weight'], value: template['weight'] },
        message: 'only works with trafficRouting by smi, alb, istio or a plugin',
      };
  yield* argumentProblems(step, at, rollout);
}

function sharesWithExperiments(routing: Json | undefined): boolean {
  return (
    routing !== undefined && (['alb', 'smi', 'istio'].some((name) => record(routing[name])) || pluginsOf(routing) > 0)
  );
}

function pluginsOf(routing: Json): number {
  return Object.keys(record(routing['plugins']) ?? {}).length;
}

function* headerRouteProblems(step: Json, at: Path, routing: Json | undefined): Iterable<RolloutProblem> {
  const route = record(step['setHeaderRoute']);
  if (!route) return;
  const isDone =
    routing && (['istio', 'alb', 'apisix'].some((name) => record(routing[name])) || pluginsOf(routing) > 0);
  if (!isDone)
    yield { path: at, value: route, message: 'only works with trafficRouting by istio, alb, apisix or a plugin' };
  else
    for (const [i, match] of mappings(route['match']).entries()) {
      const problem = record(routing['alb'])
        ? albMatchProblem(match['headerValue'])
        : matchProblem(match['headerValue']);
      if (problem) yield { path: [...at, 'match', i, 'headerValue'], value: match['headerValue'], message: problem };
    }
  yield* managedRouteProblems(route, at, routing);
}

function* mirrorRouteProblems(step: Json, at: Path, routing: Json | undefined): Iterable<RolloutProblem> {
  const route = record(step['setMirrorRoute']);
  if (!route) return;
  if (!record(routing?.['istio'])) yield { path: at, value: route, message: 'only works with trafficRouting by istio' };
  for (const [i, match] of mappings(route['match']).entries())
    for (const field of ['method', 'path']) {
      const problem = record(match[field]) && matchProblem(match[field]);
      if (problem) yield { path: [...at, 'match', i, field], value: match[field], message: problem };
    }
  yield* managedRouteProblems(route, at, routing);
}

function* managedRouteProblems(route: Json, at: Path, routing: Json | undefined): Iterable<RolloutProblem> {
  if (!routing) return;
  const names = mappings(routing['managedRoutes']).map((managed) => nameIn(managed, 'name'));
  const name = nameIn(route, 'name');
  if (!names.includes(name))
    yield {
      ...{ path: [...at, 'name'], value: route['name'] },
      message: `is ${name || 'missing'}, which trafficRouting.managedRoutes does not name`,
    };
}

const MATCHES = ['exact', 'regex', 'prefix'];

function matchProblem(match: unknown): string | undefined {
  const found = MATCHES.filter((field) => nameIn(record(match) ?? {}, field) !== '');
  if (found.length === 1) return undefined;
  return found.length === 0
    ? `has none of ${MATCHES.join(', ')}`
    : `has ${found.join(' and ')}, and only one may be there`;
}

function albMatchProblem(match: unknown): string | undefined {
  const of = record(match) ?? {};
  const isExact = nameIn(of, 'exact') !== '' && nameIn(of, 'regex') === '' && nameIn(of, 'prefix') === '';
  return isExact ? undefined : 'is not exact, and alb compares exact values only';
}

/** Arguments of the analyses of a step that are taken from the Rollout itself. */
function* argumentProblems(step: Json, at: Path, rollout: Json): Iterable<RolloutProblem> {
  const own = mappings(record(step['analysis'])?.['args']).map((arg, i) => ({ arg, path: ['analysis', 'args', i] }));
  const experiment = mappings(record(step['experiment'])?.['analyses']).flatMap((analysis, j) =>
    mappings(analysis['args']).map((arg, i) => ({ arg, path: ['experiment', 'analyses', j, 'args', i] })),
  );
  for (const { arg, path } of [...own, ...experiment]) {
    const field = string(record(record(arg['valueFrom'])?.['fieldRef'])?.['fieldPath']) ?? '';
    if (field.startsWith('metadata') && !isMetadata(field, rollout))
      yield {
        ...{ path: [...at, ...path, 'valueFrom', 'fieldRef', 'fieldPath'], value: field },
        message: `is ${field}, which is no field that the downward API gives`,
      };
  }
}

/** What k8s.io/kubernetes/pkg/fieldpath takes from any object. */
function isMetadata(field: string, rollout: Json): boolean {
  if (
    ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'].includes(field)
  )
    return record(rollout['metadata']) !== undefined;
  const [, of, key] = /^metadata\.(annotations|labels)\['(.*)'\]$/s.exec(field) ?? [];
  if (of === undefined || key === undefined) return false;
  const name = key.slice(key.indexOf('/') + 1);
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : undefined;
  const isName = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/.test(name);
  // Keys of annotations are compared in lower case.
  const isPrefix =
    prefix === undefined ||
    (prefix.length <= 253 &&
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(
        of === 'annotations' ? prefix.toLowerCase() : prefix,
      ));
  return isName && isPrefix;
}

function* antiAffinityProblems(strategy: Json, at: Path): Iterable<RolloutProblem> {
  const antiAffinity = record(strategy['antiAffinity']);
  if (!antiAffinity) return;
  const [preferred, required] = ['preferred', 'required'].map((how) =>
    record(antiAffinity[`${how}DuringSchedulingIgnoredDuringExecution`]),
  );
  if ((preferred === undefined) === (required === undefined))
    yield {
      ...{ path: [...at, 'antiAffinity'], value: antiAffinity },
      message: `has ${preferred ? 'both a preferred and a required form' : 'neither a preferred nor a required form'}`,
    };
  const weight = number(preferred?.['weight']) ?? 0;
  if (preferred && (weight < 1 || weight > 100))
    yield {
      path: [...at, 'antiAffinity', 'preferredDuringSchedulingIgnoredDuringExecution', 'weight'],
      value: preferred['weight'],
      message: `is ${weight}, and a weight is 1 to 100`,
    };
}

function nameIn(of: Json, field: string): string {
  return string(of[field]) ?? '';
}

/** Of a number or a percentage, the number. The default is 25 %. */
function pods(value: unknown): number {
  if (value == null) return 25;
  if (typeof value === 'number') return value;
  const [, digits] = /^([+-]?\d+)%?$/.exec(String(value)) ?? [];
  return digits === undefined ? 0 : Number(digits);
}

/** The seconds of a pause; -1 for what is no duration. */
function secondsOf(duration: unknown): number {
  if (typeof duration === 'number') return duration;
  const text = String(duration);
  const plain = /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  if (plain !== undefined && plain >= -(2 ** 31) && plain < 2 ** 31) return plain;
  const seconds = goDuration(text);
  return seconds === undefined ? -1 : Math.trunc(seconds);
}
