import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { automationOf } from '../delivery';
import { changesOf, goneOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const application = (finalizers: string, labels = 'a: b') => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd, finalizers: [${finalizers}], labels: { ${labels} } }
spec: { project: default, source: { repoURL: 'https://git.example.com/shop', path: prod }, destination: { namespace: shop } }
`;
const FINALIZER = 'resources-finalizer.argocd.argoproj.io';

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
    before: application(FINALIZER),
    after: '',
    finds: ['Application/argocd/shop'],
    harmless: application(FINALIZER, 'a: c'),
  },
  *find(diff) {
    for (const { change, before } of goneOf(diff, ...DELIVERING)) {
      const what = deletes(before);
      if (what !== undefined)
        yield { change, message: `${what}: everything that it delivered is deleted, with what is stored in it` };
    }
    yield* ofApplications(diff);
    yield* ofKustomizations(diff);
    yield* ofElements(diff);
    for (const change of changesOf(diff, 'Kustomization', 'ApplicationSet')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after || deletes(before) !== undefined || deletes(after) === undefined)
        continue;
      const paths = [
        ['spec', 'prune'],
        ['spec', 'deletionPolicy'],
        ['spec', 'syncPolicy', 'preserveResourcesOnDeletion'],
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

const DELIVERING = ['Application', 'ApplicationSet', 'Kustomization', 'HelmRelease', 'HelmChart'];

/** Elements of an ApplicationSet's lists that go, and with each of them its Application. */
function* ofElements(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'ApplicationSet')) {
    const { does, before, after } = change;
    if (does !== 'changed' || before?.group !== 'argoproj.io' || !after) continue;
    // What the controller neither updates nor deletes stays (docs/operator-manual/applicationset/Controlling-Resource-Modification.md).
    if (/^create-(only|update)$/.test(string(after.at(['spec', 'syncPolicy', 'applicationsSync'])) ?? '')) continue;
    const left = new Set(applicationsOf(after));
    const gone = applicationsOf(before).filter((name) => !left.has(name));
    if (gone.length === 0) continue;
    const deleted = deletes(after) !== undefined;
    yield {
      change,
      field: fieldAt(change, ['spec', 'generators']) ?? fieldAt(change, ['spec', 'template', 'metadata', 'name']),
      class: deleted ? 'data-loss' : 'disruption',
      message: deleted
        ? `${firstNames(gone)} of it ${gone.length > 1 ? 'go' : 'goes'}: Argo CD deletes what was delivered, with what is stored in it`
        : `${firstNames(gone)} of it ${gone.length > 1 ? 'go' : 'goes'}: what was delivered stays, and nothing keeps it as it is written`,
    };
  }
}

/** `Application shop-a`: those that lists name, also within a matrix or a merge; none where the name comes of more than an element says. */
function applicationsOf(set: Resource): string[] {
  const template = string(set.at(['spec', 'template', 'metadata', 'name'])) ?? '';
  return mappings(set.at(['spec', 'generators'])).flatMap((generator) =>
    elementsOf(generator).flatMap(({ values, isWhole }) => {
      const name = template.replace(/\{\{\s*\.?([\w-]+)\s*\}\}/g, (whole, key: string) =>
        ['string', 'number'].includes(typeof values[key]) ? String(values[key]) : whole,
      );
      if (!name.includes('{{')) return [`Application ${name}`];
      // One for each cluster, folder or pull request that another generator finds.
      return !isWhole && name !== template ? [`every Application ${name}`] : [];
    }),
  );
}

/** What a generator gives the template, as far as lists say it. */
interface Element {
  readonly values: Json;
  /** False: what is not known comes from another generator. */
  readonly isWhole: boolean;
}

/** argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Matrix and Generators-Merge */
function elementsOf(generator: Json): readonly Element[] {
  const listed = record(generator['list']);
  if (listed) return mappings(listed['elements']).map((values) => ({ values, isWhole: true }));
  const [matrix, merge] = [record(generator['matrix']), record(generator['merge'])];
  if (matrix)
    return mappings(matrix['generators'])
      .map(elementsOf)
      .reduce(
        (all, more) => all.flatMap((one) => more.map((other) => joined(one, other))),
        [{ values: {}, isWhole: true }],
      );
  if (!merge) return [{ values: {}, isWhole: false }];
  const keys = list(merge['mergeKeys']).map(String);
  const [first = [], ...others] = mappings(merge['generators']).map(elementsOf);
  // The first says which there are, the others what else holds for some of them.
  return first.map((one) =>
    others
      .flat()
      .filter(({ values }) => keys.every((key) => values[key] !== undefined && values[key] === one.values[key]))
      .reduce(joined, one),
  );
}

function joined(one: Element, other: Element): Element {
  return { values: { ...one.values, ...other.values }, isWhole: one.isWhole && other.isWhole };
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

/** What Argo CD deletes by itself once it prunes: also all of what another source or place does not have. */
function* ofApplications(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'Application')) {
    const { does, before, after } = change;
    if (does !== 'changed' || before?.group !== 'argoproj.io' || !after) continue;
    const prunes = automationOf(after)?.['prune'] === true;
    const moved = [
      ['spec', 'destination'],
      ['spec', 'source', 'path'],
      ['spec', 'source', 'repoURL'],
    ].flatMap((path) => fieldAt(change, path) ?? []);
    for (const field of moved) yield movedAway(change, field, prunes, 'argocd app diff');
  }
}

/** Who deletes what an object delivered when it goes; undefined where that stays. */
function deletes(resource: Resource): string | undefined {
  const finalizers = list(resource.at(['metadata', 'finalizers'])).map(String);
  switch (`${resource.group} ${resource.kind}`) {
    case 'argoproj.io Application':
      return finalizers.some((finalizer) => finalizer.startsWith(FINALIZER))
        ? `Argo CD has the finalizer ${FINALIZER}`
        : undefined;
    case 'argoproj.io ApplicationSet':
      return resource.at(['spec', 'syncPolicy', 'preserveResourcesOnDeletion']) === true
        ? undefined
        : 'its Applications go, and Argo CD deletes what they delivered';
    case 'kustomize.toolkit.fluxcd.io Kustomization': {
      const policy = resource.at(['spec', 'deletionPolicy']) ?? 'MirrorPrune';
      const isPruned = policy === 'MirrorPrune' ? resource.at(['spec', 'prune']) === true : policy !== 'Orphan';
      return isPruned ? 'Flux prunes it' : undefined;
    }
    case 'helm.toolkit.fluxcd.io HelmRelease':
      return 'Flux uninstalls the release';
    case 'helm.cattle.io HelmChart':
      return 'its controller uninstalls the release';
    default:
      return undefined;
  }
}
