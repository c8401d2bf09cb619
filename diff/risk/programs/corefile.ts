import type { ChangedFile } from './changed-files';
import type { FileEffect, FileEffects } from './file-effect';

/** A directive of a server block of CoreDNS, with what stands in its own block. */
interface Plugin {
  readonly name: string;
  readonly args: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

/** Whether a file configures CoreDNS: by its default name, or as a part of it in a ConfigMap of a cloud (`coredns-custom`). */
export function isCorefile({ name, isSecret, change }: ChangedFile): boolean {
  return (
    !isSecret && (/^Corefile(\.base)?$/.test(name) || (/\.(server|override)$/.test(name) && /dns/.test(change.name)))
  );
}

/** What CoreDNS answers otherwise (coredns.io/manual/configuration, coredns.io/plugins). */
export function corefileEffects({ name, before = '', after = '' }: ChangedFile): FileEffects {
  // What ends in .override is imported into the block of all names.
  const [was, is] = [before, after].map((text) => readCorefile(name.endsWith('.override') ? `. {\n${text}\n}` : text));
  if (is === undefined)
    return {
      hasUnknown: false,
      effects: [
        {
          class: 'disruption',
          message: 'CoreDNS does not load it, as a brace is not closed: pods that start answer no names',
          advice: 'close it, and let CoreDNS read the file before it is applied',
        },
      ],
    };
  // It did not load before.
  if (was === undefined) return { effects: [], hasUnknown: true };
  const effects: FileEffect[] = [];
  let hasUnknown = false;
  for (const [zone, plugins] of was) {
    const now = is.get(zone);
    if (!now) {
      effects.push({ class: 'disruption', message: zoneGone(zone, plugins, is) });
      continue;
    }
    const own = pluginEffects(zone, plugins, now);
    effects.push(...own.effects);
    hasUnknown ||= own.hasUnknown;
  }
  for (const [zone, plugins] of is)
    if (!was.has(zone))
      effects.push({
        class: 'unknown',
        message: `names of ${zoneText(zone)} are answered by a block of their own (${plugins.map((each) => each.name).join(', ')}): whether it has all that were found before is not known`,
      });
  return { effects, hasUnknown };
}

function zoneGone(zone: string, plugins: readonly Plugin[], now: ReadonlyMap<string, readonly Plugin[]>): string {
  const forward = plugins.find(({ name }) => name === 'forward');
  const by = forward ? `, which ${forward.args.slice(1).join(', ')} was asked for,` : '';
  const others = [...now.keys()].some((other) => isWithin(zone, other));
  return `names of ${zoneText(zone)}${by} are not answered by a block of their own any more: ${others ? 'those of a wider one answer, where they have them' : 'nobody answers'}`;
}

/** Whether the names of a zone are also those of another one, at the same port. */
function isWithin(zone: string, other: string): boolean {
  const [[name, port], [wide, at]] = [zone.split(' '), other.split(' ')] as [string[], string[]];
  return port === at && zone !== other && (wide === '.' || name!.endsWith(`.${wide}`));
}

function zoneText(zone: string): string {
  const [name, port] = zone.split(' ');
  return `${name === '.' ? 'all zones' : name}${port === '53' ? '' : ` at port ${port}`}`;
}

/** What is missing without a plugin; its class is disruption. */
const WITHOUT: Readonly<Record<string, string>> = {
  kubernetes: 'Services and pods of the cluster are not found by name any more',
  forward: 'names outside of the cluster are not found any more',
  hosts: 'the names that it listed are not found any more',
  file: 'the names of its file are not found any more',
  auto: 'the names of its files are not found any more',
  etcd: 'the names in etcd are not found any more',
  k8s_external: 'Services are not found by their outer names any more',
  template: 'the answers that it made up are not given any more',
  rewrite: 'names are not rewritten any more',
  autopath: 'short names may not be found at the first try any more',
  import: 'what it imported does not hold any more',
  prometheus: 'its metrics are not read any more',
  health: 'its health is not answered any more: a probe that asks for it fails, and the pods are restarted',
  ready: 'it does not say that it is ready any more: a probe that asks for it fails, and the Service has no endpoints',
  tls: 'it answers without TLS: whoever asks by TLS gets no answer',
};

/** Those of which a change is of no danger for what is answered. */
const HARMLESS = new Set(
  'errors log debug cache loadbalance pprof trace dnstap bufsize minimal any loop reload nsid local metadata'.split(
    ' ',
  ),
);

function pluginEffects(zone: string, was: readonly Plugin[], is: readonly Plugin[]): FileEffects {
  const effects: FileEffect[] = [];
  let hasUnknown = false;
  const tell = (risk: FileEffect['class'], message: string) =>
    effects.push({ class: risk, message: `in the block of ${zoneText(zone)}: ${message}` });
  for (const name of new Set([...was, ...is].map((each) => each.name))) {
    const [old, now] = [was, is].map((plugins) => plugins.filter((each) => each.name === name)) as [Plugin[], Plugin[]];
    const texts = (plugins: readonly Plugin[]) => plugins.map((each) => JSON.stringify([each.args, each.lines])).sort();
    if (texts(old).join() === texts(now).join() || HARMLESS.has(name)) continue;
    if (now.length === 0 && name === 'acl') tell('exposure', 'acl is gone: whom it refused is answered');
    else if (now.length === 0 && WITHOUT[name] !== undefined) tell('disruption', `${name} is gone: ${WITHOUT[name]}`);
    else if (name === 'forward') {
      const from = (plugins: readonly Plugin[]) => plugins.map(({ args }) => args[0] ?? '.');
      const lost = from(old).filter((each) => !from(now).includes(each));
      if (lost.length > 0) tell('disruption', `names of ${lost.join(', ')} are not passed on any more`);
      else
        tell(
          'unknown',
          `names are passed on to ${now.map(({ args }) => args.slice(1).join(', ')).join('; ')}${old.length > 0 ? ` in place of ${old.map(({ args }) => args.slice(1).join(', ')).join('; ')}` : ''}: whether the same names are found there is not known`,
        );
    } else if (name === 'kubernetes') {
      const zones = (plugins: readonly Plugin[]) => plugins.flatMap(({ args }) => args);
      const lost = zones(old).filter((each) => !zones(now).includes(each));
      if (lost.length > 0) tell('disruption', `kubernetes does not answer for ${lost.join(', ')} any more`);
      else hasUnknown = true;
    } else if (name === 'hosts') {
      const names = (plugins: readonly Plugin[]) =>
        plugins.flatMap(({ lines }) =>
          lines.flatMap(([first = '', ...rest]) => (/^[\d.]+$|:/.test(first) ? rest : [])),
        );
      const lost = names(old).filter((each) => !names(now).includes(each));
      if (lost.length > 0) tell('disruption', `hosts does not know ${lost.join(', ')} any more`);
      else hasUnknown = true;
    } else hasUnknown = true;
  }
  return { effects, hasUnknown };
}

/** The plugins of each zone, by its name and port, such as `. 53`; undefined where a brace is missing. */
function readCorefile(text: string): ReadonlyMap<string, readonly Plugin[]> | undefined {
  const lines = text
    .split('\n')
    .map(wordsOf)
    .filter((words) => words.length > 0);
  const blocks: { readonly heads: readonly string[]; readonly body: (readonly string[])[] }[] = [];
  let heads: string[] = [];
  let depth = 0;
  for (const words of lines) {
    const opens = words.at(-1) === '{';
    if (depth === 0) {
      heads.push(...(opens ? words.slice(0, -1) : words));
      // Zones may go on in the next line behind a comma.
      if (!opens) continue;
      blocks.push({ heads, body: [] });
      heads = [];
      depth = 1;
      continue;
    }
    if (words[0] === '}') {
      depth -= 1;
      if (depth > 0) blocks.at(-1)!.body.push(words);
      continue;
    }
    if (opens) depth += 1;
    blocks.at(-1)!.body.push(words);
  }
  if (depth !== 0) return undefined;
  const snippets = new Map(
    blocks.flatMap(({ heads: [head = ''], body }) => (/^\(.+\)$/.test(head) ? [[head.slice(1, -1), body]] : [])),
  );
  const zones = new Map<string, readonly Plugin[]>();
  for (const { heads: names, body } of blocks) {
    if (/^\(.+\)$/.test(names[0] ?? '')) continue;
    const plugins = pluginsIn(body.flatMap((words) => (words[0] === 'import' && snippets.get(words[1]!)) || [words]));
    for (const name of names.flatMap((each) => each.split(',')).filter(Boolean)) zones.set(zoneKey(name), plugins);
  }
  return zones;
}

function zoneKey(written: string): string {
  const [, scheme = '', zone = '', port] = /^(?:([a-z]+):\/\/)?(.*?)(?::(\d+))?$/.exec(written) ?? [];
  const byDefault = scheme === 'tls' ? '853' : scheme === 'https' || scheme === 'grpc' ? '443' : '53';
  return `${zone === '.' ? zone : zone.replace(/\.$/, '').toLowerCase()} ${port ?? byDefault}`;
}

function pluginsIn(body: readonly (readonly string[])[]): Plugin[] {
  const plugins: { name: string; args: readonly string[]; lines: (readonly string[])[] }[] = [];
  let depth = 0;
  for (const words of body) {
    if (words[0] === '}') {
      depth -= 1;
      continue;
    }
    const [name = '', ...args] = words.at(-1) === '{' ? words.slice(0, -1) : words;
    if (depth === 0) plugins.push({ name, args, lines: [] });
    else plugins.at(-1)!.lines.push([name, ...args]);
    if (words.at(-1) === '{') depth += 1;
  }
  return plugins;
}

/** The words of a line, without quotes and comments. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}
