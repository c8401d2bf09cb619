import { checkVersions, versions } from '../../model/versions';
import { refusal } from './support';

const DIGEST = `sha256:${'0'.repeat(64)}`;

test.each([
  'registry.example.com/shop/web:1.2.0',
  'registry.example.com:5000/shop/web:stable-3',
  `registry.example.com/shop/web@${DIGEST}`,
  `registry.example.com/shop/web:1.2.0@${DIGEST}`,
  'nginx:1.28.0',
  '1.2.0',
  'v1.2.0-rc.1+build.5',
])('%s is one version', (version) => {
  expect(versions({ staging: { web: version } }).staging.web).toBe(version);
});

test.each([
  ['registry.example.com/shop/web:latest', 'is another image tomorrow'],
  ['registry.example.com/shop/web', 'has no tag'],
  ['registry.example.com:5000/shop/web', 'has no tag'],
  ['nginx', 'has no tag'],
  ['1.2', 'is not one exact version'],
  ['^1.2.0', 'is not one exact version'],
  ['1.x', 'is not one exact version'],
  ['', 'is no version'],
  [12, 'is no string'],
])('%s is refused', (version, why) => {
  const error = refusal(() => checkVersions('versions.json', { staging: { web: version } }));
  expect([error.place, error.found]).toEqual([
    'versions.json, staging.web',
    `is ${JSON.stringify(version)}, which ${error.found.split(', which ')[1]}`,
  ]);
  expect(error.found).toContain(why);
  expect(error.fixes[0]).toContain('pin an image');
});

test('a name that is not there is an error with the nearest one', () => {
  const pinned: Record<string, Record<string, string>> = { staging: { web: 'nginx:1.28.0' } };
  expect(refusal(() => versions(pinned)['stagign']).message).toContain('did you mean staging?');
  expect(refusal(() => versions(pinned)['staging']!['wbe']).message).toContain(
    'environments/versions.json, staging: pins no wbe',
  );
  expect(JSON.stringify(versions(pinned)['staging'])).toBe('{"web":"nginx:1.28.0"}');
});

test('what is no map of maps is refused', () => {
  expect(refusal(() => checkVersions('f', [])).found).toContain('is [], which is no map');
  expect(refusal(() => checkVersions('f', { staging: 'x' })).place).toBe('f, staging');
});
