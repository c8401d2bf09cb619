import type { Resource } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import type { Judgement } from '../../check';
import { check } from '../../check';
import { judgeKind } from '../../kinds';

export default check({
  id: 'kind-known',
  group: 'schema',
  description: 'the cluster has the kind of every object, in the version that the object names',
  severity: 'will-break',
  needs: ['kubernetes-version', 'elsewhere'],
  source: 'https://kubernetes.io/docs/reference/using-api/',
  fix: 'correct apiVersion and kind, or install the CustomResourceDefinition that brings the kind',
  example: {
    broken: `
apiVersion: apps/v1
kind: Deploymnet
metadata: { name: web }
spec: {}
`,
    fails: ['Deploymnet/default/web kind'],
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
    // What is not known of a kind is said once, of its first object; what an add-on brings, comes as a whole.
    const unknown = new Map<string, { readonly first: Judgement; readonly kinds: Set<string> }>();
    for (const resource of world.resources) {
      const judged = judge(world, resource);
      if (!judged) continue;
      const { judgement, ofGroup = resource.apiVersion + resource.kind } = judged;
      if (judgement.verdict !== 'unknown') yield judgement;
      else if (unknown.has(ofGroup)) unknown.get(ofGroup)!.kinds.add(resource.kind);
      else unknown.set(ofGroup, { first: judgement, kinds: new Set([resource.kind]) });
    }
    for (const { first, kinds } of unknown.values()) {
      const [, ...others] = kinds;
      yield others.length === 0 ? first : { ...first, message: `${first.message}; so it is with ${others.join(', ')}` };
    }
  },
});

function judge(
  world: World,
  resource: Resource,
): { readonly judgement: Judgement; readonly ofGroup?: string } | undefined {
  if (resource.apiVersion === '' || resource.kind === '') {
    const missing = resource.apiVersion === '' ? 'apiVersion' : 'kind';
    return {
      judgement: {
        resource,
        path: [missing],
        message: `an object without ${missing} can not be applied: no API server knows what it is`,
        fix: `set ${missing}`,
      },
    };
  }
  const word = judgeKind(world, resource);
  if (!word) return undefined;
  const { path, message, unknown, ofGroup, fix } = word;
  return {
    judgement: {
      resource,
      path,
      value: path[0] === 'kind' ? resource.kind : resource.apiVersion,
      message,
      ...(unknown ? { verdict: 'unknown' } : {}),
      ...(fix ? { fix } : {}),
    },
    ...(ofGroup ? { ofGroup } : {}),
  };
}
