import { RedisUnavailable } from '@strata/service-common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { complaintsAbout, readDraft } from './guestbook';
import { type Page, renderPage } from './page';
import type { Store } from './store';

type PageSettings = Pick<Page, 'student' | 'greeting'>;

/**
 * The path that a proxy took away before the request came here, by which links are written; empty where it took none, or says what is no
 * plain path: a client may send the header too.
 */
function prefixOf({ headers }: FastifyRequest): string {
  const said = headers['x-forwarded-prefix'];
  return typeof said === 'string' && /^(?:\/[a-z0-9]+(?:-+[a-z0-9]+)*){1,8}$/.test(said) ? said : '';
}

/** What a visitor sees: the page with its form, and the form's answers. Works the same without JavaScript. */
export function addPages(app: FastifyInstance, { student, greeting }: PageSettings, store: Store): void {
  const show = (reply: FastifyReply, page: Omit<Page, keyof PageSettings | 'prefix'>) =>
    reply
      .type('text/html; charset=utf-8')
      .send(renderPage({ student, greeting, prefix: prefixOf(reply.request), ...page }));

  app.get('/', async (request, reply) => {
    // A HEAD request comes from a link checker, not from a visitor.
    const overview = request.method === 'HEAD' ? store.overview() : store.countVisit();
    return show(reply, { overview: await unlessUnavailable(overview) });
  });

  app.post('/guestbook', async (request, reply) => {
    const draft = readDraft(request.body);
    const complaints = complaintsAbout(draft);
    if (Object.keys(complaints).length > 0) {
      return show(reply.code(400), { overview: await unlessUnavailable(store.overview()), draft, complaints });
    }
    const stored = await unlessUnavailable(store.sign(draft, new Date()).then(() => true));
    return stored
      ? reply.redirect(`${prefixOf(request)}/`, 303)
      : show(reply.code(503), { overview: undefined, draft, notStored: true });
  });
}

async function unlessUnavailable<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RedisUnavailable) return undefined;
    throw error;
  }
}
