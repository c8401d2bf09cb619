import type { Path, Resource } from '../../../manifests/resource';
import { pathText, record, valueAt } from '../../../manifests/resource';
import { isMap } from '../../../model/is-map';
import { schemaProblems } from '../../../upstream/kubernetes/custom';
import { kubernetesData } from '../../../upstream/kubernetes/data';
import { customKind } from '../../../world/custom-kinds';
import { dropsField, serverProblems } from '../../../world/server-problems';
import type { World } from '../../../world/world';
import type { ChangeStep } from '../../field-change';
import { isHidden } from '../../hidden';
import type { ObjectChange } from '../../object-change';
import type { RiskClass } from '../classes';
import { fieldAtPath } from '../paths';
import type { FoundRisk, Risk } from '../risk';
import { riskRule } from '../risk';

const web = (container: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0'${container} }] } }
`;

export default riskRule({
  id: 'manifest-refused',
  class: 'immutable',
  description: 'a value, a field or a name that the API server does not take, and that was not there before',
  reason:
    'The object stays as it was, or is not made at all, and a sync stops there. What the server has against a manifest is what strata verify says of it; here only what the change brings is told.',
  source: 'pkg/apis/core/validation/validation.go',
  advice:
    'correct the field before it is applied: strata verify shows where it stands; kubectl apply --dry-run=server asks the server',
  example: {
    before: web(', ports: [{ containerPort: 8080 }]'),
    after: web(', ports: [{ containerPort: 80800 }]'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].ports[80800]'],
    harmless: web(', ports: [{ containerPort: 8081 }]'),
  },
  *find(diff) {
    for (const change of diff.changes) {
      const { before, after } = change;
      if (!after) continue;
      const refusals = refusalsOf(diff.after, after);
      if (refusals.length === 0) continue;
      const had = countsOf(before ? refusalsOf(diff.before, before) : []);
      for (const refusal of refusals) {
        const key = keyOf(refusal);
        const left = had.get(key) ?? 0;
        if (left > 0) had.set(key, left - 1);
        else yield told(change, after, refusal);
      }
    }
  },
});

/** Something that an API server has against an object. */
interface Refusal {
  readonly path: Path;
  /** In the server's words. */
  readonly words: string;
  /** Who refuses what because of it, as a clause. */
  readonly who: string;
  readonly class: RiskClass;
  readonly leaves?: Risk['leaves'];
  readonly fix: string | undefined;
}

function told(
  change: ObjectChange,
  after: Resource,
  { path, words, who, class: risk, fix, leaves }: Refusal,
): FoundRisk {
  const field = change.does === 'added' ? undefined : fieldAtPath(change, after.object, path);
  const place = pathText(path);
  const value = valueAt(after.object, path);
  const steps = path.map((step, i): ChangeStep => {
    const name = typeof step === 'string' ? undefined : record(valueAt(after.object, path.slice(0, i + 1)))?.['name'];
    return name === undefined ? String(step) : { name };
  });
  // What a Secret holds, or a variable that is called like one, is not repeated.
  const isSecret =
    field?.hidden === true ||
    isHidden(change.kind, { path: steps, before: undefined, after: isMap(value) ? value : String(value) });
  return {
    change,
    field,
    class: risk,
    ...(leaves === undefined ? {} : { leaves }),
    message: `${place === '' ? '' : `${place}: `}${isSecret ? 'its value is not valid' : words}: ${who}`,
    ...(fix === undefined ? {} : { advice: fix }),
  };
}

function refusalsOf(world: World, resource: Resource): Refusal[] {
  return [...ofServer(world, resource), ...ofDefinition(world, resource)];
}

/** What Kubernetes itself has against it. */
function* ofServer(world: World, resource: Resource): Iterable<Refusal> {
  const { kind } = resource;
  const refused = `the API server refuses the ${kind}`;
  for (const { problem, acceptedBy } of serverProblems(world, resource)) {
    const { path, message: words, topic, depends, later, fix } = problem;
    const at = { path, words, fix };
    if (topic === 'unknown-field') yield { ...at, who: dropsField(kind), class: 'immutable' };
    else if (depends !== undefined)
      yield {
        ...at,
        who: `${depends} (Flux; Argo CD with ServerSideApply) refuses the ${kind}, other ways of applying it take the last entry`,
        class: 'immutable',
        leaves: 'everything',
      };
    else if ((later && kind !== 'Pod') || isOfPodsOnly(world, resource, path, words))
      yield { ...at, who: `the API server takes the ${kind} and refuses the pods that it makes`, class: 'disruption' };
    else
      yield {
        ...at,
        who:
          acceptedBy === undefined
            ? refused
            : `Kubernetes 1.${kubernetesData().newest} refuses the ${kind}, and 1.${acceptedBy} takes it`,
        class: 'immutable',
        leaves: acceptedBy === undefined ? 'nothing' : 'everything',
      };
  }
}

/**
 * Whether only the pods are refused: before 1.34 the template of a StatefulSet was decoded, and not validated
 * (ValidatePodTemplateSpecForStatefulSet).
 */
function isOfPodsOnly(world: World, { kind }: Resource, path: Path, words: string): boolean {
  return (
    kind === 'StatefulSet' &&
    (world.facts.minor ?? Number.POSITIVE_INFINITY) < 34 &&
    path.slice(0, 3).join('.') === 'spec.template.spec' &&
    !words.startsWith('must be a')
  );
}

/** What its CustomResourceDefinition has against it, as far as that is the one of the cluster or says what all versions say. */
function* ofDefinition(world: World, resource: Resource): Iterable<Refusal> {
  if (!resource.group.includes('.')) return;
  const kind = customKind(world, resource);
  for (const problem of kind ? schemaProblems(resource, kind) : []) {
    const { path, words, lasting, unknownField: isUnknown, undecided, fix } = problem;
    if (undecided || (!kind!.certain && !lasting)) continue;
    const at = { path, words, fix, class: 'immutable' as const };
    yield isUnknown
      ? { ...at, who: dropsField(resource.kind) }
      : { ...at, who: `the API server refuses the ${resource.kind}`, leaves: 'nothing' };
  }
}

/** The same fault at the same place, wherever in its list the entry stands. */
function keyOf({ path, words }: Refusal): string {
  return `${path.filter((step) => typeof step === 'string').join('\0')} ${words}`;
}

function countsOf(refusals: readonly Refusal[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const refusal of refusals) counts.set(keyOf(refusal), (counts.get(keyOf(refusal)) ?? 0) + 1);
  return counts;
}
