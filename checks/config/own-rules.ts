import type { Path, Resource } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { celExpression } from '../../upstream/kubernetes/cel/over-variables';
import type { World } from '../../world/world';
import type { Finding, JudgingRule } from '../check';
import { namePattern } from '../suppression/glob';
import type { OwnRule } from './schema';

/** A rule of a team's own as one that can be run, or what is wrong with it. */
export function ownRule(rule: OwnRule): JudgingRule | { readonly problem: string; readonly field: keyof OwnRule } {
  const { id, for: subject = 'object', message, fix, severity = 'will-break' } = rule;
  const expression = celExpression(rule.expression);
  if ('problem' in expression) return { problem: expression.problem, field: 'expression' };
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
