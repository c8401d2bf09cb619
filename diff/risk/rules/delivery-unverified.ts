import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const repository = (more: string, interval = '1m') => `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: fleet, namespace: flux-system }
spec: { url: 'https://git.example.com/fleet', interval: ${interval}, ref: { branch: main }${more} }
`;
const VERIFY = ', verify: { mode: HEAD, secretRef: { name: keys } }';

export default riskRule({
  id: 'delivery-unverified',
  class: 'privilege',
  description:
    'a source of Flux or a project of Argo CD that looks at fewer signatures of what it delivers, or at more',
  reason:
    'Without a signature whoever may write to the repository or the registry, or breaks into it, says what runs in the cluster. With one, nothing is delivered that nobody has signed.',
  source: 'https://fluxcd.io/flux/components/source/gitrepositories/#verification',
  advice: 'keep it: a key that is lost is replaced by another one in its Secret',
  example: {
    before: repository(VERIFY),
    after: repository(''),
    finds: ['GitRepository/flux-system/fleet spec.verify'],
    harmless: repository(VERIFY, '5m'),
  },
  *find({ changes }) {
    for (const change of changes) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      const place = placeOf(after);
      if (!place) continue;
      const [was, is] = [before, after].map((each) => askedBy(each, place));
      const field = fieldAt(change, place) ?? fieldAt(change, ['spec']);
      const [lost, gained] = [was!.filter((each) => !is!.includes(each)), is!.filter((each) => !was!.includes(each))];
      if (lost.length > 0)
        yield {
          change,
          field,
          message: `${lost.join(' and ')} ${lost.length === 1 ? 'is' : 'are'} not looked at any more: what stands there is delivered, whoever wrote it`,
        };
      if (gained.length > 0)
        yield {
          change,
          field,
          class: 'disruption',
          message: `${gained.join(' and ')} ${gained.length === 1 ? 'is' : 'are'} looked at from now on: where it is missing, or of a key that is not known, nothing is delivered any more`,
          advice: 'sign what is delivered first, and look that the key is in the cluster',
        };
    }
  },
});

/** Where an object says what has to be signed. */
function placeOf({ group, kind }: Resource): readonly string[] | undefined {
  if (group === 'source.toolkit.fluxcd.io' && ['GitRepository', 'OCIRepository', 'HelmChart'].includes(kind))
    return ['spec', 'verify'];
  if (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease') return ['spec', 'chart', 'spec', 'verify'];
  return group === 'argoproj.io' && kind === 'AppProject' ? ['spec', 'signatureKeys'] : undefined;
}

/** The signatures that are looked at, each as it is said. */
function askedBy(resource: Resource, place: readonly string[]): string[] {
  const value = resource.at(place);
  if (resource.kind === 'AppProject') return list(value).length > 0 ? ['the signature of commits'] : [];
  const verify = record(value);
  if (!verify) return [];
  if (resource.kind !== 'GitRepository')
    return ['the signature', ...(list(verify['matchOIDCIdentity']).length > 0 ? ['who signed it'] : [])];
  // `head` until v1 of the API, without a mode the same.
  const mode = (string(verify['mode']) ?? 'HEAD').toLowerCase();
  return [
    ...(mode.includes('head') ? ['the signature of the commit'] : []),
    ...(mode.includes('tag') ? ['the signature of the tag'] : []),
  ];
}
