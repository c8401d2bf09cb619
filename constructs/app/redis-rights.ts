import { StrataError } from '../../model/errors';
import { nearest } from '../../model/near';
import { REDIS_VERSION, WITH_KEYS, WITHOUT_KEYS } from './redis-commands';

/** What a client's user may do, beyond PING and naming its connection. */
export interface RedisRights {
  /** Patterns of the keys that it may touch: `'visits:*'`. Empty only where none of the commands takes a key. */
  readonly keys: readonly string[];
  /** Commands in lower case, a subcommand behind a bar, or a category: `'get'`, `'client|list'`, `'@read'`. */
  readonly commands: readonly string[];
}

/** The rights in Redis' own ACL terms. A Redis that does not know a command of its ACL file does not start, so each one is looked up. */
export function rightsText(place: string, { keys, commands }: RedisRights): string {
  const oddKey = keys.findIndex((key) => typeof key !== 'string' || !/^[^\s~%"'{}]+$/.test(key));
  if (oddKey >= 0)
    throw new StrataError(
      place,
      `may.keys[${oddKey}] is ${JSON.stringify(keys[oddKey])}, which is no pattern of keys`,
      ["write keys such as 'visits:*'"],
    );
  if (commands.length === 0)
    throw new StrataError(place, 'may.commands is empty, so its program may only PING', [
      "name the commands that its program calls, such as 'get'",
      'remove the connection',
    ]);
  for (const [i, command] of commands.entries()) checkCommand(place, `may.commands[${i}]`, command);
  const keyed = commands.find((command) => WITH_KEYS.has(command));
  if (keys.length === 0 && keyed !== undefined)
    throw new StrataError(place, `may.keys is empty, so Redis refuses every ${keyed}, which takes keys (NOPERM)`, [
      "name the patterns of the keys that its program uses, such as 'visits:*'",
    ]);
  const granted = ['ping', 'client|setname', ...commands].map((command) => `+${command}`);
  return [...keys.map((key) => `~${key}`), 'resetchannels', '-@all', ...granted].join(' ');
}

const isKnown = (command: string) => WITH_KEYS.has(command) || WITHOUT_KEYS.has(command);

function checkCommand(place: string, path: string, given: unknown): void {
  if (typeof given === 'string' && isKnown(given)) return;
  const shown = `${path} is ${JSON.stringify(given)}`;
  if (given === '@all')
    throw new StrataError(place, `${shown}: it could change the users themselves, and stop Redis`, [
      "name the commands that its program calls, or a category such as '@read'",
    ]);
  const what = `${shown}, which is no command, subcommand or category of Redis ${REDIS_VERSION}: Redis would not start with it in its ACL file`;
  const meant = typeof given === 'string' ? meantCommand(given) : undefined;
  throw new StrataError(place, what, [
    ...(meant === undefined ? [] : [`did you mean '${meant}'?`]),
    "write commands in lower case, such as 'get', a subcommand as 'client|list', a category as '@read'",
  ]);
}

/** The command that was probably meant: of two words with a blank in between, the subcommand; of a command without subcommands, itself. */
function meantCommand(given: string): string | undefined {
  const lower = given.trim().toLowerCase().replace(/\s+/, '|');
  if (isKnown(lower)) return lower;
  if (isKnown(`@${lower}`)) return `@${lower}`;
  const [command = '', subcommand] = lower.split('|');
  // Of names that are equally near, one that begins alike.
  const all = [...WITH_KEYS, ...WITHOUT_KEYS].sort((a, b) => Number(b[0] === lower[0]) - Number(a[0] === lower[0]));
  const isSubcommand = (name: string) => name.startsWith(`${command}|`);
  if (subcommand === undefined) return nearest(lower, all);
  if (all.some(isSubcommand)) return nearest(lower, all.filter(isSubcommand));
  return isKnown(command) ? command : nearest(lower, all);
}
