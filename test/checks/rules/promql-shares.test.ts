import { messages } from '../judging';

const rules = (...each: readonly { readonly alert?: string; readonly record?: string; readonly expr: string }[]) =>
  JSON.stringify({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'r', namespace: 'shop' },
    spec: { groups: [{ name: 'g', rules: each }] },
  });
const alert = (expr: string) => messages('promql-meaning', rules({ alert: 'A', expr }));
const recording = (record: string, expr: string) => messages('promql-meaning', rules({ record, expr }));
const all = 'sum(rate(http_requests_total{job="web"}[5m]))';
const failed = 'sum(rate(http_requests_total{job="web",code=~"5.."}[5m]))';
const served = 'sum(rate(http_requests_total{job="web",code!~"5.."}[5m]))';
const fast = 'sum(rate(latency_seconds_bucket{le="0.3"}[5m]))';
const counted = 'sum(rate(latency_seconds_count[5m]))';

describe('a share is compared with what it can be', () => {
  test.each([
    [`${failed} / ${all} > 5`, '1 at most, so > 5 is never true; did you mean 0.05?'],
    [`${failed} / ${all} > 1`, 'is never true'],
    [`(100 * (${failed} / ${all})) > 200`, '100 at most'],
    [`(${failed} or vector(0)) / ${all} > 2`, 'is never true'],
    [`${failed} / ${all} < 99`, 'is always true'],
    [`rate(jobs_total{result="error"}[10m]) / rate(jobs_total[10m]) >= 10`, 'did you mean 0.1?'],
    [`${all} / ${failed} > 0.05`, 'at least 1: what it is divided by is a part of it, so > 0.05 is always true'],
    [`${all} / ${failed} < 0.5`, 'is never true'],
    [`${served} / ${all} > 0.01`, 'is the share of what succeeds'],
    [`1 - ${failed} / ${all} > 0.001`, 'is the share of what succeeds'],
    [`${failed} / ${all} < 0.999`, 'is the share of what fails'],
    [`1 - (${served} / ${all}) < 0.99`, 'is the share of what fails'],
    [`${fast} / ${counted} > 0.01`, 'is the share of what succeeds'],
    [`(${fast} / ${counted}) / (1 - 0.99) > 14.4`, 'is the share of what succeeds'],
    [`sum(rate(http_requests_total{status="200"}[1h])) / sum(rate(http_requests_total[1h])) > 0.1`, 'what succeeds'],
  ])('%s', (expr, message) => expect(alert(expr)).toEqual([expect.stringContaining(message)]));

  test.each([
    `${failed} / ${all} > 0.05`,
    `100 * ${failed} / ${all} > 5`,
    `${failed} / ${all} * 100 > 5`,
    `${served} / ${all} < 0.99`,
    `1 - ${served} / ${all} > 0.01`,
    `(1 - ${fast} / ${counted}) / 0.01 > 14.4`,
    `(${failed} / ${all}) / (1 - 0.999) > 14.4`,
    `${failed} / ${all} > 14.4 * 0.001`,
    // How the same moves, and how many of one there are for one of another.
    `sum(rate(http_requests_total[5m])) / sum(rate(http_requests_total[1h])) > 2`,
    `sum(rate(cache_reads_total[5m])) / sum(rate(http_requests_total[5m])) > 3`,
    `sum(rate(cache_total{kind="hit"}[5m])) / sum(rate(cache_total{kind="miss"}[5m])) > 0.5`,
    `sum(rate(http_requests_total{code="404"}[5m])) / ${all} > 5`,
    // Which of them matter a label says.
    `sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / on () group_left sum(rate(http_requests_total[5m])) > 5`,
    `max(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 5`,
    `sum(rate(http_requests_total{code=~"4..|5.."}[5m])) / sum(rate(http_requests_total[5m])) < 0.9`,
  ])('nothing of %s', (expr) => expect(alert(expr)).toEqual([]));

  test('also of what a rule has recorded', () => {
    const two = (compared: string) =>
      messages(
        'promql-meaning',
        rules({ record: 'web:errors:ratio', expr: `${failed} / ${all}` }, { alert: 'A', expr: compared }),
      );
    expect(two('web:errors:ratio > 5')).toEqual([expect.stringContaining('never true')]);
    expect(two('web:errors:ratio{a="b"} * 100 < 99')).toEqual([expect.stringContaining('what fails')]);
    expect(two('web:errors:ratio > 0.05')).toEqual([]);
  });
});

describe('what is called a share is one', () => {
  test.each([
    [`${failed} / ${served}`, 'is no share: none of what it counts is in what it is divided by'],
    [`${all} / ${failed}`, 'at least 1'],
    [`${all} / ${all}`, 'it is always 1'],
    [`${failed.replace('5m', '1h')} / ${all}`, 'it looks back [1h] above and [5m] below'],
    ['sum(rate(http_requests_total{code="500"}[5m])) / sum(rate(http_requests_total{code="200"}[5m]))', 'is no share'],
  ])('%s', (expr, message) =>
    expect(recording('web:error_ratio:rate5m', expr)).toEqual([expect.stringContaining(message)]),
  );
  test('1 less than it may be below 0', () =>
    expect(alert(`1 - ${failed} / ${served} < 0.99`)).toEqual([expect.stringContaining('is no share')]));
  test.each([`${failed} / ${all}`, `${fast} / ${counted}`, `1 - ${failed} / ${all}`])('nothing of %s', (expr) =>
    expect(recording('web:error_ratio:rate5m', expr)).toEqual([]),
  );
  test('another name may say so many for each', () => {
    expect(recording('web:requests_for_each_failure:rate5m'.replace('failure', 'retry'), `${all} / ${failed}`)).toEqual(
      [],
    );
    expect(recording('web:hits_for_each_miss', `${failed} / ${served}`)).toEqual([]);
  });
});
