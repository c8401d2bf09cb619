import { duplicateKeys } from '../../../manifests/reading/read';
import { positionsOf } from '../../../manifests/reading/yaml/position';
import { pathText } from '../../../manifests/resource';
import { check } from '../../check';

export default check({
  id: 'duplicate-yaml-key',
  group: 'schema',
  description: 'no key stands twice in one mapping',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/',
  fix: 'merge the two into one, or remove the one that is not meant',
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
          message: `${name} stands here for the ${lines.length === 1 ? 'second' : 'last'} time and replaces what line ${lines.join(', ')} says; kustomize and Flux refuse the whole file`,
        };
      }
    }
  },
});
