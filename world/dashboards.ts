import type { Json, Path, Resource } from '../manifests/resource';
import { record, string, strings } from '../manifests/resource';
import type { World } from './world';

/** A dashboard in a file, or what should be one. */
export interface DashboardText {
  readonly resource: Resource;
  readonly path: Path;
  readonly file: string;
  /** Undefined where it is no JSON. */
  readonly content: Json | undefined;
  readonly problem?: string;
}

/** Grafana's dashboards in ConfigMaps, and in the objects of its operator. */
export function* dashboardsIn(world: World): Iterable<DashboardText> {
  for (const resource of world.of('ConfigMap'))
    for (const [file, text] of Object.entries(strings(resource.at(['data']))))
      if (file.endsWith('.json') && /"panels"\s*:/.test(text) && /"(?:schemaVersion|targets)"\s*:/.test(text))
        yield { resource, path: ['data', file], file, ...parsed(text) };
  for (const resource of world.of('GrafanaDashboard')) {
    const text = resource.group === 'grafana.integreatly.org' ? string(resource.at(['spec', 'json'])) : undefined;
    if (text !== undefined) yield { resource, path: ['spec', 'json'], file: resource.name, ...parsed(text) };
  }
}

function parsed(text: string): Pick<DashboardText, 'content' | 'problem'> {
  try {
    return { content: record(JSON.parse(text)) };
  } catch (error) {
    return { content: undefined, problem: (error as Error).message };
  }
}
