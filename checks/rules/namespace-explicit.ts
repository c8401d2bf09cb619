import { check } from '../check';
import { record } from '../resource';
import { customKind } from '../schema/kinds';
import { clusterScoped } from '../scope';

export default check({
  id: 'namespace-explicit',
  meaning: 'every object says the namespace that it belongs into',
  severity: 'advice',
  needs: [],
  fix: 'set metadata.namespace',
  example: {
    broken: `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { level: info }
`,
    mended: `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { level: info }
`,
  },
  *judge(world) {
    const definitions = world.of('CustomResourceDefinition');
    for (const resource of world.resources) {
      const { group, kind, statedNamespace } = resource;
      if (kind === '' || resource.apiVersion === '') continue;
      const scoped = clusterScoped(resource, definitions);
      if (scoped && statedNamespace !== '') {
        yield {
          resource,
          path: ['metadata', 'namespace'],
          value: statedNamespace,
          message: `a ${kind} stands in no namespace; kubectl drops what is written here, and other tools refuse the object`,
          fix: 'remove metadata.namespace',
        };
      }
      if (scoped || statedNamespace !== '' || record(resource.at(['metadata'])) === undefined) continue;
      // Of a kind that nobody knows it can not be told whether it stands in a namespace.
      if (group.includes('.') && !group.endsWith('.k8s.io') && !customKind(world, resource)) continue;
      yield { resource, path: ['metadata', 'namespace'], message: `the ${kind} goes wherever the command that applies it happens to point to, \`default\` as a rule` };
    }
  },
});
