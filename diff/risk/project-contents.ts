import type { Resource } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import { generatedApplications } from '../../world/application-sets';
import type { Application } from '../../world/argo';
import { applicationOf } from '../../world/argo';
import { contentsOf, pathIn } from '../../world/argo-contents';
import { hasGlobalProjects, permitsDestination, permitsKind } from '../../world/argo-projects';
import { isScopeKnown } from '../../world/scope';
import type { World } from '../../world/world';
import { deletedBy } from './delivery';
import type { WorldChange } from './risk';

/** What a project of Argo CD permits no more, of what its Applications deliver. */
export interface RefusedContents {
  /** What they still apply: their syncs fail. `Deployment/web of Application shop` */
  readonly applied: readonly string[];
  /** What goes in the same change. */
  readonly gone: readonly string[];
}

/** Undefined where not all that the Applications of the project deliver is known, or where there are none. */
export function refusedContents(diff: WorldChange, before: Resource, after: Resource): RefusedContents | undefined {
  // Its lists are added to those of other projects.
  if (hasGlobalProjects(diff.after)) return undefined;
  const [old, now] = [objectsOf(diff, 'before', before.name), objectsOf(diff, 'after', after.name)];
  if (!old || !now || old.length + now.length === 0) return undefined;
  const left = new Set(now.map(keyOf));
  const there = new Set(now.map(({ application }) => application.resource.name));
  const refused = (all: readonly Delivered[]) => all.filter((each) => permits(after, each) === false);
  const goes = old.filter(
    (each) =>
      !left.has(keyOf(each)) &&
      permits(before, each) === true &&
      // What an Application leaves when it goes itself stays whatever its project says.
      (there.has(each.application.resource.name) || deletedBy(each.application.resource) !== undefined),
  );
  // With a namespace that the project lets go, all that is in it goes.
  const emptied = new Set(goes.filter((each) => permits(after, each) === true).flatMap(namespaceMade));
  const stays = (each: Delivered) => !emptied.has(placeOf(each, each.world.namespaceOf(each.resource)));
  const names = (all: readonly Delivered[]) => [...new Set(all.map(nameOf))].sort();
  return { applied: names(refused(now)), gone: names(refused(goes).filter(stays)) };
}

interface Delivered {
  readonly application: Application;
  readonly world: World;
  readonly resource: Resource;
}

function namespaceMade(each: Delivered): string[] {
  const { group, kind, name } = each.resource;
  return group === '' && kind === 'Namespace' ? [placeOf(each, name)] : [];
}

function placeOf({ application }: Delivered, namespace: string): string {
  return `${application.resource.name}\n${namespace}`;
}

function keyOf({ application, world, resource }: Delivered): string {
  const { group, kind, name } = resource;
  return [application.resource.name, group, kind, world.namespaceOf(resource), name].join('\n');
}

function nameOf({ application, resource: { kind, name } }: Delivered): string {
  return `${kind}/${name} of Application ${application.resource.name}`;
}

/** Undefined where it is not known whether the kind stands in namespaces. */
function permits(project: Resource, { application: { spec }, world, resource }: Delivered): boolean | undefined {
  const { group, kind } = resource;
  if (!isScopeKnown(resource, world.of('CustomResourceDefinition')) && !resource.statedNamespace) return undefined;
  const namespace = world.namespaceOf(resource);
  if (!permitsKind(project, group, kind, namespace !== '')) return false;
  return namespace === '' || permitsDestination(project, record(spec['destination']), namespace);
}

/** All that the Applications of a project deliver on one side; undefined where a part of it is not known. */
function objectsOf(diff: WorldChange, side: 'before' | 'after', project: string): readonly Delivered[] | undefined {
  const world = diff[side];
  const made = world.of('ApplicationSet').flatMap(generatedApplications);
  const all = [...world.of('Application'), ...made.map(({ resource }) => resource)];
  const found: Delivered[] = [];
  for (const application of all.flatMap((each) => applicationOf(each) ?? [])) {
    if ((string(application.spec['project']) || 'default') !== project) continue;
    const objects = deliveredBy(diff, side, application);
    if (!objects) return undefined;
    found.push(...objects);
  }
  return found;
}

function deliveredBy(
  { delivered, ...worlds }: WorldChange,
  side: 'before' | 'after',
  application: Application,
): readonly Delivered[] | undefined {
  const beside = application.sources.map(({ json }) => delivered?.(pathIn(json['path']) ?? '', side));
  const isAll = beside.length > 0 && beside.every((world) => world !== undefined);
  if (isAll)
    return beside.flatMap((world) => world!.resources.map((resource) => ({ application, world: world!, resource })));
  const contents = contentsOf(worlds[side], application);
  if (contents.length < application.sources.length || contents.some(({ isChanged }) => isChanged)) return undefined;
  return contents.flatMap(({ resources }) =>
    resources.map((resource) => ({ application, world: worlds[side], resource })),
  );
}
