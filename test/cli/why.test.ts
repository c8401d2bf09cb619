import { commands } from '../../cli/commands';
import { judgingCommands } from '../../cli/judging';
import { program } from '../../cli/program';
import composition from '../../main';

const strata = program({ version: '1.0.0', commands, judgingCommands });
async function call(...args: string[]) {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const code = await strata.run(args, { env: {}, composition: () => composition as never, print, printError: print });
  return { code, lines, text: lines.join('\n') };
}

test('`why-not` prints what is missing, and the lines to write where they belong', async () => {
  const { code, text } = await call('why-not', 'staging@kind', 'prometheus');
  expect(code).toBe(0);
  expect(text).toContain('the matrix excludes it: it would rehearse nothing');
  expect(text).toMatch(
    / {2}fix: replace the exclusion by a target \(it renders: \d+ objects\)\n {7}environments\/matrix\.ts/,
  );
  expect(text).toContain('target(staging, kind, [prometheus]),');
});

test('`why-not` says that nothing is missing', async () => {
  const { text } = await call('why-not', 'dev@shared', 'autoscaling');
  expect(text).toContain('nothing keeps dev@shared from having autoscaling');
  expect(text).toContain('target(dev, shared, [prometheus, networkPolicies, uptimeKuma, workloadZoo, autoscaling]),');
});

test('`why-not` as JSON', async () => {
  const { text } = await call('why-not', 'prod@cloud', 'uptime-kuma', '--format', 'json');
  expect(JSON.parse(text)).toMatchObject({
    target: 'prod@cloud',
    feature: 'uptime-kuma',
    exists: true,
    has: false,
    possible: false,
    missing: [{ ways: [{ line: expect.any(String), at: expect.any(String) }, { objects: expect.any(Number) }] }],
  });
});

test('`why` prints objects, fields, connections and settings', async () => {
  const { code, text } = await call('why', 'prod@cloud', 'prometheus');
  expect(code).toBe(0);
  expect(text).toContain('  StatefulSet/course-prod/prometheus (prometheus)');
  expect(text).toContain('changes 2 objects of others\n  NetworkPolicy/course-prod/web\n');
  expect(text).toMatch(
    /opens\n {2}StatefulSet\/course-prod\/prometheus +to Deployment\/course-prod\/exporter 9100\/TCP/,
  );
  expect(text).toMatch(/ {2}prometheus\.retention = "30d" \(environment.*a month back/);
});

test('`why` of what closes very many connections shows some and counts the others', async () => {
  const { text } = await call('why', 'dev@kind', 'network-policies');
  expect(text).toMatch(/… and \d+ more: --format json lists them all/);
  const { flows } = JSON.parse((await call('why', 'dev@kind', 'network-policies', '--format', 'json')).text);
  expect(flows.length).toBeGreaterThan(20);
  expect(new Set(flows.map(({ does }: { does: string }) => does))).toContain('closes');
});

test('`why` of what cannot be there leads to `why-not`', async () => {
  const { code, text } = await call('why', 'prod@kind', 'uptime-kuma');
  expect(code).toBe(2);
  expect(text).toContain('fix: ask what is missing: strata why-not prod@kind uptime-kuma');
});

test.each([
  [['why-not', 'stging@cloud', 'prometheus'], 'there is no environment stging', 'did you mean staging?'],
  [['why-not', 'dev@clod', 'prometheus'], 'there is no cluster clod', 'did you mean cloud?'],
  [['why', 'dev@kind', 'promtheus'], 'no feature has this name', 'did you mean prometheus?'],
  [['why', 'dev', 'prometheus'], 'no target has this name', 'dev@kind'],
  [['why', 'dev@kind@x', 'prometheus'], 'no target has this name', 'dev@kind'],
])('%p is an error with the nearest name', async (args, found, fix) => {
  const { code, text } = await call(...args);
  expect(code).toBe(2);
  expect(text).toContain(found);
  expect(text).toContain(fix);
});
