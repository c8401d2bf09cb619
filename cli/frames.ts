import { readFileSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { OWN_SOURCES } from './root';

/** By file, with its time: a bundle may be made anew while this program runs. */
const maps = new Map<string, { readonly time: number; readonly map: SourceMap | undefined }>();

interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Strata's own sources that every stack goes through; in a project of its user they stand in the package. */
const PASSED =
  /^(model\/layers|constructs\/synthesis\/stacks|constructs\/inputs\/|composition\/|checks\/|cli\/|render\/|main\.)/;

/** The project's own lines of a call stack that make objects, innermost first: `constructs/app/web-service.ts:51`. `root` is its folder. */
export function projectFrames(stack: string, root: string): string[] {
  const ignored = root === OWN_SOURCES ? PASSED : /^main\./;
  return stack
    .split('\n')
    .flatMap((line) => frameIn(line) ?? [])
    .map(mapped)
    .filter(({ file }) => file.endsWith('.ts'))
    .map(({ file, line }) => `${relative(root, file).replaceAll(sep, '/')}:${line}`)
    .filter((frame) => !/(^|\/)node_modules\/|^\.\.\//.test(frame) && !ignored.test(frame));
}

/** Where a setting, a patch, a feature or a target was written: the innermost line of the project that is not how one writes it. */
export const placeIn = (root: string) => (at: Error) =>
  projectFrames(at.stack ?? '', root).find((frame) => !/^(model\/|features\/feature\.ts)/.test(frame));

/** `at name (file:line:column)` or `at file:line:column`; the file may have spaces and brackets in its path. */
function frameIn(line: string): Frame | undefined {
  const match = /^\s*at (?:.*?\()?((?:file:\/\/|[A-Za-z]:)?[\\/].*?):(\d+):(\d+)\)?$/.exec(line);
  return match ? { file: match[1]!, line: Number(match[2]), column: Number(match[3]) } : undefined;
}

/**
 * The place in the sources instead of the bundle's. Node does this itself when it is told to before the bundle is loaded,
 * which costs a tenth of a second even when nobody asks for a place.
 */
function mapped(frame: Frame): Frame {
  const map = frame.file.endsWith('.cjs') ? mapOf(frame.file) : undefined;
  const entry = map?.findEntry(frame.line - 1, frame.column - 1);
  if (!entry || !('originalSource' in entry) || !entry.originalSource) return frame;
  return {
    file: resolve(dirname(frame.file), entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}

function mapOf(file: string): SourceMap | undefined {
  const time = statSync(`${file}.map`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const known = maps.get(file);
  if (known?.time === time) return known.map;
  const map = readMap(file);
  maps.set(file, { time, map });
  return map;
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    // Without a map the place stays unknown, which is no reason to say nothing else.
    return undefined;
  }
}
