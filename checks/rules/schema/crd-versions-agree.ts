import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (v1: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: routers.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Router, plural: routers, singular: router, listKind: RouterList }
  versions:
    - name: v1beta1
      served: true
      storage: false
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { port: { type: integer }, zone: { type: string } } } } } }
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { port: { type: integer }${v1} } } } } }
`;

export default check({
  id: 'crd-versions-agree',
  group: 'schema',
  description:
    'served versions of a CustomResourceDefinition without a conversion webhook have the fields of the stored version',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/',
  fix: 'give both versions the same fields, set conversion.strategy: Webhook, or stop serving one of the two',
  example: {
    broken: manifests(''),
    fails: [
      'CustomResourceDefinition/routers.example.com spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.zone',
    ],
    fixed: manifests(', zone: { type: string }'),
  },
  *judge(world) {
    for (const resource of world.of('CustomResourceDefinition')) {
      if (resource.at(['spec', 'conversion', 'strategy']) === 'Webhook') continue;
      const versions = versionsOf(resource);
      const stored = versions.find(({ storage }) => storage);
      if (!stored) continue;
      for (const version of versions) {
        if (version === stored || !version.served) continue;
        const [own, ofStored] = [
          [...lacking(version.schema, stored.schema)],
          [...lacking(stored.schema, version.schema)],
        ];
        if (own.length > 0)
          yield {
            resource,
            path: [...version.path, ...own[0]!],
            value: resource.at([...version.path, ...own[0]!]),
            message: `version ${version.name} has ${fieldsText(own)} and ${stored.name}, which is stored, has not: without a conversion webhook the API server drops this from every object that is written as ${version.name}`,
          };
        if (ofStored.length > 0 && stored.served)
          yield {
            resource,
            path: [...stored.path, ...ofStored[0]!],
            value: resource.at([...stored.path, ...ofStored[0]!]),
            message: `version ${version.name} is served too and lacks ${fieldsText(ofStored)}: without a conversion webhook an object that is read and written back as ${version.name} loses this`,
          };
      }
    }
  },
});

/** `the field spec.zone`, or the first of several and how many there are. */
function fieldsText([first, ...others]: readonly Path[]): string {
  const field = `the field ${fieldText(first!)}`;
  return others.length === 0 ? field : `${field} and ${others.length} more`;
}

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: Json;
  readonly path: Path;
}

function versionsOf(definition: Resource): readonly Version[] {
  return list(definition.at(['spec', 'versions'])).flatMap((entry, i) => {
    const version = record(entry);
    const schema = record(record(version?.['schema'])?.['openAPIV3Schema']);
    if (!version || !schema) return [];
    const { served, storage } = version;
    const name = string(version['name']) ?? '';
    return [
      {
        name,
        served: served === true,
        storage: storage === true,
        schema,
        path: ['spec', 'versions', i, 'schema', 'openAPIV3Schema'],
      },
    ];
  });
}

/** The fields that one schema has and another one drops: the topmost of each. */
function* lacking(schema: Json, other: Json): Generator<Path> {
  if (other['x-kubernetes-preserve-unknown-fields'] === true) return;
  const [own, theirs] = [record(schema['properties']), record(other['properties'])];
  for (const [name, value] of Object.entries(own ?? {})) {
    const [field, counterpart] = [record(value), record(theirs?.[name])];
    if (!field || name === 'status') continue;
    if (counterpart) for (const path of lacking(field, counterpart)) yield ['properties', name, ...path];
    else if (theirs && other['additionalProperties'] === undefined) yield ['properties', name];
  }
  for (const keyword of ['items', 'additionalProperties']) {
    const [below, counterpart] = [record(schema[keyword]), record(other[keyword])];
    if (below && counterpart) for (const path of lacking(below, counterpart)) yield [keyword, ...path];
  }
}

/** `spec.ports[].zone` */
function fieldText(path: Path): string {
  return path
    .map((key, i) =>
      key === 'properties' && path[i - 1] !== 'properties'
        ? ''
        : key === 'items'
          ? '[]'
          : key === 'additionalProperties'
            ? '.*'
            : `.${key}`,
    )
    .join('')
    .slice(1);
}
