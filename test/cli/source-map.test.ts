import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { BundleMap } from '../../cli/source-map';

test('each place of a bundle comes from where Node says that it comes from', () => {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, '../../cli/options/parse.ts')],
    bundle: true,
    minifySyntax: true,
    platform: 'node',
    format: 'cjs',
    sourcemap: 'external',
    outfile: 'bundle.cjs',
    write: false,
  });
  const [json, lines] = [JSON.parse(outputFiles[0]!.text), outputFiles[1]!.text.split('\n')];
  const [ours, theirs] = [new BundleMap(json), new SourceMap(json)];
  let found = 0;
  for (const [line, text] of lines.entries())
    for (let column = 0; column <= text.length; column += 3) {
      const entry = theirs.findEntry(line, column);
      const place =
        'originalSource' in entry && entry.originalSource
          ? { source: entry.originalSource, line: entry.originalLine, column: entry.originalColumn }
          : undefined;
      if (place) found++;
      expect({ line, column, place: ours.placeOf(line, column) }).toEqual({ line, column, place });
    }
  expect(found).toBeGreaterThan(1000);
});

test('a mapping without a source ends the one before it', () => {
  const map = new BundleMap({ sources: ['a.ts'], mappings: 'AAAA,E,EACE;;AADA' });
  expect([0, 1, 2, 3, 4, 9].map((column) => map.placeOf(0, column)?.line)).toEqual([0, 0, undefined, undefined, 1, 1]);
  expect([map.placeOf(1, 5)?.line, map.placeOf(2, 0)?.line, map.placeOf(7, 0)?.line]).toEqual([1, 0, 0]);
});
