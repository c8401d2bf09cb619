import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { StrataError } from '../../model/errors';

/** The dependencies that constructs declare with `addDependency`: pairs of who comes after whom. */
export function dependenciesIn(nodes: readonly IConstruct[]): (readonly [of: IConstruct, to: IConstruct])[] {
  return nodes.flatMap((node) => node.node.dependencies.map((to) => [node, to] as const));
}

/** The objects that an object comes after: those in everything that it depends on, or that a construct around it depends on. */
export function neededBy(object: ApiObject): ApiObject[] {
  const found = new Set<ApiObject>();
  const seen = new Set<IConstruct>();
  const follow = (construct: IConstruct): void => {
    for (const target of construct.node.scopes.flatMap((scope) => scope.node.dependencies)) {
      if (seen.has(target)) continue;
      seen.add(target);
      const inside = target.node.findAll().filter((node): node is ApiObject => ApiObject.isApiObject(node));
      for (const other of inside) found.add(other);
      // What holds no object hands on what it depends on itself.
      if (inside.length === 0) follow(target);
    }
  };
  follow(object);
  found.delete(object);
  return [...found];
}

/** Refuses objects that come after each other. */
export function refuseCircles(needs: ReadonlyMap<ApiObject, readonly ApiObject[]>): void {
  const done = new Set<ApiObject>();
  const visit = (object: ApiObject, path: readonly ApiObject[]): void => {
    if (path.includes(object)) {
      const circle = [...path.slice(path.indexOf(object)), object].map((one) => one.node.path);
      throw new StrataError(circle[0]!, `depends on itself in a circle: ${circle.join(' → ')}`, [
        'remove one of these dependencies (addDependency)',
        'let the constructs around them depend on each other in one direction only',
      ]);
    }
    if (done.has(object)) return;
    for (const other of needs.get(object) ?? []) visit(other, [...path, object]);
    done.add(object);
  };
  for (const object of needs.keys()) visit(object, []);
}
