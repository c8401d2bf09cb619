import type { Resource } from '../../../manifests/resource';
import { mappings, string } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import { changesOf, goneOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const definition = (labels: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: backups.example.com, labels: { ${labels} } }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Backup, plural: backups }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;

export default riskRule({
  id: 'crd-removed',
  class: 'data-loss',
  description: 'a CustomResourceDefinition, or a version of it, that is removed',
  reason:
    'With the definition the API server deletes every object of its kind, in all namespaces. A version that objects are stored in cannot be removed, and clients of a version that is not served get 404.',
  source:
    'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#delete-a-customresourcedefinition',
  advice:
    'keep the definition until no object of the kind is needed; move stored objects to a new version before the old one goes',
  example: {
    before: definition('team: a'),
    after: '',
    finds: ['CustomResourceDefinition/backups.example.com'],
    harmless: definition('team: b'),
  },
  *find(diff) {
    for (const { change, before } of goneOf(diff, 'CustomResourceDefinition')) {
      const kind = kindOf(before);
      const count = objectsOf(diff.before, before).length;
      const known = count > 0 ? `: ${count} in these manifests, and those that are in none` : '';
      yield { change, message: `every ${kind} of the cluster is deleted${known}` };
    }
    for (const change of changesOf(diff, 'CustomResourceDefinition')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      const now = new Map(mappings(after.at(['spec', 'versions'])).map((version) => [version['name'], version]));
      for (const old of mappings(before.at(['spec', 'versions']))) {
        const name = string(old['name']) ?? '';
        const version = now.get(name);
        const path = ['spec', 'versions', { name }];
        if (!version && old['storage'] === true)
          yield {
            change,
            field: fieldAt(change, path),
            class: 'immutable',
            message: `the API server refuses it while ${name} is in status.storedVersions: objects of ${kindOf(before)} are stored in that version`,
          };
        else if (old['served'] !== false && (!version || version['served'] === false))
          yield {
            change,
            field: fieldAt(change, [...path, 'served']) ?? fieldAt(change, path),
            class: 'disruption',
            message: `${name} of ${kindOf(before)} is served no more: manifests and controllers that use it get 404`,
          };
      }
    }
  },
});

function kindOf(definition: Resource): string {
  return string(definition.at(['spec', 'names', 'kind'])) ?? definition.name;
}

function objectsOf(world: World, definition: Resource): readonly Resource[] {
  const group = definition.at(['spec', 'group']);
  return world.of(kindOf(definition)).filter((resource) => resource.group === group);
}
