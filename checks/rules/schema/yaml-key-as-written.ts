import { respeltKeys } from '../../../manifests/reading/yaml/position';
import { pathText } from '../../../manifests/resource';
import { check } from '../../check';
import { schemaFindings } from '../../schema';

const manifests = (key: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: switches, namespace: shop }
data:
  ${key}: enabled
`;

export default check({
  id: 'yaml-key-as-written',
  group: 'schema',
  description: 'no key without quotes is another key to YAML, as ON is true and 1.30 is 1.3',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/',
  fix: 'put the key into quotes',
  example: {
    broken: manifests('ON'),
    fails: ['ConfigMap/shop/switches data.true'],
    fixed: manifests('"ON"'),
  },
  *judge(world) {
    // Where an object has fields of its own, a key that is none of them is told already.
    const told = new Set<string>();
    for (const { resource, path } of schemaFindings(world, 'unknown-field'))
      told.add(`${world.idOf(resource)} ${pathText(path)}`);
    for (const resource of world.resources)
      for (const { path, written } of respeltKeys(resource)) {
        if (told.has(`${world.idOf(resource)} ${pathText(path)}`)) continue;
        const read = String(path.at(-1));
        yield {
          resource,
          path,
          value: resource.at(path),
          message: `YAML reads the key ${written} as ${read === 'true' || read === 'false' ? `the boolean ${read}` : `the number ${read}`}, so the key is "${read}" and nothing finds it as ${written}`,
          fix: `put the key into quotes: "${written}"`,
        };
      }
  },
});
