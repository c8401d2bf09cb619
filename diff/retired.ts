import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import { applicationPolicyOf } from '../world/application-policy';
import { generatedApplications } from '../world/application-sets';
import { applicationOf } from '../world/argo';
import { pathIn } from '../world/argo-contents';
import type { World } from '../world/world';
import { deletedBy } from './risk/delivery';
import type { Risk } from './risk/risk';
import type { TargetChange } from './target-change';

/** What hands targets over: the objects of Argo CD, Flux and kubectl. */
export interface HandedOver {
  readonly before: World | undefined;
  readonly after: World | undefined;
}

/**
 * What becomes of a target that is there no more, where that is known: what delivers it may leave all of it in the cluster when it goes.
 * `path`: the folder of the target in the tree, `shared/prod`.
 */
export function asDelivered(change: TargetChange, path: string, handedOver: () => HandedOver): TargetChange {
  if (change.does !== 'removed') return change;
  const { before, after } = handedOver();
  if (!before) return change;
  const gone = deliverersOf(before, path);
  if (gone.length === 0 || (after && deliverersOf(after, path).length > 0)) return change;
  // One of them is in use, and which is not known: the worst counts.
  if (gone.some(({ resource, isHeld }) => !isHeld && deletedBy(resource) !== undefined)) return change;
  const [first] = change.changes.filter(({ kind }) => kind === 'Namespace').concat(change.changes);
  if (!first) return change;
  const reasons = [...new Set(gone.map(({ resource, isHeld }) => (isHeld ? HELD : REASONS[resource.kind]!)))];
  const risk: Risk = {
    class: 'disruption',
    rule: 'delivery-removed',
    change: first,
    message: `it stays, with all else of the target, and nothing keeps it as it is written: ${reasons.join(', ')}`,
    advice: 'delete by hand what is not to stay, or keep the target until nothing of it is needed',
  };
  return { ...change, risks: [risk] };
}

const REASONS: Readonly<Record<string, string>> = {
  Application: 'Argo CD deletes nothing with an Application that has not its finalizer',
  Kustomization: 'Flux is told to delete nothing with its Kustomization',
  ApplySet: 'kubectl prunes what leaves a target, and not a target that goes',
};

const HELD = 'Argo CD deletes no Application of its ApplicationSet';

interface Deliverer {
  readonly resource: Resource;
  /** Whether it stays when its own manifest goes. */
  readonly isHeld: boolean;
}

/** What delivers the folder of a target. */
function deliverersOf(world: World, path: string): readonly Deliverer[] {
  const made = world.of('ApplicationSet').flatMap((set) => {
    const isHeld = !applicationPolicyOf(world, set).deletes;
    return generatedApplications(set).map(({ resource }) => ({ resource, isHeld }));
  });
  const own = (resource: Resource) => ({ resource, isHeld: false });
  const applications = [...world.of('Application').map(own), ...made].filter(({ resource }) =>
    applicationOf(resource)?.sources.some(({ json }) => leadsTo(json['path'], path)),
  );
  const kustomizations = world
    .of('Kustomization')
    .filter((each) => each.group.startsWith('kustomize.') && leadsTo(each.at(['spec', 'path']), path));
  // It is called after the environment and the cluster.
  const name = `-${path.split('/').reverse().join('-')}`;
  const sets = world.of('ApplySet').filter((each) => each.name.endsWith(name));
  return [...applications, ...[...kustomizations, ...sets].map(own)];
}

/** Whether a path of a repository leads to a folder of the tree, wherever in it the tree is. */
export function leadsTo(value: unknown, path: string): boolean {
  const own = pathIn(string(value));
  return own === path || own?.endsWith(`/${path}`) === true;
}
