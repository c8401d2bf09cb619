import { check } from '../check';
import type { Judgement } from '../check';
import type { Resource } from '../resource';
import { judgeKind } from '../schema/kinds';
import type { World } from '../world';

export default check({
  id: 'kind-known',
  meaning: 'the cluster has the kind of every object, in the version that the object names',
  severity: 'will-break',
  needs: ['kubernetes-version', 'elsewhere'],
  fix: 'correct apiVersion and kind, or install the CustomResourceDefinition that brings the kind',
  example: {
    broken: `
apiVersion: apps/v1
kind: Deploymnet
metadata: { name: web }
spec: {}
`,
    mended: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
  },
  *judge(world) {
    // What is not known of a kind is said once, of its first object.
    const said = new Set<string>();
    for (const resource of world.resources) {
      const judgement = judge(world, resource);
      if (!judgement) continue;
      const id = `${resource.apiVersion} ${resource.kind}`;
      if (judgement.verdict === 'unknown' && said.has(id)) continue;
      said.add(id);
      yield judgement;
    }
  },
});

function judge(world: World, resource: Resource): Judgement | undefined {
  if (resource.apiVersion === '' || resource.kind === '') {
    const missing = resource.apiVersion === '' ? 'apiVersion' : 'kind';
    return { resource, path: [missing], message: `an object without ${missing} can not be applied: no API server knows what it is`, fix: `set ${missing}` };
  }
  const word = judgeKind(world, resource);
  return word && { resource, path: word.path, value: word.path[0] === 'kind' ? resource.kind : resource.apiVersion, message: word.message, ...(word.unknown ? { verdict: 'unknown' } : {}), ...(word.fix ? { fix: word.fix } : {}) };
}
