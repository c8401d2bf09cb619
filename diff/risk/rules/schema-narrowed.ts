import { mappings, record, string } from '../../../manifests/resource';
import { changesOf } from '../kinds';
import { firstTexts } from '../plural';
import { riskRule } from '../risk';
import { narrowings } from '../schemas';

const definition = (fields: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: backups.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Backup, plural: backups }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, ${fields} } } } }
`;
const FIELDS = 'properties: { mode: { type: string, enum: [full, part] } }';

export default riskRule({
  id: 'schema-narrowed',
  class: 'disruption',
  description: 'a CustomResourceDefinition that allows less than before',
  reason:
    'Objects that are stored stay as they are, and the next write of one that does not meet the schema is refused, also that of its controller. A field that the schema does not know is dropped when the object is written.',
  source:
    'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema',
  advice: 'look at the objects that there are (kubectl get -A -o yaml), or serve the new schema as another version',
  example: {
    before: definition(FIELDS),
    after: definition(FIELDS.replace('full, part', 'full')),
    finds: ['CustomResourceDefinition/backups.example.com'],
    harmless: definition(FIELDS.replace('full, part', 'full, part, none')),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'CustomResourceDefinition')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      const now = new Map(mappings(after.at(['spec', 'versions'])).map((version) => [version['name'], version]));
      for (const version of mappings(before.at(['spec', 'versions']))) {
        const name = string(version['name']) ?? '';
        if (version['served'] === false) continue;
        const [was, is] = [version, now.get(name)].map((each) => record(record(each?.['schema'])?.['openAPIV3Schema']));
        const found = was && is ? [...narrowings(was, is)] : [];
        for (const does of ['refuses', 'refuses-large', 'prunes'] as const) {
          const texts = found.filter((each) => each.does === does).map(({ text }) => text);
          if (texts.length === 0) continue;
          const what = `${name} allows less: ${firstTexts(texts)}`;
          const then = THEN[does];
          // Of the definition as a whole: a generated one says the same at many places.
          yield {
            change,
            ...(does === 'refuses-large' ? { class: 'in-place' as const } : {}),
            message: `${what}: ${then}`,
          };
        }
      }
    }
  },
});

/** What becomes of objects that say otherwise. */
const THEN = {
  refuses: 'objects that do not meet it are refused when they are written next',
  'refuses-large': 'larger numbers are refused when they are written next',
  prunes: 'what objects say there is pruned when they are written next',
} as const;
