import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { decode } from '../../manifests/reading/file';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { brokenTexts, retyped } from './mutate';

/** `FUZZ=100000 npx jest test/checks/fuzz` takes its time; `SEED=…` is another row of inputs. */
const count = Number(process.env['FUZZ'] ?? 300);
const seed = Number(process.env['SEED'] ?? 1);
const LONGEST = 1000;

test(
  `${count} broken inputs: no crash, no hang, and what cannot be read is told with its place`,
  () => {
    let slowest = { took: 0, text: '' };
    let judged = 0;
    let refused = 0;
    for (const text of brokenTexts(seed, count)) {
      const start = process.cpuUsage();
      try {
        const bytes = Buffer.from(text, judged % 7 === 3 ? 'latin1' : 'utf8');
        const source = decode('fuzz.yaml', bytes);
        const { resources, unreadable } =
          'reason' in source ? { resources: [], unreadable: [source] } : readSources([source]);
        const lines = bytes.toString('latin1').split('\n').length;
        for (const part of unreadable) {
          if (!(part.reason !== '' && part.line >= 1 && part.line <= lines && part.column >= 1))
            throw new Error(`told at ${part.line}:${part.column} of ${lines} lines: ${part.reason}`);
          refused++;
        }
        for (const { line, column } of runChecks(new World(resources, new Facts([])), checks))
          if (!(line >= 1 && line <= lines && column >= 1)) throw new Error(`found at ${line}:${column}`);
        judged++;
      } catch (error) {
        throw new Error(`${JSON.stringify(text.slice(0, 2000))}: ${(error as Error).stack}`);
      }
      const { user, system } = process.cpuUsage(start);
      const took = (user + system) / 1000;
      if (took > slowest.took) slowest = { took, text };
    }
    if (process.env['FUZZ'])
      console.log(
        `${judged} judged, ${refused} parts refused, slowest ${Math.round(slowest.took)} ms: ${JSON.stringify(slowest.text.slice(0, 200))}`,
      );
    expect(slowest.took).toBeLessThan(LONGEST);
    expect(judged).toBe(count);
    expect(refused).toBeGreaterThan(0);
  },
  24 * 3600 * 1000,
);

test(
  'fields of wrong types: every check takes them as they come',
  () => {
    const read = (text: string) => readSources([{ file: 'fuzz.json', text }]).resources;
    const objects = checks
      .flatMap(({ example }) => [read(example.broken), read(example.fixed)])
      .map((resources) => resources.map(({ object }) => object));
    const facts = new Facts(checks.flatMap(({ example }) => read(example.facts ?? '')));
    const crashes = new Map<string, string>();
    for (const items of retyped(seed, count, objects)) {
      const resources = read(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      let world: World;
      for (const { id, check } of [
        { id: 'World', check: undefined },
        ...checks.map((check) => ({ id: check.id, check })),
      ]) {
        try {
          if (check) runChecks(world!, [check]);
          else world = new World(resources, facts, resources.slice(0, 1), resources.slice(1));
        } catch (error) {
          if (!crashes.has(id))
            crashes.set(id, `${(error as Error).stack?.slice(0, 400)}: ${JSON.stringify(items).slice(0, 1500)}`);
          if (!check) break;
        }
      }
    }
    expect([...crashes]).toEqual([]);
  },
  24 * 3600 * 1000,
);
