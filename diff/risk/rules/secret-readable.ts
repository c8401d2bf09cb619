import { referencesOf } from '../../../manifests/references';
import type { WorkloadManifest } from '../../../manifests/workload';
import type { World } from '../../../world/world';
import { stableName } from '../../stable-name';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (env: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', env: [{ name: TOKEN, ${env} }] }] }
`;

export default riskRule({
  id: 'secret-readable',
  class: 'privilege',
  description: 'pods that read a Secret which they did not read before',
  reason: 'Whoever can run code in the pod, or read its environment, has the Secret.',
  source: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  advice: 'give the workload a Secret of its own, with nothing in it but what it needs',
  example: {
    before: web('value: none'),
    after: web('valueFrom: { secretKeyRef: { name: token, key: token } }'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].env[TOKEN].valueFrom'],
    harmless: web('value: other'),
  },
  *find(diff) {
    for (const { change, before, after } of changedWorkloads(diff).filter((each) => templateFields(each).length > 0)) {
      const old = secretsOf(diff.before, before);
      for (const name of secretsOf(diff.after, after)) {
        if (old.has(name)) continue;
        const field = change.fields.find((each) => JSON.stringify(each.after ?? null).includes(name));
        yield { change, field, message: `pods read Secret ${name}, which they did not before` };
      }
    }
  },
});

/** Without the hash of the content in their names; the kubelet alone reads those for pulling images. */
function secretsOf(world: World, workload: WorkloadManifest): ReadonlySet<string> {
  const used = referencesOf(workload).filter(({ kind, use }) => kind === 'Secret' && use !== 'imagePullSecret');
  return new Set(
    used.map(({ name }) => {
      const found = world.find('Secret', workload.namespace, name);
      return found.is === 'present' ? stableName(found.resource) : name;
    }),
  );
}
