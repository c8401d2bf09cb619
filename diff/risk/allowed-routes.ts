import type { Resource } from '../../manifests/resource';
import { mappings, record, string } from '../../manifests/resource';

/** A listener that takes routes of more namespaces than before, or of fewer. */
export interface AllowedRouteChange {
  readonly name: string;
  /** From 0, of none, to 3, of all. */
  readonly was: number;
  readonly is: number;
}

/** A selector may choose any number of them. */
const FROM = ['None', 'Same', 'Selector', 'All'];

/** The listeners that stay and take routes from other namespaces than before, by the width of what they allow. */
export function allowedRouteChanges(before: Resource, after: Resource): AllowedRouteChange[] {
  const old = widths(before);
  return [...widths(after)].flatMap(([name, is]) => {
    const was = old.get(name);
    return was === undefined || was === is ? [] : [{ name, was, is }];
  });
}

function widths(gateway: Resource): ReadonlyMap<string, number> {
  return new Map(
    mappings(gateway.at(['spec', 'listeners'])).map((listener) => {
      const from = string(record(record(listener['allowedRoutes'])?.['namespaces'])?.['from']) ?? 'Same';
      return [String(listener['name']), FROM.indexOf(from)];
    }),
  );
}
