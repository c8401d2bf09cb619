import type { Repair } from '../manifests/editing/repair';
import type { Path, Resource } from '../manifests/resource';
import type { World } from '../world/world';

/** `will-break`: something will not start, be reached or be admitted. `advice`: it runs, and could be better. */
export type Severity = 'will-break' | 'advice';

/** The groups of the catalogue, in its order; each is a folder of checks/rules. */
export const GROUPS = [
  'schema',
  'references',
  'lifecycle',
  'resources',
  'scaling',
  'scheduling',
  'disruption',
  'networking',
  'security',
  'storage',
  'monitoring',
  'gitops',
  'upgrade',
] as const;
export type Group = (typeof GROUPS)[number];

/** What a check must know beyond the manifests. Where it is not known, the verdict is `unknown` and says what would settle it. */
export type NeededFact = 'kubernetes-version' | 'nodes' | 'cluster' | 'external' | 'previous' | 'promtool';

/** What would settle an unknown verdict: a fact that can be given, what a program does at run time, which no manifest says, or the expression of an own rule. */
export type Settling = NeededFact | 'program' | 'expression';

/** What a check says of an object. */
export interface Finding {
  readonly resource: Resource;
  /** The field that is wrong, or the nearest one that is there. */
  readonly path: Path;
  /** What stands there; undefined where something is missing. */
  readonly value?: unknown;
  /** What is wrong and what follows from it at run time, in one or two sentences. */
  readonly message: string;
  /** `unknown`: cannot be told from what is known; the message says what would settle it. @default 'fail' */
  readonly verdict?: 'fail' | 'unknown';
  /** Of an unknown verdict: what would settle it. @default - the first fact that the check needs; if it needs none, the program */
  readonly settledBy?: Settling;
  /** Whether this one is advice, though the check says what will break. @default false */
  readonly isAdvice?: true;
  /** How to mend this one. @default - the check's own fix */
  readonly fix?: string;
  /** The change of the text that mends it, where that is certain and in one place; at the path of the finding, or at its own. @default - none */
  readonly repair?: (Repair & { readonly path?: Path }) | undefined;
  /** The object and field that this is only a consequence of. @default - it is a cause itself */
  readonly causedBy?: { readonly check: string; readonly resource: Resource } | undefined;
}

/** The documentation that rules are drawn from. */
type Documentation =
  | 'argo-cd.readthedocs.io/en/stable'
  | 'argo-rollouts.readthedocs.io/en/stable'
  | 'cert-manager.io/docs'
  | 'external-secrets.io/latest'
  | 'gateway-api.sigs.k8s.io'
  | 'github.com/kubernetes/autoscaler/blob/master'
  | 'github.com/kubernetes/kube-state-metrics/blob/v2.19.1'
  | 'github.com/kubernetes-sigs/prometheus-adapter/blob/v0.12.0'
  | 'grafana.com/docs/grafana/latest'
  | 'istio.io/latest/docs'
  | 'kubernetes.github.io/ingress-nginx'
  | 'keda.sh/docs/2.21'
  | 'kubernetes.io/docs'
  | 'prometheus-operator.dev/docs'
  | 'prometheus.io/docs'
  | 'www.rabbitmq.com/docs';
/** A page, or the path of a file in the repository of Kubernetes. */
export type Citation = `https://${Documentation}/${string}` | `${'pkg' | 'plugin' | 'staging/src/k8s.io'}/${string}.go`;

/** The release of Kubernetes whose source files are linked. */
const KUBERNETES_SOURCE = 'https://github.com/kubernetes/kubernetes/blob/v1.35.4';

/** The address of a source. */
export function linkTo(source: Citation): string {
  return source.startsWith('https://') ? source : `${KUBERNETES_SOURCE}/${source}`;
}

/** What judges a world: a check of the catalogue, or a rule that a team wrote in its `.strata.yaml`. */
export interface JudgingRule {
  readonly id: string;
  /** The group that it is listed under. */
  readonly group: Group | 'own';
  /** What must hold, in one line. */
  readonly description: string;
  readonly severity: Severity;
  readonly needs: readonly NeededFact[];
  /** What to do, beginning with a verb. */
  readonly fix: string;
  readonly judge: (world: World) => Iterable<Finding>;
}

/** A rule of the catalogue: one file of checks/rules/<group>, called after its id. */
export interface Check extends JudgingRule {
  /** The folder that it stands in. */
  readonly group: Group;
  /** Where the rule comes from: a page of the documentation, or a file of Kubernetes' source. */
  readonly source: Citation;
  /** Manifests that fail, and the same fixed. The tests run both; the docs show them. */
  readonly example: Example;
}

export interface Example {
  readonly broken: string;
  /** Each place where the broken one fails, as findings print it: `Deployment/shop/web spec.replicas`. */
  readonly fails: readonly [string, ...string[]];
  readonly fixed: string;
  /** Kubernetes objects that are the facts of the cluster. @default - none are known */
  readonly facts?: string;
  /** Objects that exist elsewhere. @default - none are declared */
  readonly declared?: string;
  /** The render before. @default - none */
  readonly previous?: string;
}

/** Declares a check. Without both examples it does not compile. */
export function check(definition: Check): Check {
  return definition;
}
