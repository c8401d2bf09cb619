import type { RiskClass } from '../../../diff/risk/classes';
import type { Files, Targets } from './fleet';
import { filesOf } from './fleet';

/** What somebody does to the manifests of a fleet. */
export type Edit = (targets: Targets) => Targets;

/** A change of the history. */
export interface HistoryChange {
  /** The name of its golden file. */
  readonly name: string;
  /** Its class, as a person has judged it, and the one of its revert. */
  readonly class: RiskClassPair;
  readonly edits: readonly Edit[];
}

type RiskClassPair = readonly [there: RiskClass, back: RiskClass];

/** Which targets: all of an environment or of a cluster, or all. */
type Where = string | undefined;

const isIn = (target: string, where: Where) =>
  where === undefined || where === target || target.split('@').includes(where);

/** Edits each file of this name there; every one of them has to change, and there has to be one. */
function inEach(file: string, where: Where, edit: (text: string, files: Files) => Files | string): Edit {
  return (targets) => {
    let found = 0;
    const after = new Map(
      [...targets].map(([target, files]) => {
        const text = files.get(file);
        if (text === undefined || !isIn(target, where)) return [target, files];
        found += 1;
        const is = edit(text, files);
        if (is === text) throw new Error(`${file} of ${target} stays as it is`);
        return [target, typeof is === 'string' ? new Map(files).set(file, is) : is];
      }),
    );
    if (found === 0) throw new Error(`no target ${where ?? ''} has ${file}`);
    return after;
  };
}

/** One text becomes another one, wherever it stands in the file. */
export function replace(file: string, from: string | RegExp, to: string, where?: Where): Edit {
  return inEach(file, where, (text) => text.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'gm'), to));
}

/** More documents at the end of a file. */
export function append(file: string, text: string, where?: Where): Edit {
  return inEach(file, where, (was) => `${was}---\n${text}`);
}

/** Without the documents of a file that say this. */
export function without(file: string, said: string, where?: Where): Edit {
  return inEach(file, where, (text) =>
    documents(text)
      .filter((each) => !each.includes(said))
      .join('---\n'),
  );
}

/** Anything else. */
export function rewrite(file: string, edit: (text: string) => string, where?: Where): Edit {
  return inEach(file, where, edit);
}

export function documents(text: string): string[] {
  return text.split(/^---\n/m);
}

/** A file is called otherwise, or goes into another one. */
export function move(file: string, to: string, where?: Where): Edit {
  return inEach(file, where, (text, files) => {
    const { [file]: _, ...rest } = Object.fromEntries(files);
    return new Map(Object.entries({ ...rest, [to]: rest[to] === undefined ? text : `${rest[to]}---\n${text}` }));
  });
}

export function removeFile(file: string, where?: Where): Edit {
  return inEach(file, where, (_, files) => new Map([...files].filter(([name]) => name !== file)));
}

/** Targets that go. */
export function retire(where: string): Edit {
  return (targets) => new Map([...targets].filter(([target]) => !isIn(target, where)));
}

/** A target that comes. */
export function join(environment: Parameters<typeof filesOf>[0], cluster: string): Edit {
  return (targets) => new Map(targets).set(`${environment}@${cluster}`, filesOf(environment, cluster));
}
