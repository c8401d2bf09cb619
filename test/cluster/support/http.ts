import { request as httpRequest, type OutgoingHttpHeaders, type RequestOptions } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** One request; an error only when no whole answer came. */
export function request(options: RequestOptions, body?: string): Promise<Reply> {
  return new Promise((done, failed) => {
    // Said by hand: Node sends the body of a DELETE without its length.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const outgoing = httpRequest(
      { timeout: 10_000, ...options, headers: { ...(options.headers as OutgoingHttpHeaders), ...length } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', failed);
        incoming.on('end', () =>
          done({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}
