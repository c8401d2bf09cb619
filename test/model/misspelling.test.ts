import fc from 'fast-check';
import { misspellingOf } from '../../model/misspelling';

describe('a misspelling', () => {
  it.each([
    ['webb', 'web'],
    ['wbe', 'web'],
    ['web-confg', 'web-config'],
    ['web-cofnig', 'web-config'],
    ['webconfig', 'web-config'],
    ['web_config', 'web-config'],
    ['Web-Config', 'web-config'],
    ['front-end', 'frontend'],
    ['db-secrets', 'db-secret'],
    ['postgress', 'postgres'],
    ['databse-0', 'database-0'],
    ['shop-datbaes', 'shop-database'],
    ['redsi-cache-2', 'redis-cache-2'],
    ['letsencript', 'letsencrypt'],
  ])('%s is meant to be %s', (name, meant) => expect(misspellingOf(name, [meant, 'unrelated'])).toEqual([meant]));

  it.each([
    ['web-1', 'web-2'],
    ['web', 'web2'],
    ['config-v1', 'config-v2'],
    ['app', 'api'],
    ['dev', 'dex'],
    ['test', 'text'],
    ['internal', 'external'],
    ['ingress', 'egress'],
    ['upstream', 'downstream'],
    ['blue', 'green'],
    ['eu-west', 'us-west'],
    ['web-a', 'web-b'],
    ['redis-master', 'redis'],
    ['web', 'web-config'],
    ['producer', 'consumer'],
    ['server', 'service'],
    ['app-dev', 'app-prod'],
    ['tls-2024', 'tls-2025'],
  ])('%s is a name of its own beside %s', (name, other) => expect(misspellingOf(name, [other])).toEqual([]));

  it('names every candidate, in order, and never the name itself', () =>
    expect(misspellingOf('redis', ['redises', 'rediss', 'redi', 'redis', 'rediss'])).toEqual(['redi', 'rediss']));

  it('is mutual: if one is a misspelling of the other, then the other of the one', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[a-c1-]{1,9}$/), fc.stringMatching(/^[a-c1-]{1,9}$/), (a, b) =>
        expect(misspellingOf(a, [b]).length).toBe(misspellingOf(b, [a]).length),
      ),
    ));
});
