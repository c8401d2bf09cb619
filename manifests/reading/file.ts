import { isUtf8 } from 'node:buffer';
import type { Source } from '../resource';
import type { Reading, Unreadable } from './read';
import { readSources } from './read';

/** What stands in a file. */
export interface FileReading extends Reading {
  /** No Kubernetes objects, and nothing that looks like one: a file that lies in a folder for something else. */
  readonly foreign: boolean;
}

/** Reads one file. */
export function readFile(file: string, bytes: Buffer): FileReading {
  const source = decode(file, bytes);
  const reading: Reading =
    'reason' in source ? { resources: [], unreadable: [source], documents: [] } : readSources([source]);
  const foreign =
    reading.resources.length === 0 &&
    (reading.unreadable.every((part) => part.foreign === true) ||
      !/(^|[{,])\s*["']?(apiVersion|kind)["']?\s*:/m.test(bytes.toString('latin1')));
  return { ...reading, foreign };
}

/** Bytes to text; Kubernetes reads UTF-8 and nothing else. */
export function decode(file: string, bytes: Buffer): Source | Unreadable {
  const at = (offset: number, reason: string): Unreadable => {
    const before = bytes.subarray(0, offset).toString('latin1');
    return {
      file,
      line: before.split('\n').length,
      column: bytes.subarray(before.lastIndexOf('\n') + 1, offset).toString('utf8').length + 1,
      reason,
    };
  };
  const utf16 =
    bytes.length >= 2 &&
    ((bytes[0] === 0xff && bytes[1] === 0xfe) ||
      (bytes[0] === 0xfe && bytes[1] === 0xff) ||
      (bytes[0] === 0) !== (bytes[1] === 0));
  if (utf16) return at(0, 'this is UTF-16: save it as UTF-8 (PowerShell: Out-File -Encoding utf8)');
  if (!isUtf8(bytes)) return at(firstWrongByte(bytes), 'this byte is not UTF-8: save the file as UTF-8');
  try {
    return { file, text: bytes.toString('utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STRING_TOO_LONG') throw error;
    return at(0, 'the file is too large to read: split it');
  }
}

function firstWrongByte(bytes: Buffer): number {
  // Prefixes are right up to the wrong byte, but for a character that the end cuts in two.
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const whole = [0, 1, 2, 3].some(
      (cut) => middle >= cut && isUtf8(bytes.subarray(0, middle - cut)) && startsCharacter(bytes, middle - cut, cut),
    );
    if (whole) low = middle;
    else high = middle - 1;
  }
  let start = low;
  while (start > 0 && !isUtf8(bytes.subarray(0, start))) start--;
  return start;
}

/** Whether the bytes that were cut off may be the beginning of one character. */
function startsCharacter(bytes: Buffer, from: number, count: number): boolean {
  if (count === 0) return true;
  const lead = bytes[from]!;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  return length > count && bytes.subarray(from + 1, from + count).every((byte) => (byte & 0xc0) === 0x80);
}
