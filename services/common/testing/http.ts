import type { FastifyInstance } from 'fastify';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Puts an app on a free loopback port and returns a way to ask it. Its own close() ends the connections. */
export async function serve(app: FastifyInstance): Promise<(path: string, request?: RequestInit) => Promise<Answer>> {
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return async (path, request) => {
    const response = await fetch(origin + path, { redirect: 'manual', ...request });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
}
