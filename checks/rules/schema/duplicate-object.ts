import { isDeepStrictEqual } from 'node:util';
import { positionOf } from '../../../manifests/reading/yaml/position';
import type { Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { check } from '../../check';

export default check({
  id: 'duplicate-object',
  group: 'schema',
  description: 'no two different objects have the same kind, namespace and name',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  fix: 'rename one of the two, or remove it; verify the manifests of different clusters in separate runs',
  example: {
    broken: `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { LOG_LEVEL: info }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { CACHE_SIZE: '64' }
`,
    fails: ['ConfigMap/shop/settings metadata.name'],
    fixed: `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { LOG_LEVEL: info }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: cache-settings, namespace: shop }
data: { CACHE_SIZE: '64' }
`,
  },
  *judge(world) {
    const first = new Map<string, Resource>();
    for (const resource of world.resources) {
      // The API server generates a unique name for each object with generateName.
      if (string(resource.at(['metadata', 'name'])) === undefined) continue;
      const key = `${resource.group} ${world.idOf(resource)}`;
      const other = first.get(key);
      if (!other) first.set(key, resource);
      else if (!isDeepStrictEqual(other.object, resource.object)) {
        const { line } = positionOf(other, ['metadata', 'name']);
        yield {
          resource,
          path: ['metadata', 'name'],
          value: resource.name,
          message: `${world.idOf(other)} is also defined in ${other.source.file}, line ${line}, with different content: the one that is applied last replaces the other, and Helm and kustomize reject both`,
        };
      }
    }
  },
});
