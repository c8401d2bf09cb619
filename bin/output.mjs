import { fstatSync, writeFileSync } from 'node:fs';
import { explained } from './trouble.mjs';

/**
 * A function that prints lines to a stream of the process. A reader who closes a pipe early, as `head` does, has what it wanted:
 * the rest is not written and nothing is said. Whatever else refuses the output is handed to `failed`.
 */
export function printerTo(stream, failed) {
  const refuse = (error) => failed(explained('the output', error, 'send the output elsewhere'));
  // A stream takes it for done when a file on a full disk took a part.
  if (isFile(stream))
    return (line) => {
      try {
        writeFileSync(stream.fd, `${line}\n`);
      } catch (error) {
        refuse(error);
      }
    };
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') refuse(error);
  });
  return (line) => stream.write(`${line}\n`);
}

/** Also a device that is no terminal, such as /dev/full. */
function isFile({ fd, isTTY }) {
  const stats = fstatSync(fd);
  return stats.isFile() || (stats.isCharacterDevice() && !isTTY);
}
