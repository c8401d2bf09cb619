import { findings, messages, said } from '../judging';

const definition = (versions: string, spec = '') =>
  `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: routers.example.com }, spec: { group: example.com, scope: Namespaced, names: { kind: Router, plural: routers, singular: router, listKind: RouterList }${spec}, versions: [${versions}] } }`;
const version = (name: string, properties: string, flags = 'served: true, storage: false') =>
  `{ name: ${name}, ${flags}, schema: { openAPIV3Schema: { type: object, properties: { ${properties} } } } }`;
const stored = 'served: true, storage: true';
const spec = (properties: string, more = '') => `spec: { type: object, properties: { ${properties} }${more} }`;
const text = (name: string) => `${name}: { type: string }`;

describe('crd-versions-agree', () => {
  const id = 'crd-versions-agree';
  const judged = (
    beta: string,
    v1: string,
    { betaFlags = 'served: true, storage: false', v1Flags = stored, more = '' } = {},
  ) =>
    said(id, definition(`${version('v1beta1', beta, betaFlags)}, ${version('v1', v1, v1Flags)}`, more)).map(
      ({ verdict, object, path }) => {
        expect(object).toBe('CustomResourceDefinition/routers.example.com');
        return `${verdict} ${path.replaceAll('schema.openAPIV3Schema.properties.', '')}`;
      },
    );

  test('a field that one version has and the other has not is reported where it stands', () => {
    expect(judged(spec(`${text('port')}, ${text('zone')}`), spec(text('port')))).toEqual([
      'fail spec.versions[0].spec.properties.zone',
    ]);
    expect(judged(spec(text('port')), spec(`${text('port')}, ${text('zone')}`))).toEqual([
      'fail spec.versions[1].spec.properties.zone',
    ]);
    expect(judged(spec(`${text('port')}, ${text('a')}`), spec(`${text('port')}, ${text('b')}`))).toEqual([
      'fail spec.versions[0].spec.properties.a',
      'fail spec.versions[1].spec.properties.b',
    ]);
    expect(judged(spec(text('port')), spec(text('port')))).toEqual([]);
  });
  test('the message names the fields as they are written in an object', () => {
    const message = (beta: string, v1: string) =>
      messages(id, definition(`${version('v1beta1', beta)}, ${version('v1', v1, stored)}`));
    expect(message(spec(`${text('a')}, ${text('b')}, ${text('c')}`), spec(text('a')))).toEqual([
      'version v1beta1 has the field spec.b and 1 more and v1, which is stored, has not: without a conversion webhook the API server drops this from every object that is written as v1beta1',
    ]);
    expect(message(spec(text('a')), spec(`${text('a')}, ${text('b')}`))).toEqual([
      'version v1beta1 is served too and lacks the field spec.b: without a conversion webhook an object that is read and written back as v1beta1 loses this',
    ]);
    const ports = (fields: string) =>
      spec(`ports: { type: array, items: { type: object, properties: { ${fields} } } }`);
    expect(message(ports(`${text('a')}, ${text('zone')}`), ports(text('a')))[0]).toContain(
      'the field spec.ports[].zone',
    );
    const named = (fields: string) =>
      spec(`ports: { type: object, additionalProperties: { type: object, properties: { ${fields} } } }`);
    expect(message(named(`${text('a')}, ${text('zone')}`), named(text('a')))[0]).toContain(
      'the field spec.ports.*.zone',
    );
    expect(message(spec(`${text('properties')}, ${text('a')}`), spec(text('a')))[0]).toContain(
      'the field spec.properties and',
    );
  });
  test.each([
    [
      'status, which is written by itself',
      `${spec(text('a'))}, status: { type: object, properties: { ${text('b')} } }`,
    ],
    ['status of an inner object', spec(`${text('a')}, ${text('status')}`)],
  ])('%s may differ', (_, beta) => {
    expect(judged(beta, spec(text('a')))).toEqual([]);
    expect(judged(spec(text('a')), beta)).toEqual([]);
  });
  test.each([
    ['what is no schema', spec('zone: null'), spec(text('port'))],
    [
      'where the other keeps unknown fields',
      spec(text('zone')),
      spec(text('a'), ', x-kubernetes-preserve-unknown-fields: true'),
    ],
    ['where the other takes any keys', spec(text('zone')), spec(text('a'), ', additionalProperties: { type: string }')],
  ])('%s is not compared', (_, beta, v1) =>
    expect(judged(beta, v1).filter((place) => place.includes('versions[0]'))).toEqual([]),
  );
  test('versions that nobody reads or writes may differ', () => {
    const [beta, v1] = [spec(`${text('port')}, ${text('zone')}`), spec(`${text('port')}, ${text('new')}`)];
    expect(judged(beta, v1, { betaFlags: 'served: false, storage: false' })).toEqual([]);
    expect(judged(beta, v1, { v1Flags: 'served: false, storage: true' })).toEqual([
      'fail spec.versions[0].spec.properties.zone',
    ]);
    expect(judged(beta, v1, { v1Flags: 'served: true, storage: false' })).toEqual([]);
  });
  test('a conversion webhook converts them, the strategy None does not', () => {
    const beta = spec(`${text('port')}, ${text('zone')}`);
    expect(judged(beta, spec(text('port')), { more: ', conversion: { strategy: Webhook }' })).toEqual([]);
    expect(judged(beta, spec(text('port')), { more: ', conversion: { strategy: None }' })).toHaveLength(1);
  });
  test('each version that is served is compared with the stored one', () =>
    expect(
      findings(
        id,
        definition(
          `${version('v1', spec(text('a')), stored)}, ${version('v1beta1', spec(`${text('a')}, ${text('b')}`))}, ${version('v1beta2', spec(`${text('a')}, ${text('c')}`))}, { name: v2, served: true, storage: false }, null`,
        ),
      ).map((finding) => finding.replace(/ = .*/, '')),
    ).toEqual(
      [
        '1].schema.openAPIV3Schema.properties.spec.properties.b',
        '2].schema.openAPIV3Schema.properties.spec.properties.c',
      ].map((place) => `fail CustomResourceDefinition/routers.example.com spec.versions[${place}`),
    ));
});

describe('crd-valid', () => {
  const id = 'crd-valid';
  const judged = (properties: string, apiVersion = 'apiextensions.k8s.io/v1') =>
    findings(id, definition(version('v1', properties, stored)).replace('apiextensions.k8s.io/v1', apiVersion));
  const at =
    'fail CustomResourceDefinition/routers.example.com spec.versions[0].schema.openAPIV3Schema.properties.spec';
  test.each([
    [
      'a list of unique entries',
      'ports: { type: array, items: { type: string }, uniqueItems: true }',
      'ports.uniqueItems = true',
    ],
    ['a default of another type', 'replicas: { type: integer, default: one }', 'replicas.default = "one"'],
  ])('%s is refused, where it stands', (_, field, place) => {
    expect(judged(spec(field))).toEqual([`${at}.properties.${place}`]);
    expect(messages(id, definition(version('v1', spec(field), stored)))[0]).toMatch(
      /: the API server rejects the CustomResourceDefinition, so the kind does not exist and no object of it can be created$/,
    );
  });
  test('a field without a type is reported where it stands', () =>
    expect(judged(spec('a: {}'))).toEqual([`${at}.properties.a = null`]));
  test('a right one is taken, and one of an old API is not judged', () => {
    expect(judged(spec(text('a')))).toEqual([]);
    expect(judged(spec('a: { type: integer, default: one }'), 'apiextensions.k8s.io/v1beta1')).toEqual([]);
  });
  test('what the API server has printed was taken', () => {
    const printed = definition(version('v1', spec('a: { type: integer, default: one }'), stored)).replace(
      'metadata: {',
      'metadata: { uid: 4f0a, resourceVersion: "1", creationTimestamp: "2024-01-01T00:00:00Z",',
    );
    expect(findings(id, printed)).toEqual([]);
  });
});
