import type { Path, Resource } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { meantName } from '../../model/errors';
import { typeProblem } from '../../upstream/kubernetes/cel/check';
import { OBJECT_TYPES } from '../../upstream/kubernetes/cel/object-types';
import { celExpression } from '../../upstream/kubernetes/cel/over-variables';
import { functionNames } from '../../upstream/kubernetes/cel/signatures';
import type { World } from '../../world/world';
import type { Finding, JudgingRule } from '../check';
import { namePattern } from '../suppression/glob';
import type { OwnRule } from './schema';

/** What is wrong with a rule for certain, whatever it is asked of. */
interface Fault {
  readonly field: keyof OwnRule;
  readonly problem: string;
  readonly fix: string;
}

/** A rule of a team's own as one that can be run, or what is wrong with it. */
export function ownRule(rule: OwnRule): JudgingRule | Fault {
  const { id, for: subject = 'object', message, fix, severity = 'will-break' } = rule;
  const variables = { object: OBJECT_TYPES.object, [subject]: OBJECT_TYPES[subject] };
  const problem = typeProblem(rule.expression, variables, 'bool');
  if (problem !== undefined) return faultOf(rule, problem, Object.keys(variables));
  const expression = celExpression(rule.expression);
  if ('problem' in expression) return faultOf(rule, expression.problem, Object.keys(variables));
  const path = fieldsOf(rule.path ?? '');
  const applies = appliesTo(rule);
  return {
    id,
    group: 'own',
    description: message,
    severity,
    needs: [],
    fix,
    *judge(world) {
      for (const { resource, at, value } of subjectsOf(world, subject)) {
        if (!applies(world, resource)) continue;
        const verdict = expression.evaluate({ object: resource.at([]), [subject]: value });
        const place = placeOf(resource, [...at, ...path]);
        if (verdict === false) yield { ...place, message };
        else if (verdict !== true)
          yield {
            ...place,
            verdict: 'unknown',
            settledBy: 'expression',
            message: `${message}: the expression has no value here (${verdict.problem})`,
          };
      }
    },
  };
}

function faultOf({ id }: OwnRule, problem: string, variables: readonly string[]): Fault {
  const hasNoTruth = problem.startsWith('must evaluate to ');
  return {
    field: 'expression',
    problem: `the expression of rule ${id} ${hasNoTruth ? '' : 'does not compile: '}${problem}`,
    fix: hasNoTruth
      ? 'compare the value with something, so that it is true where all is well'
      : (fixOfName(problem, variables) ?? fixOfTypes(problem) ?? 'write it in CEL, as in a ValidatingAdmissionPolicy'),
  };
}

/** How to mend a name that nothing declares. */
function fixOfName(problem: string, variables: readonly string[]): string | undefined {
  const name = /^undeclared reference to '(.+)'$/.exec(problem)?.[1];
  if (name === undefined) return undefined;
  if (name === 'pod' || name === 'container') return `add for: ${name}, so that it is asked of each ${name}`;
  const meant = meantName(name, [...variables, ...functionNames()]);
  return `name a variable (${variables.join(', ')}) or a function of CEL${meant && `: ${meant}`}`;
}

function fixOfTypes(problem: string): string | undefined {
  return problem.startsWith('found no matching overload')
    ? 'give it values of the types that it takes, such as string(...) of a number'
    : undefined;
}

interface Subject {
  readonly resource: Resource;
  readonly at: Path;
  readonly value: unknown;
}

function* subjectsOf(world: World, what: NonNullable<OwnRule['for']>): Iterable<Subject> {
  if (what === 'object') for (const resource of world.resources) yield { resource, at: [], value: resource.at([]) };
  else
    for (const workload of world.workloads) {
      if (what === 'pod') yield podOf(workload);
      else yield* containersOf(workload);
    }
}

function podOf({ resource, podSpecPath }: WorkloadManifest): Subject {
  const at = podSpecPath.slice(0, -1);
  return { resource, at, value: resource.at(at) };
}

function* containersOf({ resource, podSpec, podSpecPath }: WorkloadManifest): Iterable<Subject> {
  for (const field of ['initContainers', 'containers'])
    for (const [i, value] of list(podSpec[field]).entries()) yield { resource, at: [...podSpecPath, field, i], value };
}

function appliesTo({ kinds, namespaces, names }: OwnRule): (world: World, resource: Resource) => boolean {
  const fits = (patterns: readonly string[] | undefined) => {
    const globs = patterns?.map(namePattern);
    return (name: string) => globs?.some((glob) => glob.test(name)) ?? true;
  };
  const [namespace, name] = [fits(namespaces), fits(names)];
  return (world, resource) =>
    (kinds?.includes(resource.kind) ?? true) && namespace(world.namespaceOf(resource)) && name(resource.name);
}

/** The nearest field that is there, with what stands in it if it is a plain value. */
function placeOf(resource: Resource, path: Path): Pick<Finding, 'resource' | 'path' | 'value'> {
  const value = resource.at(path);
  return { resource, path, ...(record(value) || Array.isArray(value) ? {} : { value }) };
}

/** `spec.ports[0].name`, as findings print it. */
function fieldsOf(text: string): Path {
  return [...text.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) =>
    index === undefined ? (string(quoted) ?? name!) : Number(index),
  );
}
