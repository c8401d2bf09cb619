import { REDIS_VERSION } from '../../../constructs/app/redis-commands';
import type { RedisRights } from '../../../constructs/app/redis-rights';
import { rightsText } from '../../../constructs/app/redis-rights';
import { images } from '../../../model/images';
import { refusal } from '../../support/render';

const rights = (may: Partial<RedisRights>) =>
  rightsText('reader connects to redis', { keys: ['a:*'], commands: ['get'], ...may });
const refused = (may: Partial<RedisRights>) => refusal(() => rights(may));

test('the commands are those of the Redis that is run', () => {
  const minor = (version: string) => version.split('.').slice(0, 2).join('.');
  expect(minor(REDIS_VERSION)).toBe(minor(images.redis.split(':').at(-1)!));
});

test.each(['get', 'client|list', 'config|get', '@read', '@sortedset', 'vadd', 'hgetex', 'multi', 'xgroup|create'])(
  'a client may be given %s',
  (command) => expect(rights({ commands: [command] })).toMatch(new RegExp(`\\+${command.replace('|', '\\|')}$`)),
);

describe('a Redis does not start with a command that it does not know, so it is refused', () => {
  test.each([
    ['lenn', 'llen'],
    ['hgetal', 'hgetall'],
    ['zrangebyscor', 'zrangebyscore'],
    ['config|gte', 'config|get'],
    ['client|setnme', 'client|setname'],
    ['xgroup|creat', 'xgroup|create'],
    ['@raed', '@read'],
    ['GET', 'get'],
    ['config get', 'config|get'],
    ['CLIENT LIST', 'client|list'],
    ['read', '@read'],
    ['get|visits', 'get'],
  ])('%s, with the one that is meant: %s', (command, meant) => {
    const error = refused({ commands: ['get', command] });
    expect(error.found).toContain(`may.commands[1] is ${JSON.stringify(command)}, which is no command`);
    expect(error.fixes[0]).toBe(`did you mean '${meant}'?`);
  });
  test.each(['quite-another-thing', '', '+get', 'ft.search', '-@all', 'constructor'])('%s', (command) => {
    expect(refused({ commands: [command] }).found).toContain('which is no command');
  });
  test('and so is what is no text', () => {
    expect(refused({ commands: [7 as unknown as string] }).found).toContain('may.commands[0] is 7');
  });
});

test('rights without a command are refused: the connection would be good for nothing', () => {
  expect(refused({ commands: [] }).found).toBe('may.commands is empty, so its program may only PING');
});

test('rights without keys are refused where a command takes keys', () => {
  expect(refused({ keys: [] }).found).toBe('may.keys is empty, so Redis refuses every get, which takes keys (NOPERM)');
  expect(refused({ keys: [], commands: ['publish', 'xinfo|stream'] }).found).toContain('every xinfo|stream');
  expect(refused({ keys: [], commands: ['@hash'] }).found).toContain('every @hash');
  expect(rights({ keys: [], commands: ['publish', 'info', 'dbsize', 'spublish'] })).toBe(
    'resetchannels -@all +ping +client|setname +publish +info +dbsize +spublish',
  );
});

test('everything at once is refused, for it could change the users', () => {
  expect(refused({ commands: ['@all'] }).found).toContain('it could change the users themselves');
});
