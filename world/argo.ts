import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import type { World } from './world';

/** What Argo CD is told to apply: an Application, or the template by which an ApplicationSet makes some. */
export interface Application {
  readonly resource: Resource;
  readonly spec: Json;
  /** Where the spec stands. */
  readonly path: Path;
  /** Where it gets manifests from. */
  readonly sources: readonly { readonly json: Json; readonly path: Path }[];
}

/** Every Application that is judged or declared. */
export const applicationsOf = memo((world: World): readonly Application[] =>
  [...world.resources, ...world.external].flatMap((resource) => applicationOf(resource) ?? []),
);

/** What an object tells Argo CD to apply; undefined for every other kind. */
export function applicationOf(resource: Resource): Application | undefined {
  if (resource.group !== 'argoproj.io' || (resource.kind !== 'Application' && resource.kind !== 'ApplicationSet'))
    return undefined;
  const path: Path = resource.kind === 'Application' ? ['spec'] : ['spec', 'template', 'spec'];
  const spec = record(resource.at(path));
  if (!spec) return undefined;
  const several = list(spec['sources']);
  const sources = (
    several.length > 0
      ? several.map((json, i) => ({ json, path: [...path, 'sources', i] }))
      : [{ json: spec['source'], path: [...path, 'source'] }]
  ).flatMap(({ json, path }) => {
    const source = record(json);
    return source ? [{ json: source, path }] : [];
  });
  return { resource, spec, path, sources };
}

/** A text of an ApplicationSet may be filled in later. */
export function isTemplated(value: string): boolean {
  return value.includes('{{');
}

/** The AppProjects by name: they stand beside Argo CD, wherever the Application does. */
export const projectsOf = memo(
  (world: World): ReadonlyMap<string, Resource> =>
    new Map(
      [...world.external, ...world.resources]
        .filter(({ kind, group }) => kind === 'AppProject' && group === 'argoproj.io')
        .map((project) => [project.name, project]),
    ),
);

/** Whether some Application leaves the number of pods of this object to others. */
export function ignoresReplicas(world: World, { group, kind, name }: Resource, namespace: string): boolean {
  return applicationsOf(world).some(({ spec }) =>
    list(spec['ignoreDifferences'])
      .map(record)
      .some((entry) => {
        if (!entry) return false;
        const meant = (field: string, own: string) => [undefined, '', '*', own].includes(string(entry[field]));
        if (!meant('group', group) || !meant('kind', kind) || !meant('name', name) || !meant('namespace', namespace))
          return false;
        return (
          list(entry['jsonPointers']).includes('/spec/replicas') ||
          list(entry['jqPathExpressions']).some((path) => /^\.spec\.replicas\b/.test(String(path))) ||
          list(entry['managedFieldsManagers']).includes('kube-controller-manager')
        );
      }),
  );
}

/** When Argo CD applies an object, compared with others: first by phase, then by wave. */
export interface Stage {
  readonly phase: number;
  readonly wave: number;
}

const PHASES: Readonly<Record<string, number>> = { PreSync: -1, Sync: 0, PostSync: 1 };
const HELM_PHASES: Readonly<Record<string, number>> = { 'pre-install': -1, 'post-install': 1, 'post-upgrade': 1 };

/** Undefined: it is no part of an ordinary sync, or not of the first one. */
export function stageOf({ annotations }: Resource): Stage | undefined {
  const hooks = annotations['argocd.argoproj.io/hook'];
  const helm = annotations['helm.sh/hook'];
  const wave = integer(annotations['argocd.argoproj.io/sync-wave']) ?? integer(annotations['helm.sh/hook-weight']) ?? 0;
  if (hooks === undefined && helm === undefined) return { phase: 0, wave };
  const [names, phases] = hooks === undefined ? [helm!, HELM_PHASES] : [hooks, PHASES];
  const own = names.split(',').flatMap((name) => phases[name.trim()] ?? []);
  return own.length === 0 ? undefined : { phase: Math.min(...own), wave };
}

export function isBefore(a: Stage, b: Stage): boolean {
  return a.phase < b.phase || (a.phase === b.phase && a.wave < b.wave);
}

/** `wave 1`, `PreSync`, `PreSync wave -5`. */
export function stageText({ phase, wave }: Stage): string {
  const name = phase < 0 ? 'PreSync' : phase > 0 ? 'PostSync' : '';
  return [name, name === '' || wave !== 0 ? `wave ${wave}` : ''].filter(Boolean).join(' ');
}

function integer(value: string | undefined): number | undefined {
  return value !== undefined && /^[+-]?\d+$/.test(value) ? Number(value) : undefined;
}

/** Whether a pattern of Argo CD matches; undefined for one with more than stars. With a separator, a single star does not cross it. */
export function matchesGlob(pattern: string, value: string, separator?: string): boolean | undefined {
  if (pattern === '*') return true;
  if (pattern.startsWith('!') || /[[\]{}\\]/.test(pattern)) return undefined;
  const one = separator === undefined ? '.' : `[^${separator}]`;
  const source = pattern
    .replace(/[.+^$()|]/g, '\\$&')
    .replace(/\*\*+|\*|\?/g, (star) => (star === '?' ? one : star === '*' ? `${one}*` : '.*'));
  return new RegExp(`^${source}$`, 's').test(value);
}
