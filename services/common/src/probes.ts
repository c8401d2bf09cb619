import fastify, { type FastifyInstance } from 'fastify';

/** Written once by the signal handler, read by everything that behaves differently while the pod leaves. */
export interface Drain {
  signal: NodeJS.Signals | undefined;
}

/** A server that the program needs, and what it cannot do while that is away. */
export interface Needed {
  /** What `/readyz` calls it. */
  readonly name: string;
  readonly link: { readonly outage: string | undefined };
  readonly without: string;
}

export interface ProbeContext {
  readonly drain: Drain;
  readonly needs: readonly Needed[];
}

/** The HTTP server that services start from: probes, and the manners of a server behind a Kubernetes Service. */
export function createServer({ drain, needs }: ProbeContext): FastifyInstance {
  const app = fastify({
    bodyLimit: 8 * 1024,
    requestTimeout: 10_000,
    // A request that still arrives on a kept-alive connection while closing is answered, not refused.
    return503OnClosing: false,
  });

  app.addHook('onSend', async (_request, reply) => {
    if (drain.signal) reply.header('connection', 'close');
  });

  app.get('/healthz', async () => ({ alive: true }));

  /**
   * Ready means "started and not draining". An absent peer does not count: all replicas share it, so failing here
   * would leave the Service without endpoints and nobody would see the degraded answers.
   */
  app.get('/readyz', async (_request, reply) => {
    if (drain.signal) return reply.code(503).send({ ready: false, missing: [`draining: ${drain.signal} received`] });
    const away = needs.filter(({ link }) => link.outage !== undefined);
    return {
      ready: true,
      missing: [],
      ...Object.fromEntries(needs.map((need) => [need.name, away.includes(need) ? 'down' : 'up'])),
      degraded: away.map(({ without, link }) => `${without}: ${link.outage}`),
    };
  });

  return app;
}
