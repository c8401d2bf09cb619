import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import type { CredentialsSource } from '../../../constructs/core/expected-secret';
import { ExpectedSecret } from '../../../constructs/core/expected-secret';
import { PROJECT_ROOT } from '../../../constructs/inputs/files';
import { Component } from '../../../constructs/synthesis/component';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import type { KubernetesObject } from '../../../model/kubernetes';
import { patched } from '../../../render/patch';
import { planTarget } from '../../../render/plan';
import { refusal } from '../../model/support';
import { newFolder } from '../../render/support';
import { namespaceIn, workloadIn } from '../../support/render';

const folder = newFolder();
mkdirSync(join(folder, 'secrets'));
const write = (text: string) => writeFileSync(join(folder, 'secrets/mail.yaml'), text);

/** A Secret with a token, and a pod that mounts it. */
function built(source: CredentialsSource) {
  const app = new App();
  app.node.setContext(PROJECT_ROOT, folder);
  const chart = new Component(app, 'mailer');
  const namespace = namespaceIn(chart);
  const keys = { token: { format: 'of the mail provider' }, 'id.txt': { format: 'who asks' } };
  const secret = new ExpectedSecret(chart, 'mail', { namespace, source, keys });
  workloadIn(chart, 'shop', {
    namespace,
    container: { mounts: [secret.files('token').at('/mail')] },
  });
  return { app, secret, contract: secret.expectedSecrets[0]! };
}
const objectsOf = (app: App) => synthesize(app).flatMap(({ objects }) => objects);
const find = (objects: readonly KubernetesObject[], kind: string) => objects.find((object) => object.kind === kind)!;
const prod = { name: 'prod@edge', environment: { name: 'prod', ephemeral: false } };
const ENC = 'ENC[AES256_GCM,data:tkyQPQODC3g=,iv:yXliYhn3WH4=,tag:9OOvCtbx==,type:str]';

describe('a file of kubeseal', () => {
  const source = { from: 'sealed-secrets', folder: 'secrets', revision: '1' } as const;
  const { name } = built(source).contract;
  const sealed = (changes: Record<string, string> = {}) => {
    const fields = {
      kind: 'SealedSecret',
      name,
      namespace: 'shop',
      token: 'AgBy3i4OJSWK',
      id: 'id.txt',
      made: name,
      type: 'Opaque',
      ...changes,
    };
    return `apiVersion: bitnami.com/v1alpha1
kind: ${fields['kind']}
metadata:
  creationTimestamp: null
  name: ${fields['name']}
  namespace: ${fields['namespace']}
spec:
  encryptedData:
    token: ${fields['token']}
    ${fields['id']}: AgCZ/x==
  template:
    metadata:
      creationTimestamp: null
      name: ${fields['made']}
      namespace: shop
    type: ${fields['type']}
`;
  };

  test('is rendered with what is encrypted as it is, and with the labels and the history of its family', () => {
    write(sealed());
    const object = find(objectsOf(built(source).app), 'SealedSecret');
    expect(object).toEqual({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: {
        name,
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'strata' },
        annotations: { 'strata/config-of': 'mail', 'strata/config-kept': '5' },
      },
      spec: {
        encryptedData: { token: 'AgBy3i4OJSWK', 'id.txt': 'AgCZ/x==' },
        template: { metadata: { name, namespace: 'shop' }, type: 'Opaque' },
      },
    });
  });

  test.each<[string, Record<string, string> | string, RegExp]>([
    [
      'for another Secret',
      { name: 'mail-1-0000000000' },
      /metadata\.name is "mail-1-0000000000", and the pods need mail-1-/,
    ],
    ['for another namespace', { namespace: 'other' }, /metadata\.namespace is "other", and the pods need shop/],
    ['that makes another Secret', { made: 'mail' }, /spec\.template\.metadata\.name is "mail"/],
    ['that lacks a key', { id: 'id_txt' }, /has no key id\.txt \(it has: token, id_txt\); it is who asks/],
    ['of another type', { type: 'kubernetes.io/tls' }, /of type kubernetes\.io\/tls, not Opaque/],
    ['without a value', { token: '""' }, /encryptedData\.token is no encrypted value/],
    [
      'of another kind',
      { kind: 'Secret' },
      /holds bitnami\.com\/v1alpha1 Secret, not bitnami\.com\/v1alpha1 SealedSecret/,
    ],
    ['with two objects', `${sealed()}---\n${sealed()}`, /holds 2 objects, not one/],
    ['with none', '# nothing\n', /holds 0 objects, not one/],
  ])('%s is refused, with the command that makes it', (_, content, found) => {
    write(typeof content === 'string' ? content : sealed(content));
    const error = refusal(() => objectsOf(built(source).app));
    expect(error.place).toBe('secrets/mail.yaml');
    expect(error.found).toMatch(found);
    expect(error.fixes[0]).toContain('npx strata secrets');
  });

  test('that is not there yet is refused when it is rendered; its contract is known', () => {
    const { app, contract } = built({ ...source, folder: 'gone' });
    expect(contract).toMatchObject({ name, origin: { from: 'sealed-secrets', file: 'gone/mail.yaml' } });
    expect(refusal(() => objectsOf(app)).message).toMatch(/^gone\/mail\.yaml: is not there\n.*npx strata secrets/);
  });
});

describe('a file of SOPS', () => {
  const source = { from: 'sops', folder: 'secrets', revision: '1' } as const;
  const { name } = built(source).contract;
  const encrypted = (changes: Record<string, string> = {}) => {
    const fields = { name, token: ENC, id: 'id.txt', mac: ENC, ...changes };
    // Its own order, indentation and comments.
    return `# made by a pipeline
kind: Secret
apiVersion: v1
metadata:
    namespace: shop
    name:    ${fields['name']}
stringData:
    token: ${fields['token']}
data:
    ${fields['id']}: "${ENC}"
sops:
    mac: ${fields['mac']}
    encrypted_regex: ^(data|stringData)$
`;
  };
  const plan = (app: App) => planTarget(prod, synthesize(app));

  test('is rendered byte for byte, in a file of its own, where no literal Secret may be', () => {
    write(encrypted());
    const { files, objects } = plan(built(source).app);
    expect(files.map(({ path }) => path)).toEqual(['10-mail.yaml', '10-mailer.yaml']);
    expect(files[0]!.text).toBe(encrypted());
    expect(objects.find(({ kind }) => kind === 'Secret')).toMatchObject({ name, file: '10-mail.yaml' });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['with a value that is not encrypted', { token: 'hunter2' }, /the value of token is not encrypted/],
    ['with an empty value', { token: '""' }, /the value of token is not encrypted/],
    ['whose names are encrypted', { name: ENC }, /metadata\.name is encrypted.*encrypt data and stringData alone/],
    ['for another Secret', { name: 'mail' }, /metadata\.name is "mail", and the pods need mail-1-/],
    ['that lacks a key', { id: 'id' }, /has no key id\.txt \(it has: id, token\)/],
    ['that SOPS did not sign', { mac: 'none' }, /has no sops\.mac/],
  ])('%s is refused, and no value is shown', (_, changes, found) => {
    write(encrypted(changes));
    const error = refusal(() => plan(built(source).app));
    expect(error.found).toMatch(found);
    expect(error.message).not.toContain('hunter2');
  });

  test('cannot be patched: SOPS would refuse it', () => {
    write(encrypted());
    const patch = {
      object: `Secret/${name}`,
      change: { metadata: { labels: { a: 'b' } } },
      reason: 'why',
      at: new Error(),
    };
    const { app } = built(source);
    expect(() => patched({ name: 'prod@edge', patches: [patch as never] }, synthesize(app))).toThrow('SOPS has signed');
  });
});

describe('the CSI driver', () => {
  const source = {
    from: 'csi',
    provider: 'vault',
    prefix: 'secret/data/',
    parameters: { roleName: 'shop' },
    revision: '1',
  } as const;

  test('mounts just the files that a pod asks for, and there is no Secret', () => {
    const objects = objectsOf(built(source).app);
    const driver = find(objects, 'SecretProviderClass') as KubernetesObject & {
      spec: { parameters: Record<string, string> };
    };
    expect(driver.metadata.name).toMatch(/^mail-1-[0-9a-f]{10}-token$/);
    expect(driver.spec).toMatchObject({ provider: 'vault', parameters: { roleName: 'shop' } });
    expect(JSON.parse(driver.spec.parameters['objects']!)).toEqual([
      { objectName: 'token', secretPath: 'secret/data/shop/mail', secretKey: 'token' },
    ]);
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
    const [workload] = objects.filter(({ kind }) => kind === 'Deployment') as unknown as {
      spec: { template: { spec: { volumes: unknown[] } } };
    }[];
    expect(workload!.spec.template.spec.volumes).toEqual([
      {
        name: 'mail',
        csi: {
          driver: 'secrets-store.csi.k8s.io',
          readOnly: true,
          volumeAttributes: { secretProviderClass: driver.metadata.name },
        },
      },
    ]);
  });

  test('is told by AWS in JMESPath, in which names are quoted', () => {
    const { app, secret } = built({ ...source, provider: 'aws', prefix: '' });
    secret.files('id.txt', 'token');
    const classes = objectsOf(app).filter(({ kind }) => kind === 'SecretProviderClass') as unknown as {
      metadata: { name: string };
      spec: { parameters: Record<string, string> };
    }[];
    const both = classes.find(({ metadata }) => metadata.name.endsWith('-id-txt-token'))!;
    expect(JSON.parse(both.spec.parameters['objects']!)).toEqual([
      {
        objectName: 'shop/mail',
        objectType: 'secretsmanager',
        jmesPath: [
          { path: '"id.txt"', objectAlias: 'id.txt' },
          { path: '"token"', objectAlias: 'token' },
        ],
      },
    ]);
  });

  test('has nothing to give to a variable', () =>
    expect(() => built(source).secret.variable('token')).toThrow('the CSI driver mounts files'));
});
