import type { Resource } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import { customKind } from '../../../world/custom-kinds';
import { clusterScoped, isScopeKnown } from '../../../world/scope';
import { check } from '../../check';

export default check({
  id: 'namespace-explicit',
  group: 'schema',
  description: 'every namespaced object sets metadata.namespace',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  fix: 'set metadata.namespace',
  example: {
    broken: `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { level: info }
`,
    fails: ['ConfigMap/default/settings metadata.namespace'],
    fixed: `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { level: info }
`,
  },
  *judge(world) {
    const definitions = world.of('CustomResourceDefinition');
    const without: Resource[] = [];
    let stated = false;
    for (const resource of world.resources) {
      const { group, kind, statedNamespace } = resource;
      const scoped = clusterScoped(resource, definitions);
      if (scoped && statedNamespace !== '') {
        yield {
          resource,
          path: ['metadata', 'namespace'],
          value: statedNamespace,
          message: `a ${kind} is cluster-scoped; kubectl ignores the namespace, and other tools reject the object`,
          fix: 'remove metadata.namespace',
        };
      }
      stated ||= !scoped && statedNamespace !== '';
      if (
        scoped ||
        statedNamespace !== '' ||
        world.appliedTo(resource) !== undefined ||
        installedByHelm(resource) ||
        record(resource.at(['metadata'])) === undefined
      )
        continue;
      // Whether an unknown kind is namespaced is not known.
      if (!isScopeKnown(resource, definitions)) continue;
      if (group.includes('.') && !group.endsWith('.k8s.io') && !customKind(world, resource)) continue;
      without.push(resource);
    }
    const [first, ...others] = without;
    if (!first) return;
    const judge = (resource: Resource, more = '') => ({
      resource,
      path: ['metadata', 'namespace'],
      message: `the ${resource.kind}${more} is created in the current namespace of whoever applies it, usually \`default\``,
    });
    // If other objects set it, each one without it is reported; if none does, it is reported once.
    if (stated) yield* without.map((resource) => judge(resource));
    else
      yield judge(
        first,
        others.length > 0 ? ` (and ${others.length} other object${others.length > 1 ? 's' : ''})` : '',
      );
  },
});

/** Helm creates the objects of a release in its namespace. */
function installedByHelm({ labels, annotations }: Resource): boolean {
  return (
    labels['app.kubernetes.io/managed-by'] === 'Helm' ||
    labels['heritage'] === 'Helm' ||
    labels['helm.sh/chart'] !== undefined ||
    annotations['helm.sh/hook'] !== undefined
  );
}
