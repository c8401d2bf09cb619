import { string } from '../../../manifests/resource';
import type { Block } from '../../../simulate/network/addresses';
import { ALL_IPV4, ALL_IPV6, blockTexts, readBlock, without } from '../../../simulate/network/addresses';
import { firstNames } from '../plural';
import type { ChangedFile } from './changed-files';
import type { FileEffect, FileEffects } from './file-effect';

/** A directive of nginx, with those of its block where it has one. */
interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
}

/** Whether a file is one of nginx: by the image of who reads it, else by a server block in it. */
export function isNginxFile({ name, isSecret, readers, before, after }: ChangedFile): boolean {
  if (isSecret || !/\.conf$|nginx/.test(name)) return false;
  return readers.length > 0
    ? readers.some(({ container: { json } }) => /nginx|openresty|angie|tengine/.test(string(json['image']) ?? ''))
    : /^\s*server\s*\{/m.test(after ?? before ?? '');
}

/** Whom nginx lets in or refuses otherwise (nginx.org/en/docs/http/ngx_http_access_module.html and its like). */
export function nginxEffects({ before = '', after = '' }: ChangedFile): FileEffects {
  // What stands in blocks of other languages is not read here.
  if (/_by_lua_block/.test(before + after)) return { effects: [], hasUnknown: true };
  const [was, is] = [before, after].map(readDirectives);
  if (!was) return { effects: [], hasUnknown: true };
  if (!is) return { effects: [refused('a brace, a quote or a semicolon is missing')], hasUnknown: false };
  const swallowed = simpleBecomesBlock(was, is);
  if (swallowed !== undefined)
    return { effects: [refused(`${swallowed} has no block: a semicolon is missing behind it`)], hasUnknown: false };
  const [old, now] = [placesOf(was), placesOf(is)];
  const effects: FileEffect[] = [];
  // What holds for a place as for the one around it is told there.
  const told = new Map<string, readonly string[]>();
  for (const [place, guards] of old) {
    const around = told.get(place.slice(0, Math.max(0, place.lastIndexOf(INSIDE)))) ?? [];
    const kept = now.get(place);
    // What takes its requests over is compared with it below.
    if (!kept && isTakenOver(place, now)) continue;
    const here = kept ? [...guardEffects(guards, kept)] : [goneEffect(place, guards)];
    told.set(place, kept ? here.map(({ message }) => message) : [GONE]);
    if (around.includes(GONE)) told.set(place, [GONE]);
    else
      for (const { message, ...effect } of here)
        if (!around.includes(message) || place === '')
          effects.push({ ...effect, message: `${message}${kept && place !== '' ? `, at ${place}` : ''}` });
  }
  for (const place of now.keys())
    if (!old.has(place))
      for (const { message, ...effect } of newEffects(place, old, now))
        effects.push({ ...effect, message: `${message}, at ${place}` });
  return { effects, hasUnknown: restDiffers(was, is) };
}

const INSIDE = ', ';
const GONE = 'gone';

function refused(why: string): FileEffect {
  return {
    class: 'disruption',
    message: `nginx does not load it: ${why}; pods that start do not serve, and a reload is refused`,
    advice: 'let nginx -t read it before it is applied',
  };
}

/** What is asked of whoever comes to a place, with what holds there from further out. */
interface Guards {
  readonly access: readonly (readonly [does: string, who: string])[];
  /** By the directive, where it asks for something. */
  readonly asks: Readonly<Record<string, string>>;
}

const NO_GUARDS: Guards = { access: [], asks: {} };

/** Directives that ask who somebody is, and the value that asks nothing. */
const ASKING: Readonly<Record<string, RegExp>> = {
  auth_basic: /^off$/,
  auth_request: /^off$/,
  auth_jwt: /^off$/,
  ssl_verify_client: /^(off|optional|optional_no_ca)$/,
};
const GUARDING = new Set(['allow', 'deny', ...Object.keys(ASKING)]);
const PLACES = new Set(['http', 'server', 'location', 'limit_except', 'if', 'stream']);

/** The servers and locations of a file by what they are called, those further out first, with their guards. */
function placesOf(
  directives: readonly Directive[],
  above: Guards = NO_GUARDS,
  at = '',
  found = new Map<string, Guards>(),
): ReadonlyMap<string, Guards> {
  const guards = guardsIn(directives, above);
  if (!found.has(at)) found.set(at, guards);
  for (const each of directives)
    if (each.block && PLACES.has(each.name)) placesOf(each.block, guards, placeIn(at, each), found);
  return found;
}

/** `server shop.example.com (443), location /admin` */
function placeIn(at: string, { name, args, block = [] }: Directive): string {
  if (name === 'http' || name === 'stream') return at;
  return [at, `${name} ${name === 'server' ? serverName(block) : args.join(' ')}`.trim()].filter(Boolean).join(INSIDE);
}

/** Two servers may have one name, each at its own port. */
function serverName(block: readonly Directive[]): string {
  const of = (name: string) => block.filter((each) => each.name === name);
  const names = of('server_name').flatMap(({ args }) => args);
  const ports = of('listen').map(({ args: [port = ''] }) => port);
  return [...names, ...(ports.length > 0 ? [`(${ports.join(' and ')})`] : [])].join(' ');
}

/** Each kind is taken over from further out where a place has none of its own. */
function guardsIn(directives: readonly Directive[], above: Guards): Guards {
  const access = directives.flatMap(({ name, args }) =>
    name === 'allow' || name === 'deny' ? [[name, args[0] ?? ''] as const] : [],
  );
  const asks = { ...above.asks };
  for (const { name, args } of directives) {
    const asksNothing = ASKING[name];
    if (!asksNothing) continue;
    if (asksNothing.test(args[0] ?? '')) delete asks[name];
    else asks[name] = args.join(' ');
  }
  return { access: access.length > 0 ? access : above.access, asks };
}

const ALL: readonly Block[] = [ALL_IPV4, ALL_IPV6];

/** Whose addresses are let in: the first rule that names one decides. Undefined where one cannot be read. */
function letIn({ access }: Guards): readonly Block[] | undefined {
  let left = ALL;
  let allowed: readonly Block[] = [];
  for (const [does, who] of access) {
    const named = who === 'all' ? ALL : [readBlock(who)];
    if (named.some((block) => !block)) return undefined;
    const after = without(left, named as Block[]);
    if (does === 'allow') allowed = [...allowed, ...without(left, after)];
    left = after;
  }
  return [...allowed, ...left];
}

function* guardEffects(was: Guards, is: Guards): Iterable<FileEffect> {
  if (JSON.stringify(was.access) !== JSON.stringify(is.access)) yield* accessEffects(was, is);
  for (const name of Object.keys(ASKING)) {
    const [asked, asks] = [was.asks[name], is.asks[name]];
    if (asked !== undefined && asks === undefined)
      yield { class: 'exposure', message: `nginx does not ask any more who somebody is (${name})` };
    if (asked === undefined && asks !== undefined)
      yield {
        class: 'disruption',
        message: `nginx asks who somebody is, and did not before (${name})`,
        advice: 'make sure that all who come there can say so, probes among them',
      };
  }
}

function* accessEffects(was: Guards, is: Guards): Iterable<FileEffect> {
  const [old, now] = [letIn(was), letIn(is)];
  if (!old || !now) {
    yield { class: 'exposure', message: 'nginx may let in others than before (allow, deny)' };
    return;
  }
  const [opened, closed] = [without(now, old), without(old, now)];
  const denies = is.access.some(([does]) => does === 'deny');
  const deniesAll = is.access.some(([does, who]) => does === 'deny' && who === 'all');
  if (opened.length > 0)
    yield {
      class: 'exposure',
      message: `nginx lets in ${denies ? firstNames(blockTexts(opened)) : 'everybody'}, whom it refused (allow, deny)`,
    };
  if (closed.length > 0)
    yield {
      class: 'disruption',
      message: `nginx refuses ${deniesAll && was.access.length === 0 ? 'all but those that it allows' : firstNames(blockTexts(closed))}, whom it let in (allow, deny)`,
      advice: 'look in its logs for who would be refused',
    };
}

/** A location by a path, in a server. */
interface Location {
  readonly server: string;
  readonly isExact: boolean;
  readonly path: string;
}

/** Undefined for what is no such location: by a pattern, with a name, inside of another one. */
function locationOf(place: string): Location | undefined {
  const [server = '', last = '', ...more] = place.split(`${INSIDE}location `);
  const [, modifier, path] = /^(?:(=|\^~) )?(\/.*)$/.exec(last) ?? [];
  return path === undefined || more.length > 0 ? undefined : { server, isExact: modifier === '=', path };
}

/** Whether a location that goes has another one in its place that takes all of its requests, by the same path. */
function isTakenOver(place: string, now: ReadonlyMap<string, Guards>): boolean {
  const gone = locationOf(place);
  return (
    gone !== undefined &&
    [...now.keys()]
      .map(locationOf)
      .some((is) => is?.server === gone.server && is.path === gone.path && (gone.isExact || !is.isExact))
  );
}

/** What a location that comes asks of requests that were answered elsewhere in its server. */
function newEffects(place: string, old: ReadonlyMap<string, Guards>, now: ReadonlyMap<string, Guards>): FileEffect[] {
  const location = locationOf(place);
  if (!location || !old.has(location.server)) return [];
  const own = [...old.keys()].filter((each) => each.startsWith(`${location.server}${INSIDE}location `));
  // A pattern comes before a path, and may be for any of them.
  if (own.some((each) => each.startsWith(`${location.server}${INSIDE}location ~`))) return [];
  const { path, isExact } = location;
  const asked = isExact ? [path] : [path, `${path.replace(/\/$/, '')}/x`];
  const effects = asked.flatMap((uri) => [
    ...guardEffects(old.get(answering(own, uri) ?? location.server)!, now.get(place)!),
  ]);
  return effects.filter(({ message }, i) => effects.findIndex((each) => each.message === message) === i);
}

/** The location that answers a request: the exact one, or the longest that it begins with (nginx.org/en/docs/http/ngx_http_core_module.html#location). */
function answering(places: readonly string[], uri: string): string | undefined {
  const fitting = places.flatMap((place) => {
    const location = locationOf(place);
    if (!location) return [];
    const { isExact, path } = location;
    return (isExact ? uri === path : uri.startsWith(path))
      ? [{ place, rank: isExact ? Number.POSITIVE_INFINITY : path.length }]
      : [];
  });
  return fitting.sort((one, other) => other.rank - one.rank)[0]?.place;
}

function goneEffect(place: string, guards: Guards): FileEffect {
  const isGuarded = guards.access.some(([does]) => does === 'deny') || Object.keys(guards.asks).length > 0;
  if (isGuarded)
    return {
      class: 'exposure',
      message: `${place} is gone, and whom it refused with it: what answers in its place may let them in`,
    };
  const isServer = place.split(INSIDE).at(-1)!.startsWith('server');
  return {
    class: 'disruption',
    message: `${place} is gone: requests for it are answered by another ${isServer ? 'server, or by none' : 'location, or not found'}`,
    advice: 'make sure that nobody asks for it any more: its logs say who does',
  };
}

/** Whether something else changes than guards and places that go. */
function restDiffers(was: readonly Directive[], is: readonly Directive[]): boolean {
  const kept = placesOf(is);
  const rest = (directives: readonly Directive[], at = ''): unknown[] =>
    directives.flatMap((each): unknown[] => {
      const { name, args, block } = each;
      if (GUARDING.has(name)) return [];
      if (!block) return [[name, args]];
      const place = placeIn(at, each);
      return PLACES.has(name) && !kept.has(place) ? [] : [[name, args, rest(block, place)]];
    });
  return JSON.stringify(rest(was)) !== JSON.stringify(rest(is));
}

/** A directive that never had a block and has one now: the semicolon behind it is missing. */
function simpleBecomesBlock(was: readonly Directive[], is: readonly Directive[]): string | undefined {
  const namesOf = (directives: readonly Directive[], withBlock: boolean): string[] =>
    directives.flatMap(({ name, block }) => [
      ...((block !== undefined) === withBlock ? [name] : []),
      ...(block ? namesOf(block, withBlock) : []),
    ]);
  const [simple, blocks] = [new Set(namesOf(was, false)), new Set(namesOf(was, true))];
  return namesOf(is, true).find((name) => simple.has(name) && !blocks.has(name));
}

/** The directives of a file; undefined where a brace, a quote or the last semicolon is missing. */
function readDirectives(text: string): readonly Directive[] | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  const levels: Directive[][] = [[]];
  const heads: string[][] = [];
  let words: string[] = [];
  for (const token of tokens) {
    if (token === ';') {
      if (words.length > 0) levels.at(-1)!.push({ name: words[0]!, args: words.slice(1) });
      words = [];
    } else if (token === '{') {
      heads.push(words);
      levels.push([]);
      words = [];
    } else if (token === '}') {
      if (words.length > 0 || levels.length === 1) return undefined;
      const block = levels.pop()!;
      const [name = '', ...args] = heads.pop()!;
      levels.at(-1)!.push({ name, args, block });
    } else words.push(token.replace(/^(["'])(.*)\1$/s, '$2'));
  }
  return levels.length === 1 && words.length === 0 ? levels[0] : undefined;
}

/** Words, quoted or not, and the marks between them; comments are none. */
function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const token =
    /\s+|#[^\n]*|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[;{}]|(?:\$\{\w+\}|\\.|[^\s;{}"'#\\])(?:\$\{\w+\}|\\.|[^\s;{}])*)/gsy;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) return undefined;
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}
