import type { Check, Finding } from '../../checks/check';
import pdbAllowsEviction from '../../checks/rules/disruption/pdb-allows-eviction';
import pdbSingle from '../../checks/rules/disruption/pdb-single';
import pdbVsHpaMin from '../../checks/rules/disruption/pdb-vs-hpa-min';
import argoAppResolves from '../../checks/rules/gitops/argo-app-resolves';
import argoProjectPermits from '../../checks/rules/gitops/argo-project-permits';
import adapterConfigValid from '../../checks/rules/monitoring/adapter-config-valid';
import alertmanagerConfigValid from '../../checks/rules/monitoring/alertmanager-config-valid';
import grafanaProvisioned from '../../checks/rules/monitoring/grafana-provisioned';
import intervalWithinLookback from '../../checks/rules/monitoring/interval-within-lookback';
import monitorResolves from '../../checks/rules/monitoring/monitor-resolves';
import promConfigRulesValid from '../../checks/rules/monitoring/prom-config-rules-valid';
import rangeHoldsSamples from '../../checks/rules/monitoring/range-holds-samples';
import receiverReachable from '../../checks/rules/monitoring/receiver-reachable';
import scrapeTargetResolves from '../../checks/rules/monitoring/scrape-target-resolves';
import scrapeTimeoutFits from '../../checks/rules/monitoring/scrape-timeout-fits';
import istioDestinationResolves from '../../checks/rules/references/istio-destination-resolves';
import routeAllowedByListener from '../../checks/rules/references/route-allowed-by-listener';
import routeFeatureSupported from '../../checks/rules/references/route-feature-supported';
import routeHostnameIntersects from '../../checks/rules/references/route-hostname-intersects';
import routeParentExists from '../../checks/rules/references/route-parent-exists';
import rwoSharing from '../../checks/rules/storage/rwo-sharing';
import { reportedFinding } from '../../checks/run';
import { annotatedSuppressions, commentedSuppressions } from '../../checks/suppression/read';
import { unsuppressed } from '../../checks/suppression/suppress';
import type { ProgramName } from '../../manifests/programs';
import { containerOf } from '../../manifests/programs';
import { POD_KINDS, WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { isMadeHere } from '../../world/owners';
import type { World } from '../../world/world';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { isAt } from './paths';
import type { RiskRule, WorldChange } from './risk';
import budgetBlocks from './rules/budget-blocks';
import referenceBreaks from './rules/reference-breaks';
import scrapeLost from './rules/scrape-lost';

/** The fields of an object that a check looks at, as patterns of paths; `all`: any of it. */
type Fields = 'all' | readonly string[];

/** A check of `strata verify` that a change may make fail. */
export interface AskedCheck {
  readonly check: Check;
  /** The kinds that it depends on: where none of them changes, its findings are what they were. @default - it may depend on any */
  readonly of?: Readonly<Record<string, Fields>>;
  /** The program of which it reads the files: pods that run it before or after concern it, whatever of them changes. @default - none */
  readonly program?: ProgramName;
  /** Rules of risk that tell the same in words of their own: where one does, this is not told again. @default - none */
  readonly told?: readonly RiskRule[];
  /** Whether an object that is new breaks what was there: a budget keeps nodes from being drained. @default false: it breaks itself alone */
  readonly breaksOthers?: true;
  /** Whether what the check cannot tell is told too, of class unknown: a disk that pods on several nodes may ask for. @default false */
  readonly tellsUnknown?: true;
  /** Whether it is told though it is advice: what was well before and is not any more is news. @default false */
  readonly tellsAdvice?: true;
  /** Whether any rule of risk may tell the same in words of its own. @default false: those that do are named */
  readonly unlessTold?: true;
}

const all = (...kinds: readonly string[]) => Object.fromEntries(kinds.map((kind) => [kind, 'all' as const]));

/** Fields of what makes pods: those of the object, and those of the pod in it, whatever kind makes it. */
function ofPods(own: readonly string[], inPod: readonly string[]): Readonly<Record<string, Fields>> {
  const templates = ['', 'spec.template.', 'spec.jobTemplate.spec.template.'];
  const fields = [...own, ...templates.flatMap((template) => inPod.map((field) => `${template}${field}`))];
  return Object.fromEntries(POD_KINDS.map((kind) => [kind, fields]));
}

const COUNTED = ofPods(['spec.replicas'], ['metadata.labels']);
/** What leads to a pod: its labels, its name, its ports. */
const ADDRESSED = ofPods(
  [],
  [
    'metadata.labels',
    'spec.hostname',
    'spec.subdomain',
    'spec.hostNetwork',
    'spec.containers.*.ports',
    'spec.initContainers',
  ],
);
const BUDGETS = { ...all('PodDisruptionBudget', 'HorizontalPodAutoscaler', 'ScaledObject'), ...COUNTED };
const ROUTES = all(
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
  'Gateway',
  'ListenerSet',
  'XListenerSet',
);
const FILES = all('ConfigMap', 'Secret');
const MONITORS = all('ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig');
const OPERATED = all('Prometheus', 'Alertmanager', 'AlertmanagerConfig');

/** The checks of which it is known what they depend on, and which rules tell the same. */
const KNOWN: readonly AskedCheck[] = [
  { check: pdbAllowsEviction, of: BUDGETS, told: [budgetBlocks], breaksOthers: true },
  { check: pdbSingle, of: BUDGETS, told: [budgetBlocks], breaksOthers: true },
  { check: pdbVsHpaMin, of: BUDGETS, told: [budgetBlocks], breaksOthers: true },
  {
    check: rwoSharing,
    tellsUnknown: true,
    of: { ...all('PersistentVolumeClaim', 'StorageClass', 'HorizontalPodAutoscaler'), ...all(...POD_KINDS) },
  },
  { check: argoAppResolves, of: all('Application', 'ApplicationSet', 'AppProject'), told: [referenceBreaks] },
  { check: argoProjectPermits, of: all('Application', 'AppProject') },
  { check: promConfigRulesValid, of: { ...all('PrometheusRule'), ...OPERATED, ...FILES }, program: 'prometheus' },
  { check: alertmanagerConfigValid, of: { ...OPERATED, ...FILES }, program: 'alertmanager' },
  {
    ...{ check: receiverReachable, of: { ...all('Service'), ...OPERATED, ...FILES, ...ADDRESSED } },
    ...{ program: 'alertmanager', told: [referenceBreaks] },
  },
  { check: grafanaProvisioned, of: FILES, program: 'grafana', told: [referenceBreaks] },
  { check: adapterConfigValid, of: FILES, program: 'prometheus-adapter' },
  {
    ...{ check: scrapeTargetResolves, of: { ...all('Service'), ...FILES, ...ADDRESSED } },
    ...{ program: 'prometheus', told: [scrapeLost, referenceBreaks] },
  },
  {
    check: scrapeTimeoutFits,
    of: { ...MONITORS, ...all('Prometheus', 'PrometheusAgent') },
  },
  {
    check: monitorResolves,
    of: { ...all('ServiceMonitor', 'PodMonitor', 'Service'), ...ADDRESSED },
    told: [scrapeLost],
  },
  {
    check: istioDestinationResolves,
    of: { ...all('VirtualService', 'DestinationRule', 'Service', 'Gateway', 'ServiceEntry'), ...ADDRESSED },
    tellsUnknown: true,
  },
  { check: routeParentExists, of: ROUTES, told: [referenceBreaks] },
  { check: routeAllowedByListener, of: { ...ROUTES, Namespace: ['metadata.labels'] } },
  { check: routeHostnameIntersects, of: ROUTES },
  { check: routeFeatureSupported, of: { ...ROUTES, ...all('GatewayClass') } },
  {
    ...{ check: intervalWithinLookback, tellsAdvice: true },
    of: { ...MONITORS, ...all('PrometheusRule'), ...FILES, ...OPERATED },
    program: 'prometheus',
  },
  {
    ...{ check: rangeHoldsSamples, tellsAdvice: true },
    of: { ...MONITORS, ...all('PrometheusRule'), ...FILES, ...OPERATED },
    program: 'prometheus',
  },
];

/** What depends on more than the two states. */
const BEYOND = new Set(['previous', 'promtool']);

/** Checks of which rules of risk tell what a change brings, and leave out the rest on purpose. */
const LEFT_OUT = new Set([
  // Of Secrets that stood here, by reference-breaks: others are made by hand.
  ...['secret-exists', 'secret-key-exists', 'imagepullsecret-exists'],
  ...['ingress-tls-secret', 'ingress-auth-secret', 'gateway-cert-exists'],
  // Of who may do less, by rbac-lost: what begins to be asked for worked for nobody.
  'discovery-permitted',
  // Of whom policies keep out, by flow-closes.
  ...['gateway-flow-allowed', 'scrape-flow-allowed', 'declared-flow-allowed', 'system-flow-allowed'],
  // Of what stands twice, by the objects themselves: each has its own change.
  'duplicate-object',
]);

/** Every check that says what will break: those of which nothing more is known last. */
export const askedChecks = memo((all: readonly Check[]): readonly AskedCheck[] => {
  const known = new Set(KNOWN.map(({ check }) => check.id));
  const others = all.filter(
    ({ id, severity, needs }) =>
      severity === 'will-break' && !known.has(id) && !LEFT_OUT.has(id) && !needs.some((need) => BEYOND.has(need)),
  );
  return [...KNOWN, ...others.map((check): AskedCheck => ({ check, unlessTold: true }))];
});

/** Whether a check may say something else because of a change. */
export function concerns({ of, program }: AskedCheck, change: ObjectChange): boolean {
  if (!of) return true;
  if (program !== undefined && runs(change, program)) return true;
  const fields = of[change.kind];
  return (
    fields !== undefined && (fields === 'all' || change.does !== 'changed' || fieldFor(fields, change) !== undefined)
  );
}

/** Whether it is of pods that run a program before or after. */
function runs({ before, after }: ObjectChange, program: ProgramName): boolean {
  const workloads = [before, after].flatMap((resource) => (resource && WorkloadManifest.of(resource, '')) ?? []);
  return workloads.some(({ running }) => containerOf(running, program) !== undefined);
}

/** The field of a change that a check looks at; undefined where it looks at the whole object. */
export function concernedField({ of }: AskedCheck, change: ObjectChange): FieldChange | undefined {
  const fields = of?.[change.kind];
  return fields === undefined || fields === 'all' ? undefined : fieldFor(fields, change);
}

function fieldFor(fields: readonly string[], change: ObjectChange): FieldChange | undefined {
  return change.fields.find((field) => fields.some((pattern) => isAt(field, pattern)));
}

/** What certainly breaks, by a check's word; also what may, where that is to be told. */
export function brokenBy(
  world: World,
  { check: { severity, judge }, tellsUnknown, tellsAdvice }: AskedCheck,
): Finding[] {
  if (severity !== 'will-break' && !tellsAdvice) return [];
  const made = new Set(world.operated.map(({ resource }) => resource));
  return [...judge(world)].filter(
    ({ verdict = 'fail', resource, isAdvice }) =>
      (verdict === 'fail' || tellsUnknown) &&
      (!isAdvice || tellsAdvice) &&
      !made.has(resource) &&
      !isMadeHere(world, resource),
  );
}

/** Findings that somebody lives with, by an annotation, a comment or `.strata.yaml`, are taken away. */
export function withoutSuppressed(
  { after: world, livedWith }: WorldChange,
  check: Check,
  findings: readonly Finding[],
): readonly Finding[] {
  if (findings.length === 0) return findings;
  const reported = findings.map((finding) => reportedFinding(world, check, finding));
  const left = new Set(unsuppressed(reported, [...ownSuppressions(world), ...(livedWith?.suppressions ?? [])]));
  return findings.filter((_, i) => left.has(reported[i]!));
}

const ownSuppressions = memo((world: World) => [...annotatedSuppressions(world), ...commentedSuppressions(world)]);
