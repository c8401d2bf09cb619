/**
 * Runs inside the cluster's network: listens on a Unix socket, reads a line "host port", and connects the two. A network
 * namespace does not hide Unix sockets, so a process outside can talk with pods and Services through it.
 */
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';

createServer((outside) => {
  outside.once('error', () => undefined);
  outside.once('readable', () => {
    const first = outside.read() as Buffer | null;
    if (!first) return; // gone before it said where to
    const end = first.indexOf('\n');
    const [host, port] = first.subarray(0, end).toString().split(' ');
    const inside = connect(Number(port), host);
    inside.write(first.subarray(end + 1));
    // Whichever side fails or ends, the other one sees it.
    pipeline(outside, inside, outside, () => undefined);
  });
}).listen(process.argv[1]);
