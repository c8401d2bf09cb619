import { goUrl } from '../../../upstream/prometheus/url';

test.each([
  ['http://web:80/metrics?x=%zz', { scheme: 'http', host: 'web:80', path: '/metrics' }],
  ['HTTPS://user:p%40ss@web/', { scheme: 'https', host: 'web', path: '/' }],
  ['http://[::1]:9090/a', { scheme: 'http', host: '[::1]:9090', path: '/a' }],
  ['web', { scheme: '', host: '', path: 'web' }],
  ['mailto:a', { scheme: 'mailto', host: '', path: '' }],
  ['', { scheme: '', host: '', path: '' }],
  ['//web/a', { scheme: '', host: 'web', path: '/a' }],
])('Go reads %j', (text, url) => expect(goUrl(text)).toEqual(url));

test.each([
  ['http://a b/', 'a b is no host'],
  ['http://a:b/', ':b is no port'],
  ['http://[::1/', 'a ] of its address is missing'],
  [':80', 'begins with a colon'],
  ['1a:80', 'a colon in its first part'],
  ['http://a/%zz', 'a % is not followed'],
  ['http://a/#%z', 'a % is not followed'],
  ['http://a\n/', 'a control character'],
  ['http://a b@c/', 'must be escaped'],
])('Go refuses %j: %s', (text, problem) =>
  expect(goUrl(text)).toEqual({ problem: expect.stringContaining(problem) as unknown }),
);
