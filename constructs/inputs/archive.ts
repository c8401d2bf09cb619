import { gunzipSync } from 'node:zlib';
import { StrataError } from '../../model/errors';
import { LARGEST } from './files';

/** Files by their path, with slashes. */
export type Files = ReadonlyMap<string, Buffer>;

const BLOCK = 512;

/** The files of a .tgz, as Helm packs charts: tar in gzip. */
export function filesInArchive(name: string, archive: Buffer): Files {
  const refuse = (why: string) =>
    new StrataError(name, `is no archive of a chart: ${why}`, [
      'fetch it again: strata vendor',
      'pack it anew: helm package',
    ]);
  let tar: Buffer;
  try {
    tar = gunzipSync(archive, { maxOutputLength: LARGEST });
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const files = new Map<string, Buffer>();
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number) =>
      tar
        .subarray(at + from, at + from + length)
        .toString('utf8')
        .replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12).trim() || '0', 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (!Number.isInteger(size) || content.length < size) throw refuse('it is cut off or damaged');
    const type = text(156, 1) || '0';
    const prefix = text(345, 155);
    const short = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
    // Names that are too long for a header stand before it.
    if (type === 'L') longName = content.toString('utf8').replace(/\0+$/, '');
    else if (type === 'x') longName = /(?:^|\n)\d+ path=(.*)\n/.exec(content.toString('utf8'))?.[1] ?? longName;
    else {
      if (type === '0') files.set(longName ?? short, content);
      longName = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (files.size === 0) throw refuse('there is no file in it');
  return files;
}
