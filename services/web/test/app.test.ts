import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanup, expectCleanMetrics, FakeRedis, withoutLogin } from '@strata/service-common/testing';
import { startWebApp, untilUp, type WebApp } from './web-app';

describe('the web app with Redis', () => {
  const atEnd = cleanup(afterAll);
  const log = jest.fn();
  let fake: FakeRedis;
  let web: WebApp;

  beforeAll(async () => {
    const entry = JSON.stringify({ name: '<b>Eve</b>', message: '"><script>', at: '2026-01-02T03:04:05.678Z' });
    fake = await FakeRedis.start({
      INCR: () => 8,
      GET: () => '7',
      LRANGE: () => [entry, 'no <json>'],
      MULTI: () => 'OK',
      LPUSH: () => 'QUEUED',
      LTRIM: () => 'QUEUED',
      EXEC: () => [1, 'OK'],
    });
    atEnd(() => fake.stop());
    web = await startWebApp(withoutLogin(fake.port), log);
    atEnd(() => web.close());
    await untilUp(web);
  });

  it('shows the count, the form and the entries, all escaped', async () => {
    const page = await web.ask('/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('<strong>8</strong>');
    expect(page.body).toContain('<html lang="en">');
    expect(page.body).toContain(
      '<bdi>&lt;b&gt;Eve&lt;/b&gt;</bdi></strong> <time datetime="2026-01-02T03:04:05.678Z">2026-01-02 03:04 UTC</time>',
    );
    expect(page.body).toContain('<bdi>&quot;&gt;&lt;script&gt;</bdi>');
    expect(page.body).toContain('<bdi>no &lt;json&gt;</bdi>');
    expect(page.body).not.toContain('<script');
    expect(page.body).not.toContain('role="status"');
  });

  it('labels every field', async () => {
    const { body } = await web.ask('/');
    for (const field of ['name', 'message']) {
      expect(body).toContain(`<label for="${field}">`);
      expect(body).toMatch(new RegExp(`id="${field}" name="${field}" required`));
    }
  });

  it('admits only its own style sheet', async () => {
    const { headers, body } = await web.ask('/');
    const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect([headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual(['nosniff', 'no-store']);
  });

  it('does not count HEAD requests and reads of /visits', async () => {
    const counted = () => fake.received.filter((command) => command === 'INCR').length;
    const before = counted();
    expect((await web.ask('/', { method: 'HEAD' })).status).toBe(200);
    expect(JSON.parse((await web.ask('/visits')).body)).toEqual({ student: 'ada', visits: 7 });
    expect(counted()).toBe(before);
  });

  it('stores a valid entry and returns to the page', async () => {
    const answer = await web.sign({ name: 'Ada', message: 'Hello' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
  });

  it('refuses an invalid entry beside the field, keeping the text', async () => {
    const answer = await web.sign({ name: '', message: 'keep <me>' });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('<p class="error" id="name-error">Enter a name.</p>');
    expect(answer.body).toMatch(/<input [^>]*aria-invalid="true" aria-describedby="name-error name-hint" autofocus>/);
    expect(answer.body).toMatch(/<textarea [^>]*>\nkeep &lt;me&gt;<\/textarea>/);
    expect(answer.body).toContain('<title>Error: ');
    expect(answer.body).toContain('<strong>7</strong>');
  });

  it('puts the focus on one field only', async () => {
    const { body } = await web.sign({ name: '', message: '' });
    expect(body.match(/autofocus/g)).toHaveLength(1);
    expect(body.match(/aria-invalid="true"/g)).toHaveLength(2);
  });

  it.each([
    ['application/x-www-form-urlencoded', `message=${'x'.repeat(8_192)}`, 413],
    ['application/json', '{"name":"Ada","message":"Hello"}', 415],
  ])('refuses other bodies: %s', async (contentType, body, status) => {
    const answer = await web.ask('/guestbook', { method: 'POST', headers: { 'content-type': contentType }, body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('text/plain');
  });

  it('says who it is', async () => {
    expect(JSON.parse((await web.ask('/info')).body)).toEqual({
      pod: 'web-0',
      ip: '10.0.0.7',
      node: 'node-1',
      namespace: 'course',
      environment: 'test',
      version: '1.2.3',
      student: 'ada',
      greeting: null,
      cpuRequestMillicores: 50,
      memoryLimitBytes: null,
      labels: null,
      redis: 'up',
    });
    expect(JSON.parse((await web.ask('/readyz')).body)).toEqual({
      ready: true,
      missing: [],
      redis: 'up',
      degraded: [],
    });
  });

  it('tells its labels as the file has them now', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'labels-')), 'labels');
    const labelled = await startWebApp(withoutLogin(fake.port), log, undefined, file);
    atEnd(() => labelled.close());
    const labels = async () => JSON.parse((await labelled.ask('/info')).body).labels as unknown;
    expect(await labels()).toBeNull();
    writeFileSync(file, 'app.kubernetes.io/name="web"\nenvironment="dev"');
    expect(await labels()).toEqual({ 'app.kubernetes.io/name': 'web', environment: 'dev' });
    writeFileSync(file, 'environment="dev"\nnoted=""\n');
    expect(await labels()).toEqual({ environment: 'dev', noted: '' });
  });

  it('greets on the page and in /info, if it has a greeting, escaped', async () => {
    const greeting = 'Hello from <dev> & friends';
    const greeter = await startWebApp(withoutLogin(fake.port), log, greeting);
    atEnd(() => greeter.close());
    expect((await greeter.ask('/')).body).toContain('<p>Hello from &lt;dev&gt; &amp; friends</p></header>');
    expect(JSON.parse((await greeter.ask('/info')).body)).toMatchObject({ greeting });
    expect((await web.ask('/')).body).toContain('<h1>Guestbook of ada</h1></header>');
  });

  it('measures by route pattern, with one label value for all unknown paths', async () => {
    await Promise.all(['/wp-admin', '/a?b=c', '/.env'].map((path) => web.ask(path)));
    expect(await web.metric('http_requests_total{route="unmatched",method="GET",status="404"}')).toBe('3');
    expect(await web.metric('http_requests_total{route="/guestbook",method="POST",status="303"}')).toBe('1');
    expect(await web.metric('http_request_duration_seconds_count{route="/guestbook",method="POST",status="303"}')).toBe(
      '1',
    );
    expect(await web.metric('web_redis_up')).toBe('1');
    expectCleanMetrics((await web.ask('/metrics')).body);
  });

  it('writes its links under the prefix that a proxy took away', async () => {
    const under = (prefix: string) => ({ headers: { 'x-forwarded-prefix': prefix } });
    const form = async (init: object) => /action="([^"]*)"/.exec((await web.ask('/', init)).body)?.[1];
    const thanks = async (prefix: string) =>
      (
        await web.ask('/guestbook', {
          method: 'POST',
          redirect: 'manual',
          headers: { ...under(prefix).headers, 'content-type': 'application/x-www-form-urlencoded' },
          body: 'name=Ada&message=Hello',
        })
      ).headers.get('location');
    expect(await form({})).toBe('/guestbook');
    expect(await form(under('/shop/app'))).toBe('/shop/app/guestbook');
    expect(await thanks('/app')).toBe('/app/');
    // A client may send it as well: nothing that leads elsewhere.
    for (const odd of ['//evil.example', '/', 'app', 'https://evil.example', '/a"b', '/a/../b', '/app, /app']) {
      expect(await form(under(odd))).toBe('/guestbook');
      expect(await thanks(odd)).toBe('/');
    }
  });

  it('shows a fault of its own to the log, not to the visitor', async () => {
    const fault = jest.spyOn(Date.prototype, 'toISOString').mockImplementation(() => {
      throw new TypeError('inner detail');
    });
    const page = await web.ask('/');
    fault.mockRestore();
    expect([page.status, page.body]).toEqual([500, 'Something went wrong here.\n']);
    expect(log).toHaveBeenLastCalledWith('request_failed', { reason: expect.stringContaining('inner detail') });
  });
});
