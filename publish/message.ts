import { baseName, groupOf } from '../model/kubernetes';
import type { IndexEntry } from '../render/plan';
import type { TreeIndex } from '../render/tree';
import type { PublishedTree } from './branch-plan';

/** Lines of the body for one set of targets; what is more is counted. */
const SHOWN = 40;
/** A subject with more names than these says how many there are. */
const NAMED = 3;

/** What a commit changes, object by object from the indexes: a change that several targets share is said once, with the targets. */
export function changeMessage(before: PublishedTree, after: PublishedTree, changed: readonly string[]): string {
  const paths = [...new Set([...Object.keys(before.index?.targets ?? {}), ...Object.keys(after.index?.targets ?? {})])];
  const groups = new Map<string, string[]>();
  const add = (lines: readonly string[], target: string) => {
    const key = lines.join('\n');
    if (lines.length > 0) groups.set(key, [...(groups.get(key) ?? []), target]);
  };
  for (const path of paths.sort()) {
    const [old, fresh] = [before.index?.targets[path], after.index?.targets[path]];
    const objects = (of: TreeIndex['targets'][string]) => counted(of.objects.length, 'object');
    if (!old) add([`add the target: ${objects(fresh!)}`], nameOf(path));
    else if (!fresh) add([`remove the target: ${objects(old)}`], nameOf(path));
    else add(linesOf(old.objects, fresh.objects), nameOf(path));
  }
  const delivery = new Set([...(before.index?.delivery ?? []), ...(after.index?.delivery ?? [])]);
  const delivered = changed.filter((path) => delivery.has(path));
  const told = [...groups].map(([key, targets]) => ({ lines: key.split('\n'), targets }));
  const body = told.map(({ lines, targets }) => `${targets.join(', ')}:\n${listed(lines)}`);
  if (delivered.length > 0) body.push(`what hands the targets over:\n${listed(delivered)}`);
  if (body.length === 0) body.push(`No object differs in the index; these files do:\n${listed(changed)}`);
  // One line says all.
  const isShort = delivered.length === 0 && told.length === 1 && told[0]!.lines.length === 1;
  const isNamed = isShort && told[0]!.targets.length <= NAMED;
  return [subject(told, delivered.length > 0), ...(isNamed ? [] : body)].join('\n\n');
}

function subject(
  told: readonly { readonly lines: readonly string[]; readonly targets: readonly string[] }[],
  isDelivered: boolean,
): string {
  const targets = told.flatMap((group) => group.targets).sort();
  if (targets.length === 0) return isDelivered ? 'change what hands the targets over' : 'write files again';
  const names = targets.length > NAMED ? counted(targets.length, 'target') : targets.join(', ');
  const [first] = told;
  if (told.length === 1 && first!.lines.length === 1) return `${names}: ${first!.lines[0]}`;
  const count = told.reduce((sum, { lines, targets: { length } }) => sum + lines.length * length, 0);
  return `${names}: ${counted(count, 'change')}`;
}

/** Names without hashes and namespaces, which differ from target to target: a config with a new name is one that has changed. */
function linesOf(old: readonly IndexEntry[], fresh: readonly IndexEntry[]): string[] {
  const [before, after] = [byName(old), byName(fresh)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    const object = name.slice(name.indexOf(' ') + 1);
    if (was === undefined) return `add ${object}`;
    if (is === undefined) return `remove ${object}`;
    return was === is ? [] : `change ${object}`;
  });
}

function byName(entries: readonly IndexEntry[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { apiVersion, kind, name, namespace = '', sha256 } of entries) {
    const key = `${groupOf(apiVersion)} ${kind}/${baseName({ apiVersion, kind, metadata: { name } })}`;
    names.set(key, `${names.get(key) ?? ''}${namespace}/${name} ${apiVersion} ${sha256}\n`);
  }
  return names;
}

function listed(lines: readonly string[]): string {
  const more = lines.length - SHOWN;
  return [...lines.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`).join('\n');
}

/** `prod@cloud` of `cloud/prod`. */
function nameOf(path: string): string {
  return path.split('/').reverse().join('@');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
