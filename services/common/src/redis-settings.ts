import { readFileSync } from 'node:fs';
import { type Rule, readText, readWholeNumber, UnusableVariable, type Variables } from './environment';

export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const HOST: Rule = {
  says: 'be a host name or an IP address',
  accepts: (value) => /^[A-Za-z0-9._:-]{1,253}$/.test(value),
};

const USERNAME: Rule = {
  says: 'be 1 to 128 characters without spaces or control characters',
  accepts: (value) => /^[^\s\p{Cc}]{1,128}$/u.test(value),
};

export function readRedisSettings(variables: Variables): RedisSettings {
  const host = readText(variables, 'REDIS_HOST', HOST);
  const port = readWholeNumber(variables, 'REDIS_PORT', { min: 1, max: 65_535 });
  const password = readPassword(variables);
  if (variables.REDIS_USERNAME === undefined) return { host, port, username: undefined, password };

  const username = readText(variables, 'REDIS_USERNAME', USERNAME);
  if (password === undefined) {
    throw new UnusableVariable('REDIS_USERNAME', `"${username}"`, 'come with REDIS_PASSWORD_FILE or REDIS_PASSWORD');
  }
  return { host, port, username, password };
}

/** No message of this function may contain the password: it ends up in the pod's log. */
function readPassword({ REDIS_PASSWORD: password, REDIS_PASSWORD_FILE: path }: Variables): string | undefined {
  if (password !== undefined && path !== undefined) {
    throw new UnusableVariable('REDIS_PASSWORD', 'set beside REDIS_PASSWORD_FILE', 'be the only one of the two');
  }
  if (password === '') throw new UnusableVariable('REDIS_PASSWORD', 'empty', 'not be empty');
  return path === undefined ? password : readPasswordFile(path);
}

function readPasswordFile(path: string): string {
  const refuse = (problem: string) =>
    new UnusableVariable(
      'REDIS_PASSWORD_FILE',
      `${JSON.stringify(path)} (${problem})`,
      'name a readable file that holds the password',
    );

  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw refuse((error as NodeJS.ErrnoException).code ?? 'unreadable');
  }
  const password = content.replace(/\r?\n$/, '');
  if (password === '') throw refuse('empty file');
  return password;
}
