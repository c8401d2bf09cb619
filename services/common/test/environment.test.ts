import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readServiceSettings, STUDENT_NAME, type Variables } from '../src';

const REQUIRED = { REDIS_HOST: 'redis', REDIS_PORT: '6379' };
const read = (variables: Variables) => readServiceSettings({ ...REQUIRED, ...variables }, 8080);

describe('service settings', () => {
  it('have defaults for all but the address of Redis', () => {
    expect(read({})).toEqual({
      port: 8080,
      drainSeconds: 5,
      redis: { host: 'redis', port: 6379, username: undefined, password: undefined },
    });
  });

  it.each<[Variables, string]>([
    [{ PORT: '0' }, 'PORT is "0"; it must be a whole number from 1 to 65535'],
    [{ PORT: '8080x' }, 'PORT is "8080x"; it must be a whole number from 1 to 65535'],
    [{ PORT: '' }, 'PORT is ""; it must be a whole number from 1 to 65535'],
    [{ DRAIN_SECONDS: '301' }, 'DRAIN_SECONDS is "301"; it must be a whole number from 0 to 300'],
    [{ DRAIN_SECONDS: '-1' }, 'DRAIN_SECONDS is "-1"; it must be a whole number from 0 to 300'],
    [{ REDIS_HOST: undefined }, 'REDIS_HOST is not set; it must be a host name or an IP address'],
    [{ REDIS_HOST: 'redis host' }, 'REDIS_HOST is "redis host"; it must be a host name or an IP address'],
    [{ REDIS_PORT: undefined }, 'REDIS_PORT is not set; it must be a whole number from 1 to 65535'],
    [{ REDIS_PORT: '65536' }, 'REDIS_PORT is "65536"; it must be a whole number from 1 to 65535'],
    [{ REDIS_PORT: '1\n2' }, 'REDIS_PORT is "1\\n2"; it must be a whole number from 1 to 65535'],
    [
      { REDIS_USERNAME: 'a b', REDIS_PASSWORD: 'hush' },
      'REDIS_USERNAME is "a b"; it must be 1 to 128 characters without spaces or control characters',
    ],
    [{ REDIS_USERNAME: 'web' }, 'REDIS_USERNAME is "web"; it must come with REDIS_PASSWORD_FILE or REDIS_PASSWORD'],
    [{ REDIS_PASSWORD: '' }, 'REDIS_PASSWORD is empty; it must not be empty'],
    [
      { REDIS_PASSWORD: 'hush', REDIS_PASSWORD_FILE: '/hush' },
      'REDIS_PASSWORD is set beside REDIS_PASSWORD_FILE; it must be the only one of the two',
    ],
  ])('refuse %j', (variables, message) => {
    expect(() => read(variables)).toThrow(new Error(message));
  });

  it('accept exactly the whole numbers within the range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: 70_000 }), (port) => {
        const reading = () => read({ PORT: String(port) }).port;
        if (port >= 1 && port <= 65_535) expect(reading()).toBe(port);
        else expect(reading).toThrow('PORT');
      }),
    );
  });
});

describe('the password file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'password-'));
  const path = join(directory, 'password');
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    ['hush', 'hush'],
    ['hush\n', 'hush'],
    ['hush\r\n', 'hush'],
    [' hush \n', ' hush '],
  ])('%j holds the password %j', (content, password) => {
    writeFileSync(path, content);
    expect(read({ REDIS_PASSWORD_FILE: path }).redis.password).toBe(password);
  });

  it.each(['', '\n'])('%j is refused as empty', (content) => {
    writeFileSync(path, content);
    expect(() => read({ REDIS_PASSWORD_FILE: path })).toThrow(
      `REDIS_PASSWORD_FILE is "${path}" (empty file); it must name a readable file that holds the password`,
    );
  });

  it('is named when it cannot be read', () => {
    expect(() => read({ REDIS_PASSWORD_FILE: `${path}-absent` })).toThrow(
      `REDIS_PASSWORD_FILE is "${path}-absent" (ENOENT); it must name a readable file that holds the password`,
    );
  });
});

describe('a student name', () => {
  it.each(['a', '7', 'ada', 'ada-lovelace', 'a'.repeat(63)])('may be %s', (name) =>
    expect(STUDENT_NAME.accepts(name)).toBe(true),
  );
  it.each(['', '-', 'ada-', '-ada', 'Ada', 'ada.l', 'ada\n', 'a'.repeat(64)])('may not be %j', (name) =>
    expect(STUDENT_NAME.accepts(name)).toBe(false),
  );
});
