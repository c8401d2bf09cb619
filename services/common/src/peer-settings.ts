import { readFileSync } from 'node:fs';
import { type Rule, readText, readWholeNumber, UnusableVariable, type Variables } from './environment';

export interface PeerSettings {
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

/** Where a server is, and as whom to log in: variables behind a prefix, such as REDIS_HOST. */
export function readPeerSettings(variables: Variables, prefix: string): PeerSettings {
  const host = readText(variables, `${prefix}_HOST`, HOST);
  const port = readWholeNumber(variables, `${prefix}_PORT`, { min: 1, max: 65_535 });
  const password = readPassword(variables, prefix);
  if (variables[`${prefix}_USERNAME`] === undefined) return { host, port, username: undefined, password };

  const username = readText(variables, `${prefix}_USERNAME`, USERNAME);
  if (password === undefined) {
    throw new UnusableVariable(
      `${prefix}_USERNAME`,
      `"${username}"`,
      `come with ${prefix}_PASSWORD_FILE or ${prefix}_PASSWORD`,
    );
  }
  return { host, port, username, password };
}

/** No message of this function may contain the password: it ends up in the pod's log. */
function readPassword(variables: Variables, prefix: string): string | undefined {
  const name = `${prefix}_PASSWORD`;
  const [password, path] = [variables[name], variables[`${name}_FILE`]];
  if (password !== undefined && path !== undefined) {
    throw new UnusableVariable(name, `set beside ${name}_FILE`, 'be the only one of the two');
  }
  if (password === '') throw new UnusableVariable(name, 'empty', 'not be empty');
  return path === undefined ? password : readPasswordFile(`${name}_FILE`, path);
}

function readPasswordFile(name: string, path: string): string {
  const refuse = (problem: string) =>
    new UnusableVariable(name, `${JSON.stringify(path)} (${problem})`, 'name a readable file that holds the password');

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
