import type { Host } from '../../cli/command';
import { matrix } from '../../environments/matrix';
import course from '../../main';
import { strata } from '../../tool';

test.each(matrix.targets().map(({ name }) => name))(
  'the Prometheus of %s has room for what it is to keep',
  async (name) => {
    const printed: string[] = [];
    const host = {
      env: {},
      composition: () => course,
      print: (line) => printed.push(line),
      printError: () => {},
    } satisfies Host;
    const code = await strata.run(['plan', 'series', name], host);
    expect([code, printed.filter((line) => line.includes('too little'))]).toEqual([0, []]);
    expect(printed.join('\n')).toMatch(/there is room for \d/);
  },
);
