import { duplicateKeys } from '../../../manifests/reading/read';
import { positionsOf } from '../../../manifests/reading/yaml/position';
import { pathText } from '../../../manifests/resource';
import { check } from '../../check';

export default check({
  id: 'duplicate-yaml-key',
  group: 'schema',
  description: 'no key is duplicated in a mapping',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/',
  fix: 'merge the two, or remove one of them',
  example: {
    broken: `
apiVersion: v1
kind: Service
metadata:
  name: web
  labels: { app: web }
  labels: { tier: front }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
    fails: ['Service/default/web metadata.labels'],
    fixed: `
apiVersion: v1
kind: Service
metadata:
  name: web
  labels: { app: web, tier: front }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
  },
  *judge(world) {
    for (const resource of world.resources) {
      const paths = new Map(duplicateKeys(resource).map((path) => [pathText(path), path]));
      for (const [name, path] of paths) {
        const places = positionsOf(resource, path);
        const lines = places.slice(0, -1).map(({ line }) => line);
        yield {
          resource,
          path,
          value: resource.at(path),
          repair: { do: 'remove-duplicates' },
          message: `${name} is a duplicate key and overrides the value of line ${lines.join(', ')}; kustomize and Flux reject the whole file`,
        };
      }
    }
  },
});
