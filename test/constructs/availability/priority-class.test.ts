import type { PriorityClassProps } from '../../../constructs/availability/priority-class';
import { PriorityClass } from '../../../constructs/availability/priority-class';
import { refusal, rendered } from '../../support/render';

const priorityClass = (props: Partial<PriorityClassProps> = {}) =>
  rendered((chart) => new PriorityClass(chart, 'it', { name: 'shop', value: 1000, ...props }));

test('a priority class has its value, and is not what pods get that name none', () => {
  const all: Required<PriorityClassProps> = { name: 'till', value: 1 };
  const { metadata, value, globalDefault } = priorityClass(all).get('PriorityClass');
  expect(metadata.name).toBe('till');
  expect({ value, globalDefault }).toEqual({ value: 1, globalDefault: false });
});

test.each([1, 1_000_000_000])('%d is within the bounds', (value) => {
  expect(priorityClass({ value }).get('PriorityClass').value).toBe(value);
});

test.each([0, -1, 1.5, 1_000_000_001, Number.NaN])('%d is not', (value) => {
  expect(refusal(() => priorityClass({ value })).message).toContain(
    `priority class shop: is ${value}, and not a whole number from 1 to 1000000000`,
  );
});
