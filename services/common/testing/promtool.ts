import { spawnSync } from 'node:child_process';

const PROMTOOL = process.env.PROMTOOL ?? 'promtool';

/** Lets promtool judge the text where it is installed; a smaller check of our own always runs. */
export function expectCleanMetrics(text: string): void {
  const check = spawnSync(PROMTOOL, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  if (!check.error)
    expect({ status: check.status, complaints: check.stdout + check.stderr }).toEqual({ status: 0, complaints: '' });

  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  const helped = new Set([...text.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name));
  for (const [name, type] of types) {
    expect(helped).toContain(name);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  }
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    expect(line).toMatch(/^[a-z_][a-z0-9_]*(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? \S+$/);
  }
}
