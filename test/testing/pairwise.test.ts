import type { Row } from '../../testing/pairwise';
import { coveringRows, meets, pairGoals } from '../../testing/pairwise';

const all = { environments: ['e', 'f'], clusters: ['k', 'l'], features: ['1', '2', '3', '4'] };
const goals = pairGoals(all.environments, all.clusters, all.features);

test('on every cluster every two features are a goal, and each without the other; and every feature in every environment', () => {
  expect(goals).toHaveLength(2 * (6 + 12) + 4 * 2);
});

test('where everything goes together, few rows meet all goals', () => {
  const { rows, unmet } = coveringRows(all, goals, () => true);
  expect(unmet).toEqual([]);
  expect(goals.filter((goal) => !rows.some((row) => meets(row, goal)))).toEqual([]);
  expect(rows.length).toBeLessThanOrEqual(12);
});

test('goals that are refused come back, and only those', () => {
  const accepts = ({ cluster, features }: Row) => !(cluster === 'l' && features.includes('1'));
  const { rows, unmet } = coveringRows(all, goals, accepts);
  expect(unmet).toEqual(goals.filter((goal) => goal.cluster === 'l' && goal.features.includes('1')));
  expect(rows.every(accepts)).toBe(true);
});

test('a goal without a feature is not met by a row that has it', () => {
  const { rows } = coveringRows(all, [{ features: ['1'], without: '2' }, { features: ['1', '2'] }], () => true);
  expect(rows).toHaveLength(2);
});

test('a feature that another one needs is added', () => {
  const accepts = ({ features }: Row) => !features.includes('1') || features.includes('4');
  expect(coveringRows(all, [{ features: ['1', '2'] }], accepts).rows[0]?.features).toContain('4');
});
