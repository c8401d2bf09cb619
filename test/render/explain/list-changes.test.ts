import { listChanges } from '../../../render/explain/list-changes';

const A = { name: 'a', value: 1 };
const B = { name: 'b', value: 2 };

test('of a list only what differs is shown, an item a line', () => {
  expect(listChanges([A, B, { name: 'c' }], [A, { name: 'b', value: 3 }, { name: 'd' }])).toEqual([
    '- {"name":"b","value":2}',
    '+ {"name":"b","value":3}',
    '- {"name":"c"}',
    '+ {"name":"d"}',
    '(1 more is the same)',
  ]);
});

test('items without names are the same by all that they hold', () => {
  expect(listChanges([{ port: 1 }, 'x'], ['x', { port: 2 }, 'y'])).toEqual([
    '- {"port":1}',
    '+ {"port":2}',
    '+ "y"',
    '(1 more is the same)',
  ]);
});

test('templates of claims are called by their metadata', () => {
  const claim = (size: string) => ({ metadata: { name: 'data' }, spec: { size } });
  expect(listChanges([claim('1Gi')], [claim('2Gi')])).toEqual([
    '- {"metadata":{"name":"data"},"spec":{"size":"1Gi"}}',
    '+ {"metadata":{"name":"data"},"spec":{"size":"2Gi"}}',
  ]);
});

test('a list with nothing in it, and one in another order', () => {
  expect(listChanges([], [A])).toEqual(['+ {"name":"a","value":1}']);
  expect(listChanges([A], [])).toEqual(['- {"name":"a","value":1}']);
  expect(listChanges([A, B], [B, A])).toEqual(['the same items in another order or number']);
});
