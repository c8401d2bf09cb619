/** An address that the syntax of a command or a file says is connected to. */
export interface CalledAddress {
  /** In lower case. */
  readonly host: string;
  readonly port: number | undefined;
  /** As it is written. */
  readonly text: string;
  /** The directive, the program or the key. */
  readonly name: string;
  /**
   * `directive`: a statement of nginx, HAProxy or Redis, an argument of nc, which is nothing but an address. `value`: what a key or a flag
   * is set to looks like one.
   */
  readonly place: 'directive' | 'value';
}

const HOST = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';
const NUMBER = '\\d{1,5}';
const ONLY_HOST = new RegExp(`^${HOST}$`);
const ADDRESS = new RegExp(`^${HOST}:${NUMBER}$`);

/** What is named for another purpose than to be connected to: images, users, what a server is or listens on. */
const OTHER =
  /(?:image|tag|version|model|label|topic|user|name|id|key|group|role|range|replicas|weight)s?$|image|volume|mount|listen|bind|advertise|public|external|virtual|origin|cors|allow|redirect|callback|issuer|audience|proxy|^(?:server|http|network|transport|self)[._-]?(?:host|address|addr|name)$/i;

/** Whether the value of this variable, flag or key may be an address. */
export function mayBeAddress(name: string): boolean {
  return /(?<!user|virtual|server)hostname$/i.test(name) || !OTHER.test(name);
}

/** Programs that connect to what stands in their arguments: the host, and the port where it is an argument too. */
const PROGRAMS: readonly RegExp[] = [
  // nc -zv -w 2 redis 6379, ncat, telnet
  new RegExp(
    `\\b(nc|ncat|netcat|telnet)((?:\\s+-(?:w\\s*\\d+|[a-zA-Z]+))*)\\s+(${HOST})\\s+(${NUMBER})(?![\\w.:-])`,
    'g',
  ),
  // curl -s redis:6379/x, wget -qO- redis:6379, wait-for-it redis:6379
  new RegExp(
    `\\b(curl|wget|wait-for-it(?:\\.sh)?|wait-for(?:\\.sh)?|grpc_health_probe\\s+-addr=?)((?:\\s+-(?:[a-zA-Z-]+(?:=\\S*)?))*)\\s*(?<=[\\s=])(${HOST}):(${NUMBER})(?![\\w.:-])`,
    'g',
  ),
  // redis-cli -h redis -p 6379, pg_isready, psql, mysql -P 3306
  new RegExp(
    `\\b(redis-cli|valkey-cli|pg_isready|psql|mysqladmin|mysql|mariadb-admin|mariadb|mongosh|mongo)\\b([^|&;\\n]*?)\\s(?:-h\\s*|--host[= ])(${HOST})(?:(?=[^|&;\\n]*?\\s(?:-[pP]\\s+|-P|--port[= ])(${NUMBER})\\b)|(?![\\w.-]))`,
    'g',
  ),
  new RegExp(`/dev/(tcp)()/(${HOST})/(${NUMBER})\\b`, 'g'),
  // nslookup redis, getent hosts redis, ping -c 1 redis: one word, so only where a command begins
  new RegExp(
    `(?:^|[;&|(!\`\\n]|\\b(?:until|while|if|do|then|else)\\s)\\s*(?:[\\w./]*/)?(nslookup|getent\\s+a?hosts|ping(?=[^;&|\\n]*\\s-c\\s*\\d))((?:\\s+-(?:[cwWi]\\s*\\d+|[a-zA-Z]+(?:=\\S*)?))*)\\s+(${HOST})\\.?(?![\\w.:$\\\\/{-])`,
    'g',
  ),
];

/** The patterns above take hosts in lower case alone. */
function called(name: string, host: string, port: string | undefined): CalledAddress {
  return {
    host,
    port: port === undefined ? undefined : Number(port),
    text: port === undefined ? host : `${host}:${port}`,
    name,
    place: 'directive',
  };
}

/** Addresses in a command line, or in the script that a shell is given. */
export function* calledByCommand(line: string): Iterable<CalledAddress> {
  if (line.length > 20_000) return;
  for (const program of PROGRAMS)
    for (const [, name = '', , host = '', port] of line.matchAll(program)) {
      if (/^\d+$/.test(host)) continue;
      yield called(name, host, port);
    }
}

/** Where a statement of nginx begins: several may stand in one line. */
const STATEMENT = '(?<=^|[{;])\\s*';

const DIRECTIVES: readonly RegExp[] = [
  // nginx: `server` with an address is one of an upstream.
  new RegExp(`${STATEMENT}(server)\\s+(${HOST})(?::(${NUMBER}))?(?:\\s+[^;{}]*)?;`, 'gm'),
  new RegExp(`${STATEMENT}((?:fastcgi|uwsgi|scgi|memcached)_pass)\\s+(${HOST})(?::(${NUMBER}))?\\s*;`, 'gm'),
  new RegExp(`${STATEMENT}(proxy_pass)\\s+(${HOST}):(${NUMBER})\\s*;`, 'gm'),
  new RegExp(`${STATEMENT}((?:proxy|grpc)_pass)\\s+(?:https?|grpcs?)://(${HOST})(?::(${NUMBER}))?(?=[/;\\s])`, 'gm'),
  // HAProxy
  new RegExp(`^\\s*(server)\\s+[\\w.-]+\\s+(${HOST}):(${NUMBER})(?=\\s|$)(?!.*[;{])`, 'gm'),
  // Redis
  new RegExp(`^\\s*((?:replica|slave)of)\\s+(${HOST})\\s+(${NUMBER})\\s*$`, 'gm'),
];

/** The addresses that a configuration file says are connected to. */
export function* calledByFile(text: string): Iterable<CalledAddress> {
  for (const directive of DIRECTIVES)
    for (const [, name = '', host = '', port] of text.matchAll(directive)) {
      if (name.endsWith('_pass') && definesGroup(text, host)) continue;
      yield called(name, host, port);
    }
  yield* valuesIn(text);
}

/** Whether a file gives a group of servers this name: an upstream of nginx, a backend of HAProxy. */
export function definesGroup(text: string, name: string): boolean {
  return new RegExp(`^\\s*(?:upstream|backend|listen)\\s+${name.replaceAll('.', '\\.')}\\s*(?:\\{|$)`, 'm').test(text);
}

interface Line {
  readonly indent: number;
  readonly key: string;
  readonly value: string;
}

/** `redis.host=redis`, `host: redis` beside `port: 6379`, `bootstrap.servers=kafka:9092`. */
function* valuesIn(text: string): Iterable<CalledAddress> {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(lineOf);
  for (const [i, line] of lines.entries()) {
    if (!line || !mayBeAddress(line.key)) continue;
    const parts = line.value.split(',');
    if (parts.every((part) => ADDRESS.test(part)))
      for (const part of parts) {
        const [host = '', port] = part.split(':');
        if (Number(port) >= 1024 || /host|addr|server|broker|upstream|endpoint/i.test(line.key))
          yield { host, port: Number(port), text: part, name: line.key, place: 'value' };
      }
    else if (/(?:^|[._-]|[a-z](?=H))host(?:name)?$/i.test(line.key) && ONLY_HOST.test(line.value)) {
      const port = portBeside(lines, i, line);
      yield { host: line.value, port, text: line.value, name: line.key, place: 'value' };
    }
  }
}

const LINE = /^(\s*(?:-\s+)?)["']?([A-Za-z][\w.-]*)["']?(?:\s*[:=]\s*|\s+)["']?([^\s"';]+?)["']?\s*[,;]?\s*(?:#.*)?$/;

function lineOf(text: string): Line | undefined {
  if (text.length > 500) return undefined;
  const [, indent = '', key, value] = LINE.exec(text) ?? [];
  return key === undefined || value === undefined ? undefined : { indent: indent.length, key, value };
}

/** The port that stands beside a host: of the same prefix, or of the same mapping. */
function portBeside(lines: readonly (Line | undefined)[], at: number, { indent, key }: Line): number | undefined {
  const wanted = key.replace(/host(name)?$/i, (host) => (host[0] === 'H' ? 'Port' : 'port')).toLowerCase();
  for (const step of [1, -1])
    for (let i = at + step; i >= 0 && i < lines.length && Math.abs(i - at) <= 20; i += step) {
      const line = lines[i];
      if (!line || line.indent < indent) break;
      if (line.indent === indent && line.key.toLowerCase() === key.toLowerCase()) break;
      if (line.indent === indent && line.key.toLowerCase() === wanted)
        return /^\d{1,5}$/.test(line.value) ? Number(line.value) : undefined;
    }
  return undefined;
}
