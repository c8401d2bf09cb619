import type { Path, Resource } from '../../../manifests/resource';
import { record, valueAt } from '../../../manifests/resource';
import { immutableChanges } from '../../../upstream/kubernetes/immutable';
import type { World } from '../../../world/world';
import { check } from '../../check';

export default check({
  id: 'immutable-field-change',
  group: 'schema',
  description: 'no object changes an immutable field',
  severity: 'will-break',
  needs: ['previous'],
  source: 'pkg/apis/apps/validation/validation.go',
  fix: 'give the object a new name, or plan to delete it and create it again',
  example: {
    previous: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    broken: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web, tier: front } }
  template: { metadata: { labels: { app: web, tier: front } }, spec: { containers: [{ name: web, image: 'example.com/web:1.5.0' }] } }
`,
    fails: ['Deployment/shop/web spec.selector'],
    fixed: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web, tier: front } }, spec: { containers: [{ name: web, image: 'example.com/web:1.5.0' }] } }
`,
  },
  *judge(world) {
    if (!world.previous) return;
    const before = new Map(world.previous.map((resource) => [keyOf(world, resource), resource]));
    for (const resource of world.resources) {
      const old = before.get(keyOf(world, resource));
      if (!old || old.apiVersion !== resource.apiVersion) continue;
      for (const { path, message: words } of immutableChanges(old, resource, world.facts.minor)) {
        yield {
          resource,
          path: nearest(resource, path),
          value: resource.at(path),
          message: `${words}: the API server rejects the change, and the ${resource.kind} stays as it is`,
        };
      }
    }
  },
});

function keyOf(world: World, resource: Resource): string {
  return `${resource.group} ${resource.kind} ${world.namespaceOf(resource)} ${resource.name}`;
}

/** The field, or the one above it where it was removed. */
function nearest(resource: Resource, path: Path): Path {
  let at = path;
  while (at.length > 0 && record(valueAt(resource.object, at.slice(0, -1))) === undefined) at = at.slice(0, -1);
  return at;
}
