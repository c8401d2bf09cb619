import { isDeepStrictEqual } from 'node:util';
import { positionOf } from '../../../manifests/reading/yaml/position';
import type { Resource } from '../../../manifests/resource';
import { text } from '../../../manifests/resource';
import { check } from '../../check';

export default check({
  id: 'duplicate-object',
  group: 'schema',
  description: 'no two objects that differ have the same kind, namespace and name',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  fix: 'give one of the two another name, or remove it; judge what goes to different clusters in calls of their own',
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
      // An object without a name gets one from the server, a different one each time.
      if (text(resource.at(['metadata', 'name'])) === undefined) continue;
      const key = `${resource.group} ${world.idOf(resource)}`;
      const other = first.get(key);
      if (!other) first.set(key, resource);
      else if (!isDeepStrictEqual(other.object, resource.object)) {
        const { line } = positionOf(other, ['metadata', 'name']);
        yield {
          resource,
          path: ['metadata', 'name'],
          value: resource.name,
          message: `${world.idOf(other)} stands already in ${other.source.file}, line ${line}, and says something else: whichever is applied last replaces the other, and Helm and kustomize refuse both`,
        };
      }
    }
  },
});
