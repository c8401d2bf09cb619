import { components } from '../../constructs/app/components';
import * as features from '../../features';
import * as release from '../../model/release';
import { release as releaseSetting } from '../../model/release-setting';
import type { Setting } from '../../model/setting';
import { valueFix } from '../../model/setting';
import type { SettingsGroup } from '../../model/settings';

/** What an example says, as the sources would have it. */
function written(code: string): unknown {
  const names = Object.keys(release);
  return (new Function(...names, `return (${code});`) as (...values: unknown[]) => unknown)(...Object.values(release));
}

const groups = [
  ...components,
  ...Object.values(features).flatMap((feature) => {
    const { settings } = feature as { readonly settings?: SettingsGroup };
    return settings ? [settings] : [];
  }),
];
const all = groups.flatMap(({ name, fields }) =>
  Object.entries(fields).map(([field, setting]): [string, Setting<unknown>] => [`${name}.${field}`, setting]),
);

test.each(all)('%s: what is told in place of a wrong value is a right one', (_, setting) => {
  for (const wrong of [7.5, null, {}, [], { kind: 'email' }, { way: 'canary' }, { mode: 'snapshots' }]) {
    const fix = valueFix(setting, wrong);
    const [, code] = /^use a value (?:such as|like the default:) (.*)$/.exec(fix) ?? [];
    expect([fix, setting.problem(written(code!))]).toEqual([fix, undefined]);
    // The default is a word with a meaning of its own where something else was asked for.
    expect(code).not.toMatch(/^"(?:none|always|public)"$/);
  }
});

test.each([
  [{ way: 'canary', next: {} }, /^canary\(\{ next/],
  [{ way: 'canary', by: 'argo-rollouts' }, /^canary\(\{ by/],
  [{ way: 'blueGreen' }, /^blueGreen\(\{ live/],
  [{ way: 'blueGreen', by: 'argo-rollouts' }, /^blueGreen\(\{ by/],
  [{ way: 'ab' }, /^ab\(/],
  [{ way: 'mirror' }, /^mirror\(/],
  [{ way: 'mirror', by: 'argo-rollouts' }, /^mirror\(/],
  [{ way: 'recreate' }, /^recreate\(/],
  [{ way: 'toString' }, /^rolling\(\)$/],
])('of a release like %j the example is of the way that was meant', (given, code) => {
  const setting = releaseSetting();
  const [, example = ''] = /^use a value such as (.*)$/.exec(valueFix(setting, given)) ?? [];
  expect(example).toMatch(code);
  expect(setting.problem(written(example))).toBeUndefined();
});
