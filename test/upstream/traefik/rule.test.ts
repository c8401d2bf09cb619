import { traefikRuleProblem } from '../../../upstream/traefik/rule';

const v3 = (rule: string, of: 'http' | 'tcp' = 'http') => traefikRuleProblem(rule, of, 'v3');
const v2 = (rule: string) => traefikRuleProblem(rule, 'http', 'v2');

test.each([
  'Host(`shop.test`)',
  'Host("shop.test")',
  'host(`shop.test`) && PATHPREFIX(`/a`) || Pathprefix(`/b`)',
  '(Host(`a.test`) || Host(`b.test`)) && !Path(`/x`)',
  'Header(`X-Next`, `always`) && !(Query(`a`) || Query(`a`, `b`))',
  'Host(`a.test`) &&\n  PathPrefix(`/a`)\n',
  'PathRegexp(`^/[0-9]+$`) && Method(`GET`) && ClientIP(`10.0.0.0/8`)',
  'PathRegexp("^/\\\\d+$")',
  'QueryRegexp(`a`, `^b`) && HeaderRegexp(`a`, `b|c`) && HostRegexp(`^.+\\.test$`)',
])('Traefik 3 reads %s', (rule) => expect(v3(rule)).toBeUndefined());

test.each([
  ['', 'it is empty'],
  ['Host(shop.example.com)', 'the values of Host stand in backticks or double quotes, and shop does not'],
  ["Host('shop.test')", "stand in backticks or double quotes, and ' does not"],
  ['Host(8080)', 'and 8080 does not'],
  ['Hosts(`shop.test`)', 'there is no matcher Hosts; did you mean "Host"?'],
  ['HoSt(`shop.test`)', 'there is no matcher HoSt'],
  ['Host(`a.test`, `b.test`)', 'Host takes 1 values and not 2'],
  ['Headers(`a`, `b`)', 'there is no matcher Headers'],
  ['Header(`a`)', 'Header takes 2 values and not 1'],
  ['Host()', 'Host takes 1 values and not 0'],
  ['Host(``)', 'a value of Host is empty'],
  ['Host', 'Host has no values'],
  ['Host(`a.test`', 'it ends too early'],
  ['Host(`a.test`))', ') stands where it cannot'],
  ['Host(`a.test)', 'a ` is not closed'],
  ['Host(`a.test`) & Path(`/`)', '& stands where it cannot'],
  ['Host(`a.test`) and Path(`/`)', 'and stands where it cannot'],
  ['Host(`a.test`) &&', 'it ends too early'],
  ['Host(`a.test`)\n&& Path(`/`)', 'a line ends where the rule goes on'],
  ['Host(`a.test` `b.test`)', '`b.test` stands where it cannot'],
  ['PathPrefix(`api`)', 'begins with a /, and api does not'],
  ['PathRegexp(`(`)', 'the regular expression of PathRegexp cannot be compiled'],
  ['PathRegexp("^/\\d+$")', 'has an escape that Go does not know'],
  ['Host(`bücher.test`)', 'is not ASCII'],
])('and not %s', (rule, why) => expect(v3(rule)).toContain(why));

test('a router of TCP has other matchers', () => {
  expect(v3('HostSNI(`*`) && ALPN(`h2`)', 'tcp')).toBeUndefined();
  expect(v3('Host(`a.test`)', 'tcp')).toContain('there is no matcher Host');
});

test('Traefik 2 has other ones, with several values', () => {
  expect(v2('Host(`a.test`, `b.test`) && Headers(`a`, `b`)')).toBeUndefined();
  expect(v2('Header(`a`, `b`)')).toContain('there is no matcher Header; did you mean "Headers"?');
  expect(v2('Host(a.test)')).toContain('stand in backticks');
});
