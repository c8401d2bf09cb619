import type { Resource } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import { applicationOf } from '../../../world/argo';
import type { FieldChange } from '../../field-change';
import { stepsText } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { revisionsOf, sourceNameOf, valuesReadersOf } from '../delivery';
import type { GeneratedChange } from '../generated';
import { generatedChanges, inApplications } from '../generated';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const release = (version: string, more = '') => `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: db, namespace: shop }
spec:
  interval: ${more || '5m'}
  chart: { spec: { chart: postgresql, version: '${version}', sourceRef: { kind: HelmRepository, name: charts } } }
  values: { primary: { persistence: { enabled: true } } }
`;

export default riskRule({
  id: 'delivery-unseen',
  class: 'unknown',
  description:
    'a chart or a repository that is delivered in another version, with other values or with other patches, and that is not rendered here',
  reason:
    'The controller makes other objects of it. Some of them may be replaced, refused or deleted, claims with their data among them, and no manifest here shows which.',
  source: 'https://fluxcd.io/flux/components/helm/helmreleases/',
  advice: 'render it before and after, and compare that: helm template or kustomize build, then strata diff',
  example: {
    before: release('15.5.0'),
    after: release('16.0.0'),
    finds: ['HelmRelease/shop/db spec.chart.spec.version'],
    harmless: release('15.5.0', '10m'),
  },
  *find(diff) {
    yield* ofValues(diff);
    yield* inApplications(diff, ofContents);
    for (const generated of generatedChanges(diff)) yield* ofGenerators(generated);
  },
});

function* ofContents(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, ...KINDS)) {
    const { does, after } = change;
    if (!after || !isDelivering(after)) continue;
    if (does !== 'changed') {
      if (isOfChart(after)) yield { change, message: `what ${sourceNameOf(after)} makes is not rendered here` };
      continue;
    }
    const told = new Set<string>();
    for (const field of change.fields) {
      const message = isContent(after, field) ? messageOf(change, field, after) : undefined;
      // A branch in the place of a tag is one change, of two fields.
      if (message === undefined || (isOfRef(field) && told.has(message))) continue;
      told.add(message);
      yield { change, field, message };
    }
  }
}

/** What an ApplicationSet makes of what stands elsewhere, and of what is not worked out here. */
function* ofGenerators({ change, applications, mayDiffer, deletes }: GeneratedChange): Iterable<FoundRisk> {
  if (mayDiffer)
    yield {
      change,
      field: fieldAt(change, ['spec', 'generators']) ?? fieldAt(change, ['spec', 'template', 'metadata', 'name']),
      message: `which Applications it makes is not known here${deletes ? ': Argo CD deletes those that it makes no more' : ''}`,
      advice: 'compare what it makes before and after: argocd appset generate',
    };
  const patched = applications.filter(({ before, after }) => before.unreadPatch !== after.unreadPatch);
  if (patched.length > 0)
    yield {
      change,
      field: fieldAt(change, ['spec', 'templatePatch']) ?? fieldAt(change, ['spec', 'generators']),
      message: `what its templatePatch says now of ${firstNames(patched.map(({ after }) => `Application ${after.resource.name}`))} is not worked out here`,
      advice: 'compare what it makes before and after: argocd appset generate',
    };
}

/** ConfigMaps and Secrets that a release takes its values from. */
function* ofValues(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'ConfigMap', 'Secret')) {
    const { after } = change;
    if (change.does !== 'changed' || !after) continue;
    const readers = valuesReadersOf(diff.after, after, diff.after.namespaceOf(after));
    for (const field of readers.length === 0 ? [] : change.fields) {
      const [part, key] = field.path;
      if (!/data$/i.test(String(part))) continue;
      const own = readers.filter((reader) => key === undefined || reader.key === undefined || reader.key === key);
      const names = own.map(({ resource }) => `${resource.kind} ${resource.name}`);
      if (names.length > 0)
        yield { change, field, message: `what ${firstNames(names)} makes of these values is not rendered here` };
    }
  }
}

const KINDS = [
  ...['Application', 'HelmRelease', 'Kustomization', 'HelmChart', 'HelmChartConfig'],
  ...['GitRepository', 'OCIRepository', 'HelmRepository', 'Bucket'],
];

/** What decides of the objects that are made, as the beginning of a path, by group and kind. */
const CONTENT: Readonly<Record<string, RegExp>> = {
  // What path and repoURL do is said by delivery-removed.
  'argoproj.io Application': /^spec\.(source\.(?!path$|repoURL$)|sources)/,
  'helm.toolkit.fluxcd.io HelmRelease': /^spec\.(chart\b|chartRef|values|postRenderers|commonMetadata)/,
  'kustomize.toolkit.fluxcd.io Kustomization':
    /^spec\.(patches|images|components|postBuild|namePrefix|nameSuffix|commonMetadata)/,
  'source.toolkit.fluxcd.io GitRepository': /^spec\.(url|ref|include|ignore|sparseCheckout)/,
  'source.toolkit.fluxcd.io OCIRepository': /^spec\.(url|ref|ignore|layerSelector)/,
  'source.toolkit.fluxcd.io HelmRepository': /^spec\.url/,
  'source.toolkit.fluxcd.io Bucket': /^spec\.(bucketName|endpoint|prefix|ignore)/,
  'source.toolkit.fluxcd.io HelmChart': /^spec\.(chart|version|sourceRef|valuesFiles)/,
  'helm.cattle.io HelmChart': /^spec\./,
  'helm.cattle.io HelmChartConfig': /^spec\./,
};

function isDelivering({ group, kind }: Resource): boolean {
  return CONTENT[`${group} ${kind}`] !== undefined;
}

function isContent({ group, kind }: Resource, field: FieldChange): boolean {
  const text = stepsText(field.path);
  return CONTENT[`${group} ${kind}`]!.test(text) && (field.order !== true || IN_ORDER.test(text));
}

/** Lists of which a later entry wins over an earlier one, and values, of which the chart alone knows what their order does. */
const IN_ORDER =
  /\.(valueFiles|valuesFiles|valuesFrom|substituteFrom|patches|components|postRenderers|sources)$|\.(values|valuesObject)\b/;

function isOfChart(resource: Resource): boolean {
  const sources = applicationOf(resource)?.sources;
  return sources
    ? sources.some(({ json }) => json['chart'] !== undefined)
    : /^Helm(Release|Chart|ChartConfig)$/.test(resource.kind) && resource.group !== 'source.toolkit.fluxcd.io';
}

function messageOf({ before }: ObjectChange, field: FieldChange, after: Resource): string {
  const text = stepsText(field.path);
  const what = before === undefined ? '' : sourceNameOf(after);
  const [old, now] = [before, after].map((each) => each && revisionsOf(each)[0]);
  if (isOfRef(field) && old && now)
    return `what ${what} makes in version ${now.revision}, in place of ${old.revision}, is not rendered here`;
  if (/(targetRevision|version|ref(\.\w+)?)$/.test(text)) {
    const [was, is] = [field.before, field.after].map(revisionText);
    return `what ${what} makes in version ${is}, in place of ${was}, is not rendered here`;
  }
  const isOfValues = /\.(values\w*|helm|kustomize|parameters|postBuild|set|plugin|directory)\b/i.test(text);
  return `what ${what} makes ${isOfValues ? 'of these values' : 'now'} is not rendered here`;
}

/** Whether it is a part of what names one revision, such as a branch, a tag and a commit. */
function isOfRef({ path }: FieldChange): boolean {
  return path[0] === 'spec' && path[1] === 'ref';
}

function revisionText(value: unknown): string {
  const named = record(value);
  if (named) return Object.values(named).map(String).join(' ');
  return value === undefined ? 'the newest' : (string(value) ?? String(value));
}
