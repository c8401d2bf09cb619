import { referencesOf } from '../../../manifests/references';
import { stringsIn } from '../../../world/possible-creators';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (name: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: web-settings, namespace: shop }
data: { GREETING: hello }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', envFrom: [{ configMapRef: { name: ${name} } }] }] }
`;

/** Kept on purpose for the pods of an earlier revision. */
const SUPERSEDED = 'strata/config-superseded';
/** Types by which programs look up Secrets. */
const FOUND_BY_TYPE = /^(helm\.sh\/|bootstrap\.kubernetes\.io\/|kubernetes\.io\/service-account-token)/;

export default check({
  id: 'unused-config',
  group: 'references',
  description: 'every ConfigMap and Secret is used',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/',
  fix: 'correct the reference to it, add one, or delete it',
  example: {
    broken: manifests('web-setting'),
    fails: ['ConfigMap/shop/web-settings metadata.name'],
    fixed: manifests('web-settings'),
  },
  *judge(world) {
    const used = new Set(
      world.workloads.flatMap((workload) =>
        referencesOf(workload).map(({ kind, name }) => `${kind}/${workload.namespace}/${name}`),
      ),
    );
    // Without workloads in the namespace, the users are defined elsewhere.
    const left = [...world.of('ConfigMap'), ...world.of('Secret')].filter(
      (config) =>
        !used.has(`${config.kind}/${world.namespaceOf(config)}/${config.name}`) &&
        world.workloadsIn(world.namespaceOf(config)).length > 0,
    );
    // What could not be read may use them.
    if (left.length === 0 || world.unread.length > 0) return;
    const mentioned = namesMentioned(world, new Set(left.map(({ name }) => name)));
    const labels = new Set(
      world.resources
        .filter(({ kind }) => kind !== 'ConfigMap' && kind !== 'Secret')
        .flatMap((resource) => Object.keys(resource.labels)),
    );
    for (const config of left) {
      if (
        mentioned.has(config.name) ||
        SUPERSEDED in config.annotations ||
        config.name === 'kube-root-ca.crt' ||
        FOUND_BY_TYPE.test(String(config.at(['type']) ?? ''))
      )
        continue;
      // A label that no other object has is one that a program selects by: dashboards, rules, repositories.
      if (
        Object.keys(config.labels).some(
          (label) => !labels.has(label) && !/^(app|name|component|(app\.kubernetes\.io|helm\.sh)\/.*)$/.test(label),
        )
      )
        continue;
      yield {
        resource: config,
        path: ['metadata', 'name'],
        value: config.name,
        message: `none of the manifests uses this ${config.kind}: either a reference to it has a typo, or it is left over`,
      };
    }
  },
});

/** The names that occur in any field or string of an object: references that only an add-on or program understands. */
function namesMentioned(world: World, wanted: ReadonlySet<string>): ReadonlySet<string> {
  const mentioned = new Set<string>();
  for (const { kind, object, annotations } of world.resources) {
    if (kind === 'CustomResourceDefinition') continue;
    const { apiVersion: _, kind: __, metadata: ___, ...content } = object;
    for (const value of [...stringsIn(content), ...Object.values(annotations)]) {
      if (wanted.has(value)) mentioned.add(value);
      else if (value.length < 4096)
        for (const word of value.split(/[^a-z0-9.-]+/)) if (wanted.has(word)) mentioned.add(word);
    }
  }
  return mentioned;
}
