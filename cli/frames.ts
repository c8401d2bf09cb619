import { readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { OWN_SOURCES } from './root';
import { BundleMap } from './source-map';

/** By file, with its time: a bundle may be made anew while this program runs. */
const maps = new Map<string, { readonly time: number; readonly map: BundleMap | undefined }>();

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
  return [...framesOf(stack, root)];
}

/** One after the other: the map of a bundle is read when a line of it is asked for, and few ask how the program itself came there. */
function* framesOf(stack: string, root: string): Iterable<string> {
  const ignored = root === OWN_SOURCES ? PASSED : /^main\./;
  for (const text of stack.split('\n')) {
    const found = frameIn(text);
    if (!found) continue;
    const { file, line } = mapped(found);
    if (!file.endsWith('.ts')) continue;
    const frame = `${relative(root, file).replaceAll(sep, '/')}:${line}`;
    if (!/(^|\/)node_modules\/|^\.\.\//.test(frame) && !ignored.test(frame)) yield frame;
  }
}

/** Where a setting, a patch, a feature or a target was written: the innermost line of the project that is not how one writes it. */
export const placeIn = (root: string) => (at: Error) => {
  for (const frame of framesOf(at.stack ?? '', root)) if (!/^(model\/|features\/feature\.ts)/.test(frame)) return frame;
  return undefined;
};

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
  const place = map?.placeOf(frame.line - 1, frame.column - 1);
  if (!place) return frame;
  return { file: resolve(dirname(frame.file), place.source), line: place.line + 1, column: place.column + 1 };
}

function mapOf(file: string): BundleMap | undefined {
  const time = statSync(`${file}.map`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const known = maps.get(file);
  if (known?.time === time) return known.map;
  const map = readMap(file);
  maps.set(file, { time, map });
  return map;
}

function readMap(file: string): BundleMap | undefined {
  try {
    return new BundleMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    // Without a map the place stays unknown, which is no reason to say nothing else.
    return undefined;
  }
}
