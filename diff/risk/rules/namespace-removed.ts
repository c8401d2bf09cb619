import { addTo } from '../../../model/multimap';
import type { Claim } from '../../../world/storage';
import { claimsOf } from '../../../world/storage';
import type { World } from '../../../world/world';
import { goneOf } from '../kinds';
import { soMany } from '../plural';
import { riskRule } from '../risk';
import { fateOfVolume, ordinalsOf } from '../volumes';

const namespace = (labels: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${labels} } }
`;

export default riskRule({
  id: 'namespace-removed',
  class: 'data-loss',
  description: 'a Namespace that is removed or renamed',
  reason:
    'The namespace controller deletes everything in it: also Secrets, claims and objects of other kinds that no manifest holds.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  advice:
    'look what is in it (kubectl api-resources --namespaced -o name), and keep the Namespace while anything is needed',
  example: { before: namespace('team: a'), after: '', finds: ['Namespace/shop'], harmless: namespace('team: b') },
  *find(diff) {
    const gone = goneOf(diff, 'Namespace');
    if (gone.length === 0) return;
    const [held, left] = [contentsOf(diff.before), contentsOf(diff.after)];
    for (const { change, before } of gone) {
      const all = held.get(before.name) ?? [];
      const claims = claimsIn(diff.before, before.name);
      const stays = (left.get(before.name) ?? []).length;
      const known =
        all.length === 0
          ? 'also what no manifest holds'
          : `${soMany(all.length, 'object')} of these manifests, and what no manifest holds`;
      const volumes = claims.length > 0 ? `; ${fatesText(diff.before, claims)}` : '';
      const still =
        stays > 0
          ? `; ${soMany(stays, 'object that stays in the manifests stands', 'objects that stay in the manifests stand')} in it`
          : '';
      yield { change, message: `everything in ${before.name} is deleted: ${known}${volumes}${still}` };
    }
  },
});

/** The claims of a namespace: its own, and those that StatefulSets make for each of their pods. */
function claimsIn(world: World, namespace: string): readonly Claim[] {
  return claimsOf(world)
    .filter((claim) => claim.namespace === namespace)
    .flatMap((claim) => {
      if (claim.resource.kind === 'PersistentVolumeClaim') return [claim];
      if (claim.resource.kind !== 'StatefulSet') return [];
      const { from, to } = ordinalsOf(claim.resource);
      return Array.from({ length: to - from }, () => claim);
    });
}

/** `2 claims go with it: the volume goes with it (…), and all data in it`; where their ends differ, the worst one. */
function fatesText(world: World, claims: readonly Claim[]): string {
  const fates = claims.map((claim) => fateOfVolume(world, claim));
  const worst = fates.find((fate) => fate.class === 'data-loss') ?? fates[0]!;
  const alike = fates.filter(({ text }) => text === worst.text).length;
  const of = alike === fates.length ? '' : ` of ${alike} of them`;
  return `${soMany(claims.length, 'claim goes', 'claims go')} with it:${of} ${worst.text}`;
}

/** The kinds of what stands in each namespace. */
function contentsOf(world: World): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>();
  for (const resource of world.resources) {
    const namespace = world.namespaceOf(resource);
    if (namespace !== '') addTo(kinds, namespace, resource.kind);
  }
  return kinds;
}
