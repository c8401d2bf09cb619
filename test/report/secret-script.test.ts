import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userDefinitions } from '../../constructs/app/rabbitmq-config';
import { secretValueOf, sha256Of } from '../../model/secret-contract';
import { secretScript } from '../../report/secret-script';
import { newFolder } from '../render/support';

test('the script makes a file of other values and their hashes, whatever signs of the shell stand between them', () => {
  const folder = newFolder();
  const kubectl = join(folder, 'kubectl');
  writeFileSync(kubectl, `#!/bin/sh\ncp users.json hashes worker "${folder}"\n`);
  chmodSync(kubectl, 0o755);
  const user = { name: 'worker', password: secretValueOf('worker'), tags: [], write: '^amq\\.default$', read: '^`$x$' };
  const script = secretScript({
    ...{ namespace: 'shop', name: 'credentials', origin: { from: 'out-of-band' } as const },
    keys: [
      { key: 'hashes', format: 'a hash', text: `user #${sha256Of('worker')}\n` },
      { key: 'users.json', format: 'users', text: userDefinitions([user]) },
      { key: 'worker', format: 'a password', make: 'printf s3cret' },
    ],
  });
  const { status, stderr } = spawnSync('sh', ['-c', script.join('\n')], {
    env: { PATH: `${folder}:${process.env['PATH']}` },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const made = (name: string) => readFileSync(join(folder, name), 'utf8');
  expect(made('worker')).toBe('s3cret');
  expect(made('hashes')).toBe('user #1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0\n');
  const { users, permissions } = JSON.parse(made('users.json'));
  expect(users).toEqual([{ name: 'worker', password: 's3cret', tags: [] }]);
  expect(permissions).toMatchObject([{ write: '^amq\\.default$', read: '^`$x$' }]);
});
