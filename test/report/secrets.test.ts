import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretContract } from '../../model/secret-contract';
import { secretsJson, secretsText } from '../../report/secrets';
import { newFolder } from '../render/support';

const byHand: SecretContract = {
  namespace: 'shop',
  name: 'redis-credentials-1-0123456789',
  revision: '1',
  origin: { from: 'out-of-band' },
  keys: [
    { key: 'web', format: 'a password', make: 'openssl rand -hex 32' },
    { key: 'users.acl', format: 'users', text: 'user web on #<sha256 of web> ~a:`id`$HOME\\*\n' },
  ],
};
const target = { target: 'prod@edge', ephemeral: false };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Runs what is printed, with a kubectl that keeps what it is given. */
function made(
  secret: SecretContract,
  env: Readonly<Record<string, string>> = {},
  failing: readonly string[] = [],
  programs: Readonly<Record<string, readonly string[]>> = {},
) {
  const folder = join(newFolder(), "the team's folder");
  mkdirSync(folder);
  const [bin, kept] = [join(folder, 'bin'), join(folder, 'kept')];
  for (const path of [bin, kept]) mkdirSync(path);
  const install = (name: string, lines: readonly string[]) => {
    writeFileSync(join(bin, name), ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(join(bin, name), 0o755);
  };
  install('kubectl', ['echo "$@"', 'cp -- * "$KEPT"']);
  for (const name of failing) install(name, ['exit 1']);
  for (const [name, lines] of Object.entries(programs)) install(name, lines);
  const script = secretsText([{ ...target, secrets: [secret] }]).join('\n');
  const { status, stdout, stderr } = spawnSync('sh', [], {
    input: script,
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: `${bin}:${process.env['PATH']}`, TMPDIR: folder, KEPT: kept, ...env },
  });
  const files = Object.fromEntries(readdirSync(kept).map((name) => [name, readFileSync(join(kept, name), 'utf8')]));
  return {
    status,
    stdout: stdout.trim(),
    stderr,
    files,
    left: readdirSync(folder).sort(),
    kept: (path: string) => readFileSync(join(folder, path), 'utf8'),
  };
}

describe('the text is a script', () => {
  test('that makes passwords, and the files with their hashes', () => {
    const { status, stdout, files } = made(byHand);
    expect(status).toBe(0);
    expect(stdout).toBe(
      'create secret generic redis-credentials-1-0123456789 --namespace shop --from-file=web --from-file=users.acl',
    );
    expect(files['web']).toMatch(/^[0-9a-f]{64}$/);
    expect(files['users.acl']).toBe(`user web on #${sha256(files['web']!)} ~a:\`id\`$HOME\\*\n`);
  });

  test('that leaves no file with a password behind', () => expect(made(byHand).left).toEqual(['bin', 'kept']));

  test('that takes a value from its variable, whatever is in it', () => {
    const value = `-n "it's" $(id) \`id\` \\ %s`;
    const { files } = made(byHand, { SECRET_WEB: value });
    expect(files['web']).toBe(value);
    expect(files['users.acl']).toContain(sha256(value));
  });

  test('that makes nothing where a value is missing that only a person knows', () => {
    const token: SecretContract = { ...byHand, keys: [{ key: 'api-token', format: 'of the mail provider' }] };
    expect(made(token)).toMatchObject({ status: expect.any(Number), stdout: '', files: {} });
    expect(made(token).status).not.toBe(0);
    expect(made(token).stderr).toContain('SECRET_API_TOKEN');
    expect(made(token, { SECRET_API_TOKEN: 'abc' }).files).toEqual({ 'api-token': 'abc' });
  });

  test('that makes no Secret with empty passwords where the program that makes them fails', () =>
    expect(made(byHand, {}, ['openssl'])).toMatchObject({ status: 1, stdout: '', files: {} }));

  test('whose files end as they are given, with a line break or without one', () => {
    const withText = (text: string) => made({ ...byHand, keys: [{ key: 'a', format: 'a', text }] }).files['a'];
    expect(withText('one\n\ntwo')).toBe('one\n\ntwo');
    expect(withText('END\nlast\n')).toBe('END\nlast\n');
  });

  test('in which keys that become one variable have one each', () => {
    const keys = ['a-b', 'a_b', '.a'].map((key) => ({ key, format: key }));
    const env = { SECRET_A_B: '1', SECRET_A_B_2: '2', SECRET_A: '3' };
    expect(made({ ...byHand, keys }, env).files).toEqual({ 'a-b': '1', a_b: '2' });
    expect(made({ ...byHand, keys }, env).stdout).toContain('--from-file=.a');
  });

  test('that states a type other than Opaque', () =>
    expect(made({ ...byHand, type: 'kubernetes.io/tls' }).stdout).toContain('--type kubernetes.io/tls'));
});

describe('of a Secret that stands in Git encrypted', () => {
  const file = 'secrets/prod@edge/redis.yaml';
  const kubectl = [
    'case "$*" in *--dry-run=client*-o?yaml*) ;; *) exit 3;; esac',
    'echo kind: Secret',
    'echo "  creationTimestamp: null"',
  ];
  test('the script hands what kubectl makes to kubeseal, and no plain value stays', () => {
    const { status, kept, left } = made({ ...byHand, origin: { from: 'sealed-secrets', file } }, {}, [], {
      kubectl,
      kubeseal: ['echo sealed "$@"', 'cat'],
    });
    expect(status).toBe(0);
    expect(kept(file)).toBe('sealed --format yaml\nkind: Secret\n');
    expect(left).toEqual(['bin', 'kept', 'secrets']);
  });
  // SOPS reads .sops.yaml of the folder that it is called in.
  test('the script has SOPS encrypt the values alone, in the project, by the rules for the path of the file', () => {
    const { kept } = made({ ...byHand, origin: { from: 'sops', file } }, {}, [], {
      kubectl,
      sops: ['pwd', 'echo "$@" | sed "s#$PWD#HERE#g"'],
    });
    expect(kept(file)).toMatch(
      /^.*\/the team's folder\n--encrypt --encrypted-regex \^\(data\|stringData\)\$ --filename-override HERE\/secrets\/prod@edge\/redis\.yaml HERE\/.*\/secret\.yaml\n$/,
    );
  });
  test('its path may have all that shells trip over', () => {
    const odd = "it's $HOME/a b/redis.yaml";
    const { kept } = made({ ...byHand, origin: { from: 'sealed-secrets', file: odd } }, {}, [], {
      kubectl,
      kubeseal: ['cat'],
    });
    expect(kept(odd)).toBe('kind: Secret\n');
  });
  test('a file that is there stays where encrypting fails', () => {
    const failing = { kubectl, kubeseal: ['echo half', 'exit 1'] };
    const { status, left } = made({ ...byHand, origin: { from: 'sealed-secrets', file } }, {}, [], failing);
    expect(status).toBe(1);
    expect(left).toEqual(['bin', 'kept']);
  });
});

describe('what somebody else makes is told in comments alone', () => {
  const text = (origin: SecretContract['origin'], ephemeral = false) =>
    secretsText([{ ...target, ephemeral, secrets: [{ ...byHand, origin }] }]);
  const commands = (lines: readonly string[]) => lines.filter((line) => line !== '' && !line.startsWith('#'));

  test('the entry of a store, with its properties: files are made of them', () => {
    const lines = text({ from: 'store', store: 'vault', entry: 'shop/redis-credentials' });
    expect(commands(lines)).toEqual([]);
    expect(lines).toContain('# The store must hold at shop/redis-credentials:');
    expect(lines.filter((line) => line.startsWith('#   property'))).toEqual([
      '#   property web  a new one: openssl rand -hex 32',
    ]);
  });

  test('the entry that the CSI driver reads, with the text of each file', () => {
    const lines = text({ from: 'csi', provider: 'vault', entry: 'secret/data/shop/redis' });
    expect(commands(lines)).toEqual([]);
    expect(lines).toContain('#   property web, a new one: openssl rand -hex 32');
    expect(lines).toContain('#     user web on #<sha256 of web> ~a:`id`$HOME\\*');
  });

  test('passwords that are generated', () =>
    expect(text({ from: 'generated' }, true)).toEqual([
      '# prod@edge: no Secret comes from outside; generated, as the environment is ephemeral: redis-credentials-1-0123456789',
    ]));

  test('what the platform team of the cluster brings', () => {
    expect(commands(text({ from: 'cluster' }))).toEqual([]);
    expect(text({ from: 'cluster' }).join('\n')).toContain('the platform team of the cluster puts there');
  });
});

test('programs get the contract, with the script where somebody runs one', () => {
  const [read] = JSON.parse(
    secretsJson([{ ...target, secrets: [byHand, { ...byHand, origin: { from: 'cluster' } }] }]),
  );
  expect(read).toMatchObject({ target: 'prod@edge', ephemeral: false });
  expect(read.secrets[0]).toMatchObject({
    ...byHand,
    script: expect.stringContaining('kubectl create secret generic'),
  });
  expect(read.secrets[1]).not.toHaveProperty('script');
});
