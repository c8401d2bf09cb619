import { decrypted } from '../../manifests/reading/sops';

const ENC = 'ENC[AES256_GCM,data:tkyQPQODC3g=,iv:yXliYhn3WH4=,tag:9OOvCtbx==,type:str]';
const secret = (changes: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'mail', namespace: 'shop' },
  data: { token: ENC, plain: 'aGk=' },
  stringData: { user: ENC },
  sops: { mac: ENC, version: '3.9.4' },
  ...changes,
});

test('a Secret of SOPS is read as it reaches the cluster: its values are unknown, what is plain stays', () =>
  expect(decrypted(secret())).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'mail', namespace: 'shop' },
    data: { token: '', plain: 'aGk=' },
    stringData: { user: '' },
  }));

test.each([
  ['a Secret that only has a field of that name', secret({ sops: { version: '3' } })],
  ['another kind', secret({ kind: 'ConfigMap' })],
  ['what nobody encrypted', secret({ sops: undefined })],
])('%s is read as it stands', (_, object) => expect(decrypted(object)).toBe(object));
