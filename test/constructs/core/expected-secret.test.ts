import type { CredentialsSource } from '../../../constructs/core/expected-secret';
import { ExpectedSecret } from '../../../constructs/core/expected-secret';
import { refusal } from '../../model/support';
import { textsOf } from '../../support/kubernetes';
import { namespaceIn, podOf, rendered, workloadIn } from '../../support/render';

/** A token that a pod reads from a file and another one from a variable. */
function expected(source: CredentialsSource, keys: Record<string, object> = {}) {
  let secret!: ExpectedSecret;
  const objects = rendered((chart) => {
    const namespace = namespaceIn(chart);
    secret = new ExpectedSecret(chart, 'mail', {
      namespace,
      source,
      keys: {
        token: { format: 'of the mail provider', generate: (digits) => `mx-${digits.slice(0, 4)}` },
        'check.txt': { format: 'its hash', text: '<sha256 of token>\n' },
        ...(keys as Record<string, { format: string }>),
      },
    });
    workloadIn(chart, 'shop', {
      namespace,
      container: { mounts: [secret.files('token').at('/mail')], env: { TOKEN: secret.variable('token') } },
    });
  });
  return { objects, contract: secret.expectedSecrets[0]! };
}
const byHand = { from: 'out-of-band', revision: '2' } as const;

test('the contract names the Secret that the pods name', () => {
  for (const source of [byHand, { from: 'generated' }, { from: 'store', store: 'vault', revision: '1' }] as const) {
    const { objects, contract } = expected(source);
    const { spec } = podOf(objects);
    expect(spec.volumes?.[0]?.secret?.secretName).toBe(contract.name);
    expect(spec.containers[0]?.env).toContainEqual({
      name: 'TOKEN',
      valueFrom: { secretKeyRef: { name: contract.name, key: 'token' } },
    });
  }
});

test('the contract says what each key holds, and no value', () =>
  expect(expected(byHand).contract).toEqual({
    namespace: 'shop',
    name: expect.stringMatching(/^mail-2-[0-9a-f]{10}$/),
    revision: '2',
    origin: { from: 'out-of-band' },
    keys: [
      { key: 'token', format: 'of the mail provider' },
      { key: 'check.txt', format: 'its hash', text: '<sha256 of token>\n' },
    ],
  }));

test('a value of an ephemeral environment has the form that is asked for, and texts have its hash', () => {
  const texts = textsOf(expected({ from: 'generated' }).objects.get('Secret'));
  expect(texts['token']).toMatch(/^mx-[0-9a-f]{4}$/);
  expect(texts['check.txt']).toMatch(/^[0-9a-f]{64}\n$/);
});

describe('where Secrets are generated, a value is made up only where that is right', () => {
  const generated = (key: object) => () => expected({ from: 'generated' }, { key });

  test('a value that only a person knows is refused, with what to write', () => {
    const { message } = refusal(generated({ format: 'of the payment provider' }));
    expect(message).toContain('nobody says what key is where Secrets are generated');
    expect(message).toContain("source: { from: 'out-of-band', revision: '1' }");
  });

  test.each([
    ['is new each time', { format: 'a password', make: 'openssl rand -hex 32' }],
    ['has a form', { format: 'a token', generate: (digits: string) => `t-${digits}` }],
    ['is made of others', { format: 'a file', text: 'of <sha256 of token>' }],
  ])('one that %s is made', (_what, key) => {
    expect(textsOf(generated(key)().objects.get('Secret'))['key']).not.toBe('');
  });

  test('elsewhere nobody asks', () => {
    expect(() => expected(byHand, { key: { format: 'of the payment provider' } })).not.toThrow();
  });
});

test('another key is another Secret', () =>
  expect(expected(byHand, { more: { format: 'more' } }).contract.name).not.toBe(expected(byHand).contract.name));

test.each(['a b', '', '..', '..a', 'a/b'])('%j is refused: no Secret has such a key', (key) =>
  expect(() => expected(byHand, { [key]: { format: 'x' } })).toThrow('no key of a Secret'),
);
