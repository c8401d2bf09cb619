import type { CredentialsProps, CredentialsSource } from '../../../constructs/core/credentials';
import { Credentials } from '../../../constructs/core/credentials';
import type { Objects } from '../../support/kubernetes';
import { textsOf } from '../../support/kubernetes';
import { namespaceIn, podOf, rendered, workloadIn } from '../../support/render';

type Props = Omit<CredentialsProps, 'namespace'>;
const ALL: Required<Props> = {
  files: (users, hash) => ({ 'users.acl': users.map((user) => `${user} ${hash(user)}\n`).join('') }),
  formats: { 'users.acl': 'a user and a hash, one a line' },
  source: { from: 'generated' },
};
/** Credentials, and a pod that mounts one password and the file. */
const credentials = (props: Partial<Props> = {}, namespace = 'shop', users = ['web', 'exporter']) =>
  rendered((chart) => {
    const home = namespaceIn(chart, { name: namespace });
    const made = new Credentials(chart, 'redis-credentials', { namespace: home, ...ALL, ...props });
    for (const user of users) made.passwordOf(user);
    workloadIn(chart, 'shop', {
      namespace: home,
      container: { mounts: [made.files('web', 'users.acl').at('/credentials')] },
    });
  });
const mounted = (objects: Objects) => podOf(objects).spec.volumes?.[0]?.secret;
const STORE = { from: 'store', store: 'vault', revision: '7' } as const satisfies CredentialsSource;

test('the order in which users come changes nothing', () => {
  const one = credentials({ source: STORE }, 'shop', ['web', 'exporter']);
  expect(credentials({ source: STORE }, 'shop', ['exporter', 'web']).all).toEqual(one.all);
});

describe('generated', () => {
  const { metadata } = credentials().get('Secret');
  const texts = textsOf(credentials().get('Secret'));

  test('every user has a password of its own, and the files hold only its hash', () => {
    expect(Object.keys(texts).sort()).toEqual(['exporter', 'users.acl', 'web']);
    expect(texts['web']).toMatch(/^[0-9a-f]{32}$/);
    expect(texts['web']).not.toBe(texts['exporter']);
    expect(texts['users.acl']).not.toContain(texts['web']);
  });

  test('every render gives the same, and every namespace something else', () => {
    expect(textsOf(credentials().get('Secret'))).toEqual(texts);
    expect(textsOf(credentials({}, 'other').get('Secret'))['web']).not.toBe(texts['web']);
  });

  test('pods mount the Secret by its hashed name', () => {
    expect(metadata.name).toMatch(/^redis-credentials-[0-9a-f]{10}$/);
    expect(mounted(credentials())?.secretName).toBe(metadata.name);
  });
});

describe('from a store', () => {
  const objects = credentials({ source: STORE });
  const { spec } = objects.get('ExternalSecret');

  test('nothing secret is rendered', () => {
    expect(objects.of('Secret')).toEqual([]);
  });

  test("each password is a property of one entry under the namespace's name", () => {
    expect(spec.secretStoreRef).toEqual({ name: 'vault', kind: 'ClusterSecretStore' });
    expect(spec.data).toEqual([
      { secretKey: 'exporter', remoteRef: { key: 'shop/redis-credentials', property: 'exporter' } },
      { secretKey: 'web', remoteRef: { key: 'shop/redis-credentials', property: 'web' } },
    ]);
  });

  test('the files are made where the passwords are, from their hashes', () => {
    expect(spec.target.template.data).toEqual({
      web: '{{ .web }}',
      exporter: '{{ .exporter }}',
      'users.acl': 'exporter {{ .exporter | sha256sum }}\nweb {{ .web | sha256sum }}\n',
    });
  });

  // `{{ .guestbook-report }}` does not parse, and External Secrets would create no Secret at all.
  test('a user whose name has a hyphen is one that templates can name', () => {
    const { template } = credentials({ source: STORE }, 'shop', ['web', 'guestbook-report']).get('ExternalSecret').spec
      .target;
    expect(template.data).toMatchObject({
      'guestbook-report': '{{ index . "guestbook-report" }}',
      'users.acl': 'guestbook-report {{ index . "guestbook-report" | sha256sum }}\nweb {{ .web | sha256sum }}\n',
    });
  });

  test('pods mount keys that the Secret will have', () => {
    const volume = mounted(objects);
    expect(volume?.secretName).toBe(spec.target.name);
    expect(volume?.items).toEqual([
      { key: 'web', path: 'web' },
      { key: 'users.acl', path: 'users.acl' },
    ]);
    for (const { key } of volume?.items ?? []) expect(spec.target.template.data).toHaveProperty([key]);
  });

  test('it is fetched once, into an immutable Secret', () => {
    expect(spec.refreshPolicy).toBe('CreatedOnce');
    expect(spec.target).toMatchObject({ immutable: true, creationPolicy: 'Owner' });
  });

  test('a new revision is a new Secret, so the pods roll', () => {
    expect(spec.target.name).toMatch(/^redis-credentials-7-[0-9a-f]{10}$/);
    expect(objects.get('ExternalSecret').metadata.name).toBe(spec.target.name);
    expect(mounted(credentials({ source: { ...STORE, revision: '8' } }))?.secretName).toMatch(/^redis-credentials-8-/);
  });

  test('it is one of a family, of which earlier ones are kept for rolling back', () => {
    expect(objects.get('ExternalSecret').metadata.annotations).toEqual({ 'strata/config-of': 'redis-credentials' });
  });

  // External Secrets leaves an immutable Secret as it is: rights that change in the template would never reach the server.
  test('another template is another Secret as well', () => {
    const changed = credentials({ source: STORE, files: (_, hash) => ({ 'users.acl': `web ${hash('web')} +get\n` }) });
    expect(changed.get('ExternalSecret').spec.target.name).not.toBe(spec.target.name);
  });
});

describe('out of band', () => {
  const objects = credentials({ source: { from: 'out-of-band', revision: '3' } });

  test('other users are another Secret: whoever makes it must add a key', () => {
    const source = { from: 'out-of-band', revision: '3' } as const;
    const more = credentials({ source }, 'shop', ['web', 'exporter', 'worker']);
    expect(mounted(more)?.secretName).not.toBe(mounted(objects)?.secretName);
    expect(mounted(more)?.secretName).toMatch(/^redis-credentials-3-[0-9a-f]{10}$/);
  });

  test('nothing is rendered, and pods mount the keys of a Secret of this revision', () => {
    expect([...objects.of('Secret'), ...objects.of('ExternalSecret')]).toEqual([]);
    expect(mounted(objects)).toEqual({
      secretName: expect.stringMatching(/^redis-credentials-3-[0-9a-f]{10}$/),
      defaultMode: 0o440,
      items: [
        { key: 'web', path: 'web' },
        { key: 'users.acl', path: 'users.acl' },
      ],
    });
  });
});
