import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';

const maps = new Map<string, SourceMap | undefined>();

/**
 * A call stack with the places of the sources instead of the bundle's. Node does this itself when it is told to before the
 * bundle is loaded, which costs a tenth of a second even when nobody asks for a place.
 */
function mapped(stack: string): string {
  return stack.replace(/([^\s()]+\.cjs):(\d+):(\d+)/g, (frame, file: string, line: string, column: string) => {
    const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    return entry && 'originalSource' in entry && entry.originalSource
      ? `${resolve(dirname(file), entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
      : frame;
  });
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    // Without a map the place stays unknown, which is no reason to say nothing else.
    return undefined;
  }
}

/** The project's own lines of a call stack, innermost first: `constructs/app/web-service.ts:51`. */
export function projectFrames(stack: string): string[] {
  const frames = mapped(stack)
    .split('\n')
    .map((line) => /\(?([^\s()]+\.ts):(\d+):\d+\)?$/.exec(line));
  const own = frames.flatMap((match) => (match ? `${relative(process.cwd(), match[1]!)}:${match[2]}` : []));
  return own.filter(
    (frame) =>
      !frame.includes('node_modules') &&
      !/^(model\/layers|constructs\/synthesis\/stacks|checks\/|cli\/|render\/|main)/.test(frame),
  );
}
