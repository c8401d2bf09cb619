import { objectChanges } from '../../diff/objects';
import { risksOf } from '../../diff/risk/classify';
import projectWidened from '../../diff/risk/rules/project-widened';
import { worldOf } from '../checks/judging';
import { allOf } from './risks';

const project = (spec: string) =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: { name: shop, namespace: argocd }, spec: { sourceRepos: ['*'], ${spec} } }`;
const to = (...namespaces: string[]) =>
  `destinations: [${namespaces.map((name) => `{ name: c, namespace: ${name} }`).join(', ')}]`;
const kinds = (...names: string[]) =>
  `namespaceResourceWhitelist: [${names.map((kind) => `{ group: '', kind: ${kind} }`).join(', ')}], ${to('shop', 'other')}`;
const application = (path: string, metadata = '') =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: ${path.replace('/', '-')}, namespace: argocd${metadata} }, spec: { project: shop, source: { repoURL: r, path: tree/${path} }, destination: { name: c, namespace: shop } } }`;
const object = (kind: string, name: string, namespace = 'shop') =>
  `{ apiVersion: v1, kind: ${kind}, metadata: { name: ${name}, namespace: ${namespace} } }`;
const [CONFIG, SECRET] = [object('ConfigMap', 'a'), object('Secret', 'b')];

interface Side {
  readonly project: string;
  readonly applications?: string;
  /** By folder. */
  readonly contents: Readonly<Record<string, string>>;
}

function told(before: Side, after: Side): string[] {
  const all = ({ project: own, applications = application('c/prod') }: Side) => worldOf(allOf(own, applications));
  const [was, is] = [all(before), all(after)];
  const delivered = (path: string, side: 'before' | 'after') => {
    const text = (side === 'before' ? before : after).contents[path.replace('tree/', '')];
    return text === undefined ? undefined : worldOf(text);
  };
  const risks = risksOf({ before: was, after: is, changes: objectChanges(was, is), delivered }, [projectWidened]);
  return risks.map(({ class: risk, field, message }) => `${risk} ${String(field?.path[1])}: ${message}`);
}
const within = (text: string) => ({ 'c/prod': text });
const LEFT =
  'in the same change: Argo CD deletes what it still allows, and leaves in the cluster, without a word, what it allows no more when it prunes';

describe('a project that allows less', () => {
  const [wide, narrow] = [project(kinds('ConfigMap', 'Secret')), project(kinds('ConfigMap'))];
  test('together with the last object of a kind, which may stay in the cluster', () => {
    expect(
      told({ project: wide, contents: within(allOf(CONFIG, SECRET)) }, { project: narrow, contents: within(CONFIG) }),
    ).toEqual([`unknown namespaceResourceWhitelist: Secret/b of Application c-prod goes ${LEFT}`]);
  });
  test('with the last object of a namespace', () => {
    const of = (...namespaces: string[]) => project(to(...namespaces));
    const before = { project: of('shop', 'other'), contents: within(allOf(CONFIG, object('Secret', 'b', 'other'))) };
    expect(told(before, { project: of('shop'), contents: within(CONFIG) })).toEqual([
      `unknown destinations: Secret/b of Application c-prod goes ${LEFT}`,
    ]);
  });
  test('with the last object of a namespace that goes itself, as far as the project lets it', () => {
    const of = (destinations: string, more = '') => project(`${more}${destinations}`);
    const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: other } }';
    const before = {
      project: of(to('shop', 'other'), "clusterResourceWhitelist: [{ group: '', kind: Namespace }], "),
      contents: within(allOf(CONFIG, namespace, object('Secret', 'b', 'other'))),
    };
    const narrowed = (more: string) => ({ project: of(to('shop'), more), contents: within(CONFIG) });
    expect(told(before, narrowed("clusterResourceWhitelist: [{ group: '', kind: Namespace }], "))).toEqual([]);
    expect(told(before, narrowed(''))).toContainEqual(
      expect.stringMatching(/^unknown destinations: Namespace\/other of .*, Secret\/b of /),
    );
  });
  test('by a kind that is refused from now on', () => {
    const refusing = project(`namespaceResourceBlacklist: [{ group: '', kind: Secret }], ${to('shop')}`);
    const open = project(to('shop'));
    expect(told({ project: open, contents: within(SECRET) }, { project: refusing, contents: within(CONFIG) })).toEqual([
      expect.stringMatching(/^unknown namespaceResourceBlacklist: Secret\/b of /),
    ]);
  });
  test('by what is still delivered: the sync fails', () => {
    const contents = within(allOf(CONFIG, SECRET));
    expect(told({ project: wide, contents }, { project: narrow, contents })).toEqual([
      'disruption namespaceResourceWhitelist: the sync fails of what it allows no more and is still delivered: Secret/b of Application c-prod',
    ]);
  });
  test('by what nobody delivers: nothing happens', () => {
    const contents = within(CONFIG);
    expect(told({ project: wide, contents }, { project: narrow, contents })).toEqual([]);
    // What the project never allowed was never there.
    expect(told({ project: wide, contents: within(object('Pod', 'p')) }, { project: narrow, contents })).toEqual([]);
  });
  test('with an Application that goes, and deletes or leaves what it delivered', () => {
    const contents = { 'c/prod': CONFIG, 'c/dev': SECRET };
    const both = (metadata: string) => allOf(application('c/prod'), application('c/dev', metadata));
    const after = { project: narrow, contents: { 'c/prod': CONFIG } };
    const finalizers = ', finalizers: [resources-finalizer.argocd.argoproj.io]';
    expect(told({ project: wide, applications: both(''), contents }, after)).toEqual([]);
    expect(told({ project: wide, applications: both(finalizers), contents }, after)).toEqual([
      expect.stringMatching(/^unknown namespaceResourceWhitelist: Secret\/b of Application c-dev goes/),
    ]);
  });
  test.each([
    ['some of it is not known', {}],
    ['of one of two it is not known', { 'c/prod': CONFIG }],
  ])('is told as it stands where %s', (_, contents) => {
    const applications = allOf(application('c/prod'), application('c/dev'));
    expect(told({ project: wide, applications, contents }, { project: narrow, applications, contents })).toEqual([
      'disruption namespaceResourceWhitelist: Applications that use what it allows no more are not synced: namespaceResourceWhitelist',
    ]);
  });
});
