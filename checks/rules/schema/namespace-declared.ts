import type { Resource } from '../../../manifests/resource';
import { misspellingOf } from '../../../model/misspelling';
import { didYouMean } from '../../../model/near';
import { check } from '../../check';

export default check({
  id: 'namespace-declared',
  group: 'schema',
  description: 'the namespace of every object exists',
  severity: 'will-break',
  needs: ['external'],
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
      // A declaration with Namespaces is complete, and so are manifests that are all there is and bring some; else others may exist.
      const known =
        world.unread.length === 0 &&
        (world.external.some(({ kind }) => kind === 'Namespace') ||
          (world.facts.manifestsAreAll && world.of('Namespace').length > 0));
      const at = { resource: first, path: ['metadata', 'namespace'], value: namespace };
      const meant = world.unread.length > 0 ? [] : misspellingOf(namespace, world.namesOf('Namespace', ''));
      if (known || meant.length > 0)
        yield {
          ...at,
          message: `namespace ${namespace} does not exist: the API server rejects this ${first.kind}${others}${didYouMean(meant)}`,
        };
      else
        yield {
          ...at,
          verdict: 'unknown',
          message: `the manifests have no Namespace ${namespace} for this ${first.kind}${others}; --declare it if it is created elsewhere`,
        };
    }
  },
});
