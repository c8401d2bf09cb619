import type { Json, Resource } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import { applicationPolicyOf } from '../../../world/application-policy';
import { generatedApplications, RESOURCES_FINALIZER } from '../../../world/application-sets';
import type { Application } from '../../../world/argo';
import { applicationOf } from '../../../world/argo';
import type { World } from '../../../world/world';
import type { FieldChange } from '../../field-change';
import { stepsText } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { automationOf, deletedBy } from '../delivery';
import { inApplications } from '../generated';
import { changesOf, goneOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const application = (finalizers: string, labels = 'a: b') => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd, finalizers: [${finalizers}], labels: { ${labels} } }
spec: { project: default, source: { repoURL: 'https://git.example.com/shop', path: prod }, destination: { namespace: shop } }
`;

export default riskRule({
  id: 'delivery-removed',
  class: 'data-loss',
  description:
    'an Application, a Kustomization, a HelmRelease or a HelmChart that deletes what it delivers when it goes, or when it delivers something else',
  reason:
    'Its controller deletes every object that it applied, claims and namespaces among them, before the object itself goes.',
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/',
  advice:
    'take the finalizer off, or set prune: false or deletionPolicy: Orphan, and apply that first, unless all of it is to go',
  example: {
    before: application(RESOURCES_FINALIZER),
    after: '',
    finds: ['Application/argocd/shop'],
    harmless: application(RESOURCES_FINALIZER, 'a: c'),
  },
  *find(diff) {
    yield* ofGone(diff, 'ApplicationSet', 'Kustomization', 'HelmRelease', 'HelmChart');
    yield* inApplications(diff, ofApplications);
    yield* ofKustomizations(diff);
    for (const change of changesOf(diff, 'Kustomization', 'ApplicationSet')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      if (after.kind === 'ApplicationSet' && !applicationPolicyOf(diff.after, after).updates) continue;
      if (deletedBy(before) !== undefined || deletedBy(after) === undefined) continue;
      const paths = [
        ['spec', 'prune'],
        ['spec', 'deletionPolicy'],
        ['spec', 'syncPolicy', 'preserveResourcesOnDeletion'],
        ['spec', 'template', 'metadata', 'finalizers'],
        ['spec', 'templatePatch'],
      ];
      yield {
        change,
        field: paths.map((path) => fieldAt(change, path)).find(Boolean),
        class: 'in-place',
        message: 'what leaves its source, or what it delivers when it goes itself, is deleted from now on',
      };
    }
  },
});

/** What becomes of all that an object delivered when it goes itself. */
function* ofGone(diff: WorldChange, ...kinds: readonly string[]): Iterable<FoundRisk> {
  for (const { change, before } of goneOf(diff, ...kinds)) {
    // Applications that are not deleted deliver what they did.
    if (before.kind === 'ApplicationSet' && !applicationPolicyOf(diff.before, before).deletes) continue;
    const what = deletedBy(before);
    if (what !== undefined)
      yield { change, message: `${what}: everything that it delivered is deleted, with what is stored in it` };
    else if (delivers(before) && !isDeliveredByAnother(diff.after, before))
      yield {
        change,
        class: 'disruption',
        message: 'what it delivered stays, and nothing keeps it as it is written',
        advice: 'delete by hand what is not to stay, or let another object deliver it',
      };
  }
}

/** The same of Flux: another folder or repository, or another namespace for all of it. */
function* ofKustomizations(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'Kustomization')) {
    const { does, before, after } = change;
    if (does !== 'changed' || before?.group !== 'kustomize.toolkit.fluxcd.io' || !after) continue;
    for (const name of ['path', 'sourceRef', 'targetNamespace']) {
      const field = fieldAt(change, ['spec', name]);
      if (field) yield movedAway(change, field, after.at(['spec', 'prune']) === true, 'flux diff kustomization');
    }
  }
}

function movedAway(change: ObjectChange, field: FieldChange, prunes: boolean, how: string): FoundRisk {
  return {
    change,
    field,
    class: prunes ? 'data-loss' : 'disruption',
    message: prunes
      ? 'what it delivered from there and does not deliver any more is deleted, with what is stored in it'
      : 'it delivers something else, or somewhere else: what it delivered stays, and nothing keeps it as it is written',
    advice: `look at what it would delete first: ${how}`,
  };
}

function* ofApplications(diff: WorldChange): Iterable<FoundRisk> {
  yield* ofGone(diff, 'Application');
  for (const change of changesOf(diff, 'Application')) {
    const { does, before, after } = change;
    const [was, is] = [before, after].map((each) => each && applicationOf(each));
    if (does !== 'changed' || !was || !is || !after) continue;
    yield* ofMove(change, was, is, automationOf(after)?.['prune'] === true);
  }
}

/** What Argo CD deletes by itself once it prunes: also all of what another source or namespace does not have. */
function* ofMove(change: ObjectChange, was: Application, is: Application, prunes: boolean): Iterable<FoundRisk> {
  const fieldOf = (...steps: readonly string[]) => fieldAt(change, ['spec', ...steps]);
  const [from, to] = [was, is].map(destinationOf) as [Destination, Destination];
  const field = fieldOf('destination', 'server') ?? fieldOf('destination', 'name') ?? fieldOf('destination');
  // What it compares with is what stands in the cluster where it delivers now (controller/state.go).
  if (from.cluster !== to.cluster && field) {
    const isKnown = from.isNamed === to.isNamed;
    const more = isKnown ? { message: LEFT_THERE } : { class: 'unknown' as const, message: MAY_BE_LEFT };
    yield { ...movedAway(change, field, false, 'argocd app diff'), ...more };
    return;
  }
  if (from.namespace !== to.namespace && field)
    yield movedAway(change, fieldOf('destination', 'namespace') ?? field, prunes, 'argocd app diff');
  const left = new Set([...is.sources.map(({ json }) => sourceKey(json)), undefined]);
  if (was.sources.every(({ json }) => left.has(sourceKey(json)))) return;
  const own = SOURCE_FIELDS.flatMap((name) =>
    change.fields.filter(({ path }) => stepsText(path) === `spec.source.${name}`),
  );
  const all = own.length > 0 ? own : [fieldOf('sources') ?? fieldOf('source')];
  for (const each of all) if (each) yield movedAway(change, each, prunes, 'argocd app diff');
}

/** What of a source says what is delivered, whatever its revision and its values. */
const SOURCE_FIELDS = ['path', 'repoURL', 'chart'];

const LEFT_THERE =
  'it delivers to another cluster: what it delivered to the one before stays there, and nothing keeps it as it is written';

const MAY_BE_LEFT =
  'whether it delivers to another cluster is not known here: where it does, what it delivered before stays there, and nothing keeps it as it is written';

interface Destination {
  readonly cluster: string;
  /** Whether it is called by its name, and not by its address. */
  readonly isNamed: boolean;
  readonly namespace: string;
}

/** The cluster that Argo CD runs in has a name and an address that everybody knows. */
function destinationOf({ spec }: Application): Destination {
  const { server, name, namespace } = record(spec['destination']) ?? {};
  const own = string(server) || (name === 'in-cluster' ? IN_CLUSTER : '');
  return { cluster: own || (string(name) ?? ''), isNamed: own === '', namespace: string(namespace) ?? '' };
}

const IN_CLUSTER = 'https://kubernetes.default.svc';

/** What is delivered from a source, whatever its revision; undefined of one that only lends its files to others. */
function sourceKey(source: Json): string | undefined {
  const [path, repository, chart] = SOURCE_FIELDS.map((name) => string(source[name]) ?? '');
  if (source['ref'] !== undefined && !path && !chart) return undefined;
  return JSON.stringify([repository, path === '.' ? '' : path!.replace(/^\.?\/|\/$/g, ''), chart]);
}

/** Whether another object is there that delivers the same to the same place. */
function isDeliveredByAnother(world: World, gone: Resource): boolean {
  const made = world.of('ApplicationSet').flatMap(generatedApplications);
  const all = [...world.of(gone.kind), ...(gone.kind === 'Application' ? made.map(({ resource }) => resource) : [])];
  const key = contentKey(gone);
  return key !== undefined && all.some((each) => contentKey(each) === key);
}

/** What an object delivers and where to, as far as it is delivered by one object alone. */
function contentKey(resource: Resource): string | undefined {
  const application = applicationOf(resource);
  if (resource.kind === 'Application' && application)
    return JSON.stringify([destinationOf(application), application.sources.map(({ json }) => sourceKey(json))]);
  if (resource.kind !== 'Kustomization') return undefined;
  const path = string(resource.at(['spec', 'path'])) ?? '';
  return JSON.stringify([resource.at(['spec', 'sourceRef']), path, resource.at(['spec', 'targetNamespace'])]);
}

/** Whether an object delivers others at all. */
function delivers({ group, kind }: Resource): boolean {
  return group === 'argoproj.io' || (group === 'kustomize.toolkit.fluxcd.io' && kind === 'Kustomization');
}
