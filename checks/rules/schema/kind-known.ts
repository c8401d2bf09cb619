import type { Resource } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { kindFinding } from '../../kinds';

export default check({
  id: 'kind-known',
  group: 'schema',
  description: 'the cluster serves the apiVersion and kind of every object',
  severity: 'will-break',
  needs: ['kubernetes-version', 'external'],
  source: 'https://kubernetes.io/docs/reference/using-api/',
  fix: 'correct apiVersion and kind, or install the CustomResourceDefinition of the kind',
  example: {
    broken: `
apiVersion: apps/v1
kind: Deploymnet
metadata: { name: web }
spec: {}
`,
    fails: ['Deploymnet/web kind'],
    fixed: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
  },
  *judge(world) {
    // One unknown finding per API group, at its first object: an add-on installs its kinds together.
    const unknown = new Map<string, { readonly first: Finding; readonly kinds: Set<string> }>();
    for (const resource of world.resources) {
      const judged = judge(world, resource);
      if (!judged) continue;
      const { finding, ofGroup = resource.apiVersion + resource.kind } = judged;
      if (finding.verdict !== 'unknown') yield finding;
      else if (unknown.has(ofGroup)) unknown.get(ofGroup)!.kinds.add(resource.kind);
      else unknown.set(ofGroup, { first: finding, kinds: new Set([resource.kind]) });
    }
    for (const { first, kinds } of unknown.values()) {
      const [, ...others] = kinds;
      yield others.length === 0
        ? first
        : { ...first, message: `${first.message}; the same applies to ${others.join(', ')}` };
    }
  },
});

function judge(world: World, resource: Resource): { readonly finding: Finding; readonly ofGroup?: string } | undefined {
  const problem = kindFinding(world, resource);
  if (!problem) return undefined;
  const { path, message, unknown, ofGroup, fix } = problem;
  return {
    finding: {
      resource,
      path,
      value: path[0] === 'kind' ? resource.kind : resource.apiVersion,
      message,
      ...(unknown ? { verdict: 'unknown', settledBy: ofGroup ? 'cluster' : 'kubernetes-version' } : {}),
      ...(fix ? { fix } : {}),
    },
    ...(ofGroup ? { ofGroup } : {}),
  };
}
