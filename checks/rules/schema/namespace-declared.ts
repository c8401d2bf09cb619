import type { Resource } from '../../../manifests/resource';
import { check } from '../../check';

export default check({
  id: 'namespace-declared',
  group: 'schema',
  description: 'the namespace of every object exists before it',
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go',
  fix: 'add the Namespace to the manifests, or correct the name',
  example: {
    broken: `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shopp }
data: { level: info }
`,
    fails: ['ConfigMap/shopp/settings metadata.namespace'],
    fixed: `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { level: info }
`,
    declared: `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
`,
  },
  *judge(world) {
    const missing = new Map<string, Resource[]>();
    for (const resource of world.resources) {
      const namespace = world.namespaceOf(resource);
      if (namespace === '' || resource.statedNamespace === '' || world.hasNamespace(namespace)) continue;
      const here = missing.get(namespace);
      if (here) here.push(resource);
      else missing.set(namespace, [resource]);
    }
    for (const [namespace, resources] of missing) {
      const [first] = resources;
      if (!first) continue;
      const others = resources.length > 1 ? ` and ${resources.length - 1} other${resources.length > 2 ? 's' : ''}` : '';
      // Declared is what stands elsewhere, all of it; before that nobody said.
      const known = world.elsewhere.some(({ kind }) => kind === 'Namespace');
      yield {
        resource: first,
        path: ['metadata', 'namespace'],
        value: namespace,
        ...(known ? {} : { verdict: 'unknown' as const }),
        message: known
          ? `there is no namespace ${namespace}: the API server refuses this ${first.kind}${others}`
          : `the manifests have no Namespace ${namespace}, which this ${first.kind}${others} go${others ? '' : 'es'} into; --declare it if somebody else makes it`,
      };
    }
  },
});
