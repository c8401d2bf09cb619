import { readReadings } from '../../../simulate/scaling/readings';
import { refusal } from '../../support/render';

const read = (text: string) => readReadings([{ file: 'use', text }]);
const HEAD = 'NAMESPACE POD NAME CPU(cores) MEMORY(bytes)\n';
const prometheus = (result: unknown, resultType = 'matrix', status = 'success') =>
  JSON.stringify({ status, data: { resultType, result } });
const labels = { namespace: 'shop', pod: 'web-0', container: 'web' };

test('what kubectl top printed, with the time of each reading', () => {
  expect(
    read(`# 2030-01-31T23:00:00Z\n${HEAD}shop web-0 web 100m 64Mi\n\n# 2030-01-31T23:01:00Z\nshop web-0 web 1 1Gi\n`),
  ).toEqual([
    {
      ...labels,
      cpu: [
        { at: 1896130800, amount: 100 },
        { at: 1896130860, amount: 1000 },
      ],
      memory: [
        { at: 1896130800, amount: 64 * 2 ** 20 },
        { at: 1896130860, amount: 2 ** 30 },
      ],
    },
  ]);
});

test('a reading without a time of its own has not that of the one before', () => {
  const [web] = read('# 2030-01-31T23:00:00Z\nshop web-0 web 1m 1Mi\nshop web-0 web 2m 1Mi\n');
  expect(web!.cpu.map(({ at }) => at)).toEqual([1896130800, undefined]);
});

test('an answer of Prometheus: cores and bytes, without sums of pods and what has no value', () => {
  const found = read(
    prometheus([
      {
        metric: { ...labels, resource: 'cpu' },
        values: [
          [60, '0.25'],
          [120, 'NaN'],
          [180, '0.5'],
        ],
      },
      { metric: { ...labels, __name__: 'container_memory_working_set_bytes' }, values: [[60, '1048576']] },
      { metric: { ...labels, container: '', resource: 'cpu' }, values: [[60, '9']] },
      { metric: { ...labels, container: 'POD', resource: 'cpu' }, values: [[60, '9']] },
    ]),
  );
  expect(found).toEqual([
    {
      ...labels,
      cpu: [
        { at: 60, amount: 250 },
        { at: 180, amount: 500 },
      ],
      memory: [{ at: 60, amount: 1048576 }],
    },
  ]);
  const instant = read(prometheus([{ metric: { ...labels, resource: 'cpu' }, value: [60, '0.25'] }], 'vector'));
  expect(instant[0]!.cpu).toEqual([{ at: 60, amount: 250 }]);
});

test.each([
  [`${HEAD}shop web-0 web 100m\n`, 'use:2: is not a namespace'],
  [`${HEAD}shop web-0 web 100m 64MB\n`, 'use:2: is not a namespace'],
  [`${HEAD}shop web-0 web -1m 64Mi\n`, 'use:2: is not a namespace'],
  ['NAME CPU(cores) MEMORY(bytes)\nweb-0 100m 64Mi\n', 'use:1: is not a namespace'],
  ['# yesterday\nshop web-0 web 1m 1Mi\n', 'use:1: is not the instant'],
  ['# 2030-01-31\nshop web-0 web 1m 1Mi\n', 'use:1: is not the instant'],
  [HEAD, 'use: has no line of kubectl top'],
  ['', 'use: has no line of kubectl top'],
  ['{ "status": ', 'use: is not JSON'],
  ['[]', 'use: is no answer of success'],
  ['{"status":"error","error":"query timed out"}', 'is no answer of success: query timed out'],
  [prometheus([], 'scalar'), 'another type of result: scalar'],
  [prometheus([]), 'use: has no series'],
  [prometheus([{ metric: { pod: 'web-0' }, values: [] }]), 'data.result[0]: has not the labels'],
  [prometheus([{ metric: labels, values: [] }]), 'data.result[0]: does not say whether it is CPU or memory'],
  [
    prometheus([
      {
        metric: { ...labels, resource: 'cpu' },
        values: [
          [1, '1'],
          [2, 'x'],
        ],
      },
    ]),
    'result[0].values[1]: is not',
  ],
  [prometheus([{ metric: { ...labels, resource: 'cpu' }, values: [[1, '-1']] }]), 'result[0].values[0]: is not'],
])('what is neither is refused where it stands: %j', (text, message) => {
  expect(refusal(() => read(text)).message).toContain(message);
});
