import { cleanup, eventually, freePort, withoutLogin } from '@strata/service-common/testing';
import { startWebApp, type WebApp } from './web-app';

describe('the web app without Redis', () => {
  const atEnd = cleanup(afterAll);
  let web: WebApp;

  beforeAll(async () => {
    web = await startWebApp(withoutLogin(await freePort()));
    atEnd(() => web.close());
    await eventually(() => web.redis.outage?.includes('ECONNREFUSED') ?? false);
  });

  it('still shows its page, and says what is missing', async () => {
    const page = await web.ask('/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('role="status"');
    expect(page.body).toContain('<strong>unknown</strong>');
  });

  it('keeps the text of an entry it cannot take', async () => {
    const answer = await web.sign({ name: 'Ada', message: 'keep me' });
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('The guestbook cannot take entries now.');
    expect(answer.body).toContain('value="Ada"');
    expect(answer.body).toMatch(/<textarea [^>]*>\nkeep me<\/textarea>/);
  });

  it('checks an entry even so', async () => {
    expect((await web.sign({ name: 'Ada', message: '' })).status).toBe(400);
  });

  it('stays alive and ready, degraded', async () => {
    expect((await web.ask('/healthz')).status).toBe(200);
    const ready = await web.ask('/readyz');
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.body)).toMatchObject({
      ready: true,
      redis: 'down',
      degraded: [expect.stringContaining('ECONNREFUSED')],
    });
    expect(JSON.parse((await web.ask('/info')).body)).toMatchObject({ redis: 'down' });
    expect(await web.metric('web_redis_up')).toBe('0');
  });

  it('has a reason instead of a number for programs', async () => {
    const answer = await web.ask('/visits');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toEqual({
      student: 'ada',
      visits: null,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is not ready while draining, but serves', async () => {
    web.drain.signal = 'SIGTERM';
    const ready = await web.ask('/readyz');
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.body)).toEqual({ ready: false, missing: ['draining: SIGTERM received'] });
    const page = await web.ask('/');
    expect([page.status, page.headers.get('connection')]).toEqual([200, 'close']);
  });
});
